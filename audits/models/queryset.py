from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from audits.models.finding import Finding
    from audits.models.rectification import Rectification


class RectificationQuerySet(models.QuerySet["Rectification"]):
    pass


class FindingQuerySet(models.QuerySet["Finding"]):
    pass
