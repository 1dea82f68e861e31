"""The API of the product and its description, which needs a login and is served by us alone."""

from __future__ import annotations

from ninja import NinjaAPI

from audits.api import router as gates
from workplace.access import requires
from workplace.api import router as outbox

api = NinjaAPI(title="Zhenxin", version="1", docs_url="/docs", docs_decorator=requires())
api.add_router("", outbox)
api.add_router("", gates)
