from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.models import SalesAgent
from customers.models import Customer
from policies.models import Policy

EXACTLY_ONE_SUBJECT = (
    Q(customer__isnull=False, policy__isnull=True, seller__isnull=True)
    | Q(customer__isnull=True, policy__isnull=False, seller__isnull=True)
    | Q(customer__isnull=True, policy__isnull=True, seller__isnull=False)
)


class AboutSubject(models.Model):
    """What a finding or a rectification is about: exactly one customer, policy or seller."""

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

    class Meta:
        abstract = True

    @property
    def subject(self) -> Customer | Policy | SalesAgent:
        found = self.customer or self.policy or self.seller
        assert found is not None  # noqa: S101 - a database constraint holds it
        return found

    @property
    def subject_kind(self) -> str:
        return "customer" if self.customer_id else "policy" if self.policy_id else "seller"
