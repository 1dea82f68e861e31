from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from agents.models import Branch
from authenticity.masking import mask
from customers.models.person import ContactFacts, PersonFacts
from customers.models.queryset import CustomerQuerySet
from workplace.history import tracked
from workplace.models import Record


@tracked
class Customer(Record, PersonFacts, ContactFacts):
    """One person over all policies and roles (requirements 2, 3, 134)."""

    number = models.CharField(_("Customer number"), max_length=30, unique=True)
    home_branch = models.ForeignKey(
        Branch, on_delete=models.PROTECT, related_name="customers", verbose_name=_("Home branch")
    )

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("Customer")
        verbose_name_plural = _("Customers")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["home_branch", "-id"], name="customer_of_branch"),
            models.Index(fields=["id_no"], name="customer_id_no"),
            models.Index(fields=["mobile"], name="customer_mobile"),
            models.Index(fields=["landline"], name="customer_landline"),
            models.Index(fields=["name", "birth_date"], name="customer_name_birth"),
            GinIndex(RawSQL("string_to_array(name, NULL)", ()), name="customer_name_characters"),
        ]
        permissions = [
            ("reveal_customer", _("May reveal personal data for a declared purpose")),
            ("reveal_minor", _("May reveal personal data of a child under fourteen")),
            ("correct_customer", _("May propose corrections")),
        ]

    def __str__(self) -> str:
        return f"{self.number} {mask('name', self.name)}"
