from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agents.models import Agency, Branch
from audits.choices import ProposedEnd, RectificationState, TimelineKind
from audits.models.queryset import OfRectificationQuerySet, RectificationQuerySet
from audits.models.subject import EXACTLY_ONE_SUBJECT, AboutSubject
from audits.models.willed import WilledByCustomer
from audits.states import FIRST_STATE, moves
from workplace.history import tracked


@tracked
class Rectification(AboutSubject, WilledByCustomer):
    """The open findings of one subject that answer to one branch and agency, owned until closed."""

    number = models.CharField(_("Rectification number"), max_length=30, unique=True)
    branch = models.ForeignKey(
        Branch, on_delete=models.PROTECT, related_name="rectifications", verbose_name=_("Answering branch")
    )
    agency = models.ForeignKey(
        Agency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rectifications",
        verbose_name=_("Answering agency"),
    )
    state = models.CharField(
        _("State"), max_length=12, choices=RectificationState, default=RectificationState.OPEN
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rectifications",
        verbose_name=_("Owner"),
    )
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Assigned by"),
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Submitted by"),
    )
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Closed by"),
    )
    due_on = models.DateField(_("Due"), null=True, blank=True)
    due_from = models.DateField(
        _("Due without pauses"),
        null=True,
        blank=True,
        help_text=_("The earliest due date of its findings; pauses and extensions come on top."),
    )
    added_days = models.PositiveSmallIntegerField(_("Working days added"), default=0)
    paused_at = models.DateTimeField(_("Paused at"), null=True, blank=True)
    reply_due_on = models.DateField(_("First reply due"), null=True, blank=True)
    replied_at = models.DateTimeField(_("First reply"), null=True, blank=True)
    opened_at = models.DateTimeField(_("Opened at"))
    assigned_at = models.DateTimeField(_("Assigned at"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("Submitted at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("Closed at"), null=True, blank=True)
    closing_cause = models.CharField(_("Why closed"), max_length=20, blank=True)
    proposed_end = models.CharField(
        _("Handed in as"), max_length=8, choices=ProposedEnd, default=ProposedEnd.CORRECTED, blank=True
    )
    draft_note = models.TextField(_("Note being written"), blank=True)
    reopened = models.PositiveSmallIntegerField(_("Times reopened"), default=0)
    version = models.PositiveIntegerField(_("Row version"), default=1)

    objects = RectificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("Rectification")
        verbose_name_plural = _("Rectifications")
        ordering = ["due_on", "id"]
        permissions = [
            ("work_rectification", _("May correct and submit")),
            ("assign_rectification", _("May assign")),
            ("review_rectification", _("May accept and return")),
            ("run_sweep", _("May start a sweep")),
            ("view_performance", _("May see the figures of agencies and branches")),
            ("answer_dispute", _("May answer disputes about a rule")),
        ]
        constraints = [
            models.CheckConstraint(condition=EXACTLY_ONE_SUBJECT, name="rectification_has_one_subject"),
            models.UniqueConstraint(
                fields=["customer", "policy", "seller", "intermediary", "branch", "agency"],
                nulls_distinct=False,
                name="rectification_once_per_subject_and_answer",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="rectification_closed_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "closed", "appealed"]) | Q(owner__isnull=False),
                name="rectification_under_way_has_an_owner",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True) | ~Q(closed_by=models.F("submitted_by")),
                name="rectification_closed_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "state", "due_on"], name="rectification_queue"),
            models.Index(fields=["branch", "state", "due_on"], name="rectification_of_branch"),
            models.Index(fields=["agency", "state", "due_on"], name="rectification_of_agency"),
            models.Index(fields=["due_on"], condition=~Q(state="closed"), name="rectification_unclosed_due"),
            models.Index(
                fields=["owner", "due_on"], condition=~Q(state="closed"), name="rectification_in_hand"
            ),
            models.Index(fields=["closed_at"], condition=Q(state="closed"), name="rectification_closed_at"),
        ]
        triggers = [
            pgtrigger.FSM(name="rectification_walks_the_table", field="state", transitions=moves()),
            pgtrigger.Protect(
                name="rectification_begins_open",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__state__df=FIRST_STATE.value),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class TimelineEntry(models.Model):
    """One line of a rectification's life: who, when, what, why; append-only, values masked."""

    rectification = models.ForeignKey(
        Rectification, on_delete=models.CASCADE, related_name="timeline", verbose_name=_("Rectification")
    )
    at = models.DateTimeField(_("At"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("By"),
    )
    kind = models.CharField(_("Kind"), max_length=12, choices=TimelineKind)
    action = models.CharField(_("Action"), max_length=30)
    from_state = models.CharField(pgettext_lazy("state before", "From"), max_length=12, blank=True)
    to_state = models.CharField(pgettext_lazy("state after", "To"), max_length=12, blank=True)
    reason = models.TextField(_("Reason"), blank=True)
    detail = models.JSONField(_("Detail"), default=dict, blank=True)

    objects = OfRectificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("Timeline entry")
        verbose_name_plural = _("Timeline")
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["rectification", "at"], name="timeline_of_rectification")]
        triggers = [
            pgtrigger.Protect(name="timeline_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.rectification_id} {self.action}"
