from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audits.choices import ChangeRequestState
from audits.models.queryset import OfCustomerOrPolicyQuerySet
from audits.models.willed import WilledByCustomer
from customers.models import Customer
from policies.models import Policy
from workplace.history import tracked


@tracked
class ChangeRequest(WilledByCustomer):
    """A customer asks for a change outside any rectification: old to new, four eyes, the same road."""

    number = models.CharField(_("Request number"), max_length=30, unique=True)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="change_requests", verbose_name=_("Customer")
    )
    policy = models.ForeignKey(
        Policy, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Policy")
    )
    state = models.CharField(
        _("State"), max_length=10, choices=ChangeRequestState, default=ChangeRequestState.DRAFT
    )
    note = models.TextField(_("Note"), blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Made by")
    )
    made_at = models.DateTimeField(_("Made at"))
    submitted_at = models.DateTimeField(_("Submitted at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Decided by"),
    )
    decided_at = models.DateTimeField(_("Decided at"), null=True, blank=True)
    decision_note = models.TextField(_("Note of the decision"), blank=True)
    version = models.PositiveIntegerField(_("Row version"), default=1)

    objects = OfCustomerOrPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("Change request")
        verbose_name_plural = _("Change requests")
        ordering = ["-id"]
        permissions = [
            ("make_changerequest", _("May hand in change requests")),
            ("decide_changerequest", _("May decide change requests")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "made_by"], condition=Q(state="draft"), name="change_request_one_draft"
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | (Q(decided_by__isnull=False) & ~Q(decided_by=F("made_by"))),
                name="change_request_accepted_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.number
