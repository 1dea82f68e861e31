from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from agents.models import Branch
from authenticity.masking import mask
from customers.choices import CheckMethod
from customers.models.person import ContactFacts, PersonFacts
from customers.models.queryset import CustomerQuerySet
from customers.odd import ODD, UNIDENTIFIED, WRITTEN
from workplace.history import tracked
from workplace.models import Record


class Upkeep(models.Model):
    """What was last confirmed with the customer, as a file or the ledger says it (82号 art. 6).

    A check holds for the document number that was checked, a confirmed mobile for the number confirmed.
    """

    identity_checked_on = models.DateField(_("Identity checked on"), null=True, blank=True)
    identity_check_method = models.CharField(
        _("Method of the identity check"), max_length=20, choices=CheckMethod, blank=True
    )
    identity_checked_key = models.CharField(_("Number checked"), max_length=60, blank=True, editable=False)
    identity_check_lapses_on = models.DateField(_("Identity check lapses on"), null=True, editable=False)
    contact_confirmed_on = models.DateField(_("Contact data confirmed on"), null=True, blank=True)
    own_mobile = models.CharField(_("Mobile confirmed as own"), max_length=60, blank=True, editable=False)

    class Meta:
        abstract = True


@tracked
class Customer(Record, PersonFacts, ContactFacts, Upkeep):
    """One person over all policies and roles (requirements 2, 3, 134)."""

    number = models.CharField(_("Customer number"), max_length=30, unique=True)
    home_branch = models.ForeignKey(
        Branch, on_delete=models.PROTECT, related_name="customers", verbose_name=_("Home branch")
    )

    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
        verbose_name=_("Merged into"),
    )

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("Customer")
        verbose_name_plural = _("Customers")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["home_branch", "-id"], name="customer_of_branch"),
            models.Index(fields=["id_key"], name="customer_id_key"),
            models.Index(fields=["mobile"], name="customer_mobile"),
            models.Index(fields=["landline"], condition=~models.Q(landline=""), name="customer_landline"),
            models.Index(fields=["name", "birth_date"], name="customer_name_birth"),
            models.Index(fields=["address_key"], name="customer_address_key"),
            models.Index(fields=["email"], condition=~models.Q(email=""), name="customer_email"),
            models.Index(
                fields=["merged_into"], condition=models.Q(merged_into__isnull=False), name="customer_merged"
            ),
            models.Index(fields=["id"], condition=ODD, name="customer_odd"),
            models.Index(fields=["id"], condition=UNIDENTIFIED, name="customer_unidentified"),
            models.Index(
                fields=["id"], include=["sex", "birth_date", "id_key"], name="customer_beside_parties"
            ),
            models.Index(fields=["birth_date", "id"], name="customer_born"),
            models.Index(fields=["id_valid_to"], name="customer_valid_to"),
            models.Index(
                fields=["id_valid_from"],
                condition=models.Q(id_valid_from__gt=WRITTEN),
                name="customer_valid_from_lately",
            ),
            models.Index(fields=["identity_check_lapses_on"], name="customer_check_lapses"),
            models.Index(fields=["contact_confirmed_on"], name="customer_confirmed"),
            GinIndex(RawSQL("string_to_array(name, NULL)", ()), name="customer_name_characters"),
        ]
        permissions = [
            ("reveal_customer", _("May reveal personal data for a declared purpose")),
            ("reveal_minor", _("May reveal personal data of a child under fourteen")),
            ("correct_customer", _("May propose corrections")),
        ]

    def __str__(self) -> str:
        return f"{self.number} {mask('name', self.name)}"
