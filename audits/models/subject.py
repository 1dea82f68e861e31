from __future__ import annotations

from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.models import Agency, SalesAgent
from customers.models import Customer
from policies.models import Policy

SUBJECT_COLUMNS = {"customer": "customer", "policy": "policy", "seller": "seller", "agency": "intermediary"}
EXACTLY_ONE_SUBJECT = reduce(
    or_,
    (
        Q(**{f"{column}__isnull": column != kept for column in SUBJECT_COLUMNS.values()})
        for kept in SUBJECT_COLUMNS.values()
    ),
)


class AboutSubject(models.Model):
    """What a finding or a rectification is about: exactly one customer, policy, seller or agency.

    The agency's column is `intermediary`: `agency` on its own is the one that answers.
    """

    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name=_("Customer"),
    )
    policy = models.ForeignKey(
        Policy,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name=_("Policy"),
    )
    seller = models.ForeignKey(
        SalesAgent,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name=_("Seller"),
    )

    intermediary = models.ForeignKey(
        Agency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss_about",
        verbose_name=_("Agency"),
    )

    class Meta:
        abstract = True

    @property
    def subject(self) -> Customer | Policy | SalesAgent | Agency:
        found = self.customer or self.policy or self.seller or self.intermediary
        assert found is not None  # noqa: S101 - a database constraint holds it
        return found

    @property
    def subject_kind(self) -> str:
        return next(kind for kind, column in SUBJECT_COLUMNS.items() if getattr(self, f"{column}_id"))

    @property
    def subject_id(self) -> int:
        return int(next(pk for column in SUBJECT_COLUMNS.values() if (pk := getattr(self, f"{column}_id"))))
