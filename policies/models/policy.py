from __future__ import annotations

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from agents.choices import Channel
from agents.models import Agency, Branch, Outlet, SalesAgent
from customers.models.person import marks
from policies.choices import PolicyStatus
from policies.models.product import Product
from policies.models.queryset import PolicyQuerySet
from workplace.history import tracked
from workplace.models import Record

ONLY_ENDS = """
    IF OLD.recorded_to IS NOT NULL OR NEW.policy_id <> OLD.policy_id
       OR NEW.recorded_from <> OLD.recorded_from THEN
        RAISE EXCEPTION 'the past states of a policy do not change';
    END IF;
    RETURN NEW;
"""


@tracked
class Policy(Record):
    """A contract; its seller stands as recorded on it and, where the register knows it, as matched."""

    number = models.CharField(_("Policy number"), max_length=30, unique=True)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="policies", verbose_name=_("Product")
    )
    channel = models.CharField(_("Channel"), max_length=12, choices=Channel)
    branch = models.ForeignKey(
        Branch, on_delete=models.PROTECT, related_name="policies", verbose_name=_("Branch")
    )
    status = models.CharField(_("Status"), max_length=12, choices=PolicyStatus)
    in_scope = models.BooleanField(_("In scope"), default=False, editable=False)
    applied_on = models.DateField(_("Applied on"), null=True, blank=True)
    issued_on = models.DateField(_("Issued on"), null=True, blank=True)
    effective_on = models.DateField(_("Effective on"), null=True, blank=True)
    premium = models.DecimalField(_("Premium"), max_digits=14, decimal_places=2, null=True, blank=True)
    payment_years = models.PositiveSmallIntegerField(_("Years of payment"), null=True, blank=True)
    death_cover = models.DecimalField(
        _("Sum payable on death"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    insured_consent = models.BooleanField(_("Insured has consented"), null=True, blank=True)
    income_proof = models.BooleanField(_("Proof of own income"), null=True, blank=True)
    account_no_raw = models.CharField(_("Account number, as written"), max_length=60, blank=True)
    account_no = models.CharField(_("Account number"), max_length=60, blank=True)
    account_marks = marks(_("What the account number breaks"))
    account_holder_name = models.CharField(_("Account holder"), max_length=100, blank=True)
    account_holder_id_no = models.CharField(_("Account holder's document number"), max_length=60, blank=True)
    seller_no = models.CharField(_("Seller number, as recorded"), max_length=40, blank=True)
    seller_name = models.CharField(_("Seller name, as recorded"), max_length=100, blank=True)
    outlet_no = models.CharField(_("Outlet number, as recorded"), max_length=40, blank=True)
    outlet_name = models.CharField(_("Outlet name, as recorded"), max_length=100, blank=True)
    agency_branch_no = models.CharField(_("Agency branch number, as recorded"), max_length=40, blank=True)
    agency_branch_name = models.CharField(_("Agency branch name, as recorded"), max_length=100, blank=True)
    agency_no = models.CharField(_("Agency number, as recorded"), max_length=40, blank=True)
    agency_name = models.CharField(_("Agency name, as recorded"), max_length=100, blank=True)
    seller = models.ForeignKey(
        SalesAgent,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="policies",
        verbose_name=_("Seller, as matched"),
    )
    outlet = models.ForeignKey(
        Outlet,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="policies",
        verbose_name=_("Outlet, as matched"),
    )
    agency_branch = models.ForeignKey(
        Outlet,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="branch_policies",
        verbose_name=_("Agency branch, as matched"),
    )
    agency = models.ForeignKey(
        Agency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="policies",
        verbose_name=_("Agency, as matched"),
    )

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("Policy")
        verbose_name_plural = _("Policies")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["branch", "-id"], name="policy_of_branch"),
            models.Index(fields=["agency", "-id"], name="policy_of_agency"),
            models.Index(fields=["seller", "-id"], name="policy_of_seller"),
            models.Index(fields=["account_no"], condition=~Q(account_no=""), name="policy_account_no"),
        ]

    def __str__(self) -> str:
        return self.number


class PolicyState(models.Model):
    """What a policy was known to be, from when to when: any denominator can be told as of any date."""

    policy = models.ForeignKey(
        Policy, on_delete=models.CASCADE, related_name="states", verbose_name=_("Policy")
    )
    status = models.CharField(_("Status"), max_length=12, choices=PolicyStatus)
    in_scope = models.BooleanField(_("In scope"))
    branch = models.ForeignKey(
        Branch, on_delete=models.PROTECT, related_name="policy_states", verbose_name=_("Branch")
    )
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, related_name="policy_states", verbose_name=_("Agency")
    )
    seller = models.ForeignKey(
        SalesAgent,
        on_delete=models.PROTECT,
        null=True,
        related_name="policy_states",
        verbose_name=_("Seller"),
    )
    recorded_from = models.DateTimeField(_("Recorded from"))
    recorded_to = models.DateTimeField(_("Recorded until"), null=True)

    class Meta:
        verbose_name = _("Policy state")
        verbose_name_plural = _("Policy states")
        ordering = ["recorded_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy"], condition=Q(recorded_to__isnull=True), name="policy_state_one_current"
            ),
            models.CheckConstraint(
                condition=Q(recorded_to__isnull=True) | Q(recorded_to__gt=F("recorded_from")),
                name="policy_state_lasts",
            ),
            ExclusionConstraint(
                name="policy_states_do_not_overlap",
                expressions=[
                    (
                        Func(
                            "recorded_from",
                            "recorded_to",
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    ("policy", RangeOperators.EQUAL),
                ],
            ),
        ]
        indexes = [
            models.Index(fields=["branch", "in_scope"], name="policy_state_branch"),
            models.Index(fields=["agency", "in_scope"], name="policy_state_agency"),
        ]
        triggers = [
            pgtrigger.Protect(name="policy_state_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="policy_state_only_ends",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func=ONLY_ENDS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.status}"
