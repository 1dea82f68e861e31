"""Every branch is inspected every year, and units and persons answer for what is found (82号 art. 16)."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agents.models import Agency, Branch, SalesAgent
from audits.models.finding import Finding
from audits.models.sampling_plan import PLAN_MOVES, ChecklistItem, ChecklistVersion
from audits.models.sampling_queryset import InspectionQuerySet, OfInspectionQuerySet
from audits.models.sampling_run import SampleItem, SamplingRun
from audits.sampling.choices import AccountableMeasure, InspectionState, PlanState, ReviewAnswer
from authenticity.choices import Severity
from authenticity.models import Article
from workplace.history import tracked
from workplace.models import UploadedFile


@tracked
class InspectionYear(models.Model):
    """The plan of a year: approved by a second person, it must cover every branch that is open."""

    year = models.PositiveSmallIntegerField(_("Year"), unique=True)
    state = models.CharField(_("State"), max_length=8, choices=PlanState, default=PlanState.DRAFT)
    checklist = models.ForeignKey(
        ChecklistVersion, on_delete=models.PROTECT, related_name="+", verbose_name=_("Checklist")
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Written by")
    )
    written_at = models.DateTimeField(_("Written at"))
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

    class Meta:
        verbose_name = _("Yearly inspection")
        verbose_name_plural = _("Yearly inspections")
        ordering = ["-year"]
        permissions = [("approve_inspectionyear", _("May approve the plan of yearly inspections"))]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "refused", "replaced"])
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decided_by=F("written_by"))),
                name="inspection_year_decided_by_another",
            )
        ]
        triggers = [
            pgtrigger.FSM(
                name="inspection_year_walks",
                field="state",
                transitions=[*PLAN_MOVES, (PlanState.REFUSED.value, PlanState.DRAFT.value)],
            )
        ]

    def __str__(self) -> str:
        return str(self.year)


@tracked
class BranchInspection(models.Model):
    """One branch in one year: who inspects it until when, its sample, its report."""

    year = models.ForeignKey(
        InspectionYear, on_delete=models.PROTECT, related_name="inspections", verbose_name=_("Year")
    )
    branch = models.ForeignKey(
        Branch, on_delete=models.PROTECT, related_name="inspections", verbose_name=_("Branch")
    )
    inspector = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Inspector"),
    )
    planned_from = models.DateField(_("Planned from"), null=True, blank=True)
    due_on = models.DateField(_("Due"), null=True, blank=True)
    state = models.CharField(
        _("State"), max_length=8, choices=InspectionState, default=InspectionState.PLANNED
    )
    run = models.ForeignKey(
        SamplingRun,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="inspections",
        verbose_name=_("Sample"),
    )
    summary = models.TextField(_("Summary"), blank=True)
    report = models.ForeignKey(
        UploadedFile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Report"),
    )
    begun_at = models.DateTimeField(_("Begun at"), null=True, blank=True)
    done_at = models.DateTimeField(_("Done at"), null=True, blank=True)
    version = models.PositiveIntegerField(_("Row version"), default=1)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Inspection of a branch")
        verbose_name_plural = _("Inspections of branches")
        ordering = ["year", "branch"]
        constraints = [
            models.UniqueConstraint(fields=["year", "branch"], name="inspection_once_a_year"),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(done_at__isnull=False) & ~Q(summary=""),
                name="inspection_done_has_its_summary",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="inspection_walks",
                field="state",
                transitions=[
                    (InspectionState.PLANNED.value, InspectionState.UNDER_WAY.value),
                    (InspectionState.UNDER_WAY.value, InspectionState.DONE.value),
                    (InspectionState.DONE.value, InspectionState.UNDER_WAY.value),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.year_id} {self.branch_id}"


class InspectionAnswer(models.Model):
    """The inspector's answer to one question; a later answer is a further row, the last one holds."""

    inspection = models.ForeignKey(
        BranchInspection, on_delete=models.PROTECT, related_name="answers", verbose_name=_("Inspection")
    )
    question = models.ForeignKey(
        ChecklistItem, on_delete=models.PROTECT, related_name="+", verbose_name=_("Question")
    )
    answer = models.CharField(_("Answer"), max_length=4, choices=ReviewAnswer)
    text = models.CharField(_("In words"), max_length=300, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Answered by")
    )
    answered_at = models.DateTimeField(_("Answered at"))

    objects = OfInspectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Answer of an inspection")
        verbose_name_plural = _("Answers of inspections")
        ordering = ["question__place", "id"]
        triggers = [
            pgtrigger.Protect(name="inspection_answer_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.question_id}"


@tracked
class InspectionFinding(models.Model):
    """What was found in a branch: grave or not, against which article, to be put right until when."""

    inspection = models.ForeignKey(
        BranchInspection, on_delete=models.PROTECT, related_name="found", verbose_name=_("Inspection")
    )
    question = models.ForeignKey(
        ChecklistItem,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Question"),
    )
    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Article")
    )
    severity = models.CharField(_("Severity"), max_length=5, choices=Severity)
    text = models.TextField(_("What was found"))
    due_on = models.DateField(_("To be put right until"), null=True, blank=True)
    settled_at = models.DateTimeField(_("Put right at"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Confirmed by"),
    )
    settlement = models.TextField(_("How it was put right"), blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Made by")
    )
    made_at = models.DateTimeField(_("Made at"))

    objects = OfInspectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Finding of an inspection")
        verbose_name_plural = _("Findings of inspections")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(settled_by__isnull=False) & ~Q(settlement=""),
                name="inspection_finding_settled_says_how",
            )
        ]
        triggers = [pgtrigger.Protect(name="inspection_finding_stays", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.pk}"


@tracked
class Accountability(models.Model):
    """Which unit or person answers for what was found, and with which measure (82号 art. 16)."""

    sample_item = models.ForeignKey(
        SampleItem,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="accountable",
        verbose_name=_("Sample item"),
    )
    inspection_finding = models.ForeignKey(
        InspectionFinding,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="accountable",
        verbose_name=_("Finding of an inspection"),
    )
    finding = models.ForeignKey(
        Finding,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="accountable",
        verbose_name=_("Finding"),
    )
    branch = models.ForeignKey(
        Branch, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Branch")
    )
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Agency")
    )
    seller = models.ForeignKey(
        SalesAgent,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Seller"),
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Staff member"),
    )
    measure = models.CharField(_("Measure"), max_length=12, choices=AccountableMeasure)
    reason = models.TextField(_("Reason"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Decided by")
    )
    decided_at = models.DateTimeField(_("Decided at"))

    class Meta:
        verbose_name = _("Accountability")
        verbose_name_plural = _("Accountabilities")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sample_item__isnull=False)
                | Q(inspection_finding__isnull=False)
                | Q(finding__isnull=False),
                name="accountable_for_something",
            ),
            models.CheckConstraint(
                condition=Q(branch__isnull=False)
                | Q(agency__isnull=False)
                | Q(seller__isnull=False)
                | Q(person__isnull=False),
                name="accountable_is_somebody",
            ),
        ]
        triggers = [pgtrigger.Protect(name="accountability_stays", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.pk} {self.measure}"
