from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from customers.models.customer import Customer


class CustomerQuerySet(models.QuerySet["Customer"]):
    pass
