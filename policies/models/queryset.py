from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from policies.models.policy import Policy


class PolicyQuerySet(models.QuerySet["Policy"]):
    pass
