from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audits.choices import CallBackOutcome, CallBackState
from policies.models import Policy
from policies.models.queryset import OfPolicyQuerySet
from workplace.history import tracked


@tracked
class CallBack(models.Model):
    """The call to the holder of a new policy over one year, before its cooling-off ends (基本服务 art. 15).

    What was tried stands in the customer's contact log, with `origin` as its origin.
    """

    policy = models.OneToOneField(
        Policy, on_delete=models.PROTECT, related_name="call_back", verbose_name=_("Policy")
    )
    ends_on = models.DateField(_("Cooling-off ends"))
    state = models.CharField(_("State"), max_length=10, choices=CallBackState, default=CallBackState.DUE)
    outcome = models.CharField(_("Outcome"), max_length=12, choices=CallBackOutcome, blank=True)
    opened_at = models.DateTimeField(_("Opened at"))
    done_at = models.DateTimeField(_("Called back at"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Called back by"),
    )

    objects = OfPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("Call-back")
        verbose_name_plural = _("Call-backs")
        ordering = ["ends_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) & ~Q(outcome="")
                | ~Q(state="done") & Q(outcome="", done_at__isnull=True, done_by__isnull=True),
                name="call_back_done_has_its_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["ends_on", "id"], condition=~Q(state="done"), name="call_back_waiting"),
            models.Index(fields=["ends_on"], condition=Q(state="done"), name="call_back_over"),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.state}"

    @property
    def origin(self) -> str:
        return f"call-back:{self.pk}"
