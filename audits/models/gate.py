from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.models import Agency, Branch
from audits.choices import Gate, ServicingItem
from audits.models.queryset import GateAnswerQuerySet
from policies.models import Policy
from workplace.models import ApiClient


class GateAnswer(models.Model):
    """What a gate answered, word for word and without a personal value; append-only (requirements 18, 19).

    A client that asks again under the same key gets the same answer.
    """

    gate = models.CharField(_("Gate"), max_length=12, choices=Gate)
    reference = models.CharField(_("Application or policy"), max_length=60)
    item = models.CharField(_("Item of servicing"), max_length=30, blank=True)
    policy = models.ForeignKey(
        Policy, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("Policy")
    )
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+", verbose_name=_("Branch"))
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("Agency")
    )
    passed = models.BooleanField(_("Passed"))
    stopping = models.JSONField(_("What stopped it"), default=list)
    answer = models.JSONField(_("Answer"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Asked by")
    )
    client = models.ForeignKey(
        ApiClient, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("API client")
    )
    key = models.CharField(_("Idempotency key"), max_length=80, blank=True)
    request_hash = models.CharField(_("Hash of the request"), max_length=64, blank=True)
    asked_at = models.DateTimeField(_("Asked at"))

    objects = GateAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("Answer of a gate")
        verbose_name_plural = _("Answers of gates")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "gate", "key"], condition=~Q(key=""), name="gate_answer_once_per_key"
            )
        ]
        indexes = [models.Index(fields=["gate", "reference"], name="gate_answer_of_reference")]
        permissions = [("ask_gate", _("May ask a gate"))]
        triggers = [
            pgtrigger.Protect(name="gate_answer_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.gate} {self.reference}"

    @property
    def item_label(self) -> str:
        return str(dict(ServicingItem.choices).get(self.item, self.item))


class GateOverride(models.Model):
    """Somebody let pass what a gate refused: at this gate, for this client, reference and these gaps with
    their values, until a day; append-only."""

    refused = models.OneToOneField(
        GateAnswer, on_delete=models.PROTECT, related_name="override", verbose_name=_("Refusal")
    )
    reason = models.TextField(_("Reason"))
    overridden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Let pass by")
    )
    overridden_at = models.DateTimeField(_("Let pass at"))
    valid_until = models.DateField(_("Valid until"))

    class Meta:
        verbose_name = _("Passage in spite of a gate")
        verbose_name_plural = _("Passages in spite of gates")
        ordering = ["-id"]
        permissions = [("override_gate", _("May let pass what a gate refused"))]
        triggers = [
            pgtrigger.Protect(name="gate_override_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.refused_id}"
