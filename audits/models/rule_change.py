from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audits.choices import ChangeState, ChangeTarget
from authenticity.choices import Severity
from workplace.history import tracked
from workplace.models import Job

GRAVE = (Severity.BLOCK.value, Severity.ERROR.value)
MOVES = [
    (ChangeState.DRAFT.value, ChangeState.PROPOSED.value),
    (ChangeState.DRAFT.value, ChangeState.APPROVED.value),
    (ChangeState.DRAFT.value, ChangeState.WITHDRAWN.value),
    (ChangeState.PROPOSED.value, ChangeState.APPROVED.value),
    (ChangeState.PROPOSED.value, ChangeState.REFUSED.value),
    (ChangeState.PROPOSED.value, ChangeState.WITHDRAWN.value),
]
# What was asked for never changes: whoever wants something else asks again.
ASKED_STAYS = """
    IF (to_jsonb(NEW) - ARRAY['state', 'decided_by_id', 'decided_at', 'decision_note', 'version', 'dry_run',
                              'dry_run_job_id', 'dry_run_at'])
       IS DISTINCT FROM
       (to_jsonb(OLD) - ARRAY['state', 'decided_by_id', 'decided_at', 'decision_note', 'version', 'dry_run',
                              'dry_run_job_id', 'dry_run_at']) THEN
        RAISE EXCEPTION 'a change of the rule book says what it said when it was asked for';
    END IF;
    RETURN NEW;
"""


@tracked
class RuleChange(models.Model):
    """One change of the rule book: what, from when, why, by whom, and who approved it.

    `gravest` is the graver of the severities before and after, of all rules that it decides; a grave change
    needs a second person. `version` is the version of the setting that it made.
    """

    target = models.CharField(_("Of"), max_length=8, choices=ChangeTarget)
    key = models.CharField(_("Rule, list or article"), max_length=40)
    before = models.JSONField(_("Before"), default=dict)
    after = models.JSONField(_("After"), default=dict)
    reason = models.TextField(_("Reason"))
    effective_from = models.DateField(_("Effective from"), null=True, blank=True)
    effective_to = models.DateField(_("Effective until"), null=True, blank=True)
    gravest = models.CharField(_("Gravest severity"), max_length=5, choices=Severity, blank=True)
    four_eyes = models.BooleanField(_("Needs a second person"), default=False)
    state = models.CharField(_("State"), max_length=10, choices=ChangeState, default=ChangeState.DRAFT)
    version = models.PositiveIntegerField(_("Version"), null=True, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Proposed by")
    )
    proposed_at = models.DateTimeField(_("Proposed at"))
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
    dry_run = models.JSONField(_("What it would change"), default=dict, blank=True)
    dry_run_job = models.ForeignKey(
        Job, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Job")
    )
    dry_run_at = models.DateTimeField(_("Measured at"), null=True, blank=True)

    class Meta:
        verbose_name = _("Change of the rule book")
        verbose_name_plural = _("Changes of the rule book")
        ordering = ["-id"]
        permissions = [
            ("approve_rulechange", _("May approve changes of the rule book")),
            ("try_rules", _("May try the rules on a value")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["target", "key"], condition=Q(state="proposed"), name="rule_change_one_waits"
            ),
            models.CheckConstraint(
                condition=~Q(gravest__in=GRAVE) | Q(four_eyes=True), name="rule_change_grave_needs_four_eyes"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "refused"])
                | Q(four_eyes=False, state="approved")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="rule_change_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "proposed"], decided_at__isnull=True)
                | (~Q(state__in=["draft", "proposed"]) & Q(decided_at__isnull=False)),
                name="rule_change_decided_has_its_time",
            ),
        ]
        indexes = [models.Index(fields=["target", "key", "-id"], name="rule_change_of")]
        triggers = [
            pgtrigger.FSM(name="rule_change_walks", field="state", transitions=MOVES),
            pgtrigger.Protect(name="rule_change_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="rule_change_begins_as_draft",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__state__df="draft"),
            ),
            pgtrigger.Trigger(
                name="rule_change_says_what_it_said",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func=ASKED_STAYS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.pk}"

    @property
    def opens(self) -> int | None:
        """Findings that it would open, as measured last."""
        return sum(self.dry_run["opened"].values()) if self.dry_run else None

    @property
    def closes(self) -> int | None:
        return sum(self.dry_run["closed"].values()) if self.dry_run else None
