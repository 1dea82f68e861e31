from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, PersonFacts
from policies.choices import Benefit, Designation, PartyRole, Relation
from policies.models.policy import Policy
from policies.models.queryset import OfPolicyQuerySet
from workplace.history import tracked
from workplace.models import Record


@tracked
class PolicyParty(Record, PersonFacts):
    """A person in a role on a policy: as written there, and the Customer where there is one.

    Holder and insured always have a Customer; a beneficiary may stand as written alone.
    """

    policy = models.ForeignKey(
        Policy, on_delete=models.CASCADE, related_name="parties", verbose_name=_("Policy")
    )
    role = models.CharField(_("Role"), max_length=12, choices=PartyRole)
    position = models.PositiveSmallIntegerField(_("Position"), default=1)
    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parties",
        verbose_name=_("Customer"),
    )
    benefit = models.CharField(_("Benefit"), max_length=10, choices=Benefit, blank=True)
    designation = models.CharField(_("Designation"), max_length=10, choices=Designation, blank=True)
    relation = models.CharField(_("Relation"), max_length=12, choices=Relation, blank=True)
    order = models.PositiveSmallIntegerField(_("Order of benefit"), null=True, blank=True)
    share = models.DecimalField(_("Share in percent"), max_digits=5, decimal_places=2, null=True, blank=True)

    phone = models.CharField(_("Phone"), max_length=60, blank=True)
    address = models.CharField(_("Address"), max_length=400, blank=True)
    occupation = models.CharField(_("Occupation"), max_length=100, blank=True)
    guardian_name = models.CharField(_("Guardian"), max_length=100, blank=True)
    guardian_phone = models.CharField(_("Guardian's phone"), max_length=60, blank=True)

    objects = OfPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("Policy party")
        verbose_name_plural = _("Policy parties")
        ordering = ["policy", "role", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "role", "benefit", "position"], name="policy_party_once_per_position"
            ),
            models.UniqueConstraint(
                fields=["policy"], condition=Q(role="holder"), name="policy_has_one_holder"
            ),
            models.CheckConstraint(
                condition=Q(role="beneficiary") | Q(customer__isnull=False),
                name="policy_holder_and_insured_have_a_customer",
            ),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__gte=Decimal(0), share__lte=Decimal(100)),
                name="policy_party_share_is_a_percentage",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "role"], name="policy_party_customer"),
            models.Index(
                fields=["policy"],
                condition=Q(role="beneficiary", designation="statutory", position__gt=1),
                name="policy_party_heirs_behind",
            ),
            # Who stands here as written alone is found by what is written.
            *(
                models.Index(
                    fields=[column],
                    condition=Q(customer__isnull=True) & Q(**{f"{column}__gt": ""}),
                    name=f"policy_party_alone_{column}",
                )
                for column in ("name", "id_key", "phone")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.role}"
