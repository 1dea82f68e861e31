"""What a sampling audit is to look at, how large it is, when it is drawn, and what its reviewers ask."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits.sampling.choices import (
    Allocation,
    AnswerKind,
    PlanState,
    SamplePurpose,
    SampleSize,
    SamplingPeriod,
)
from authenticity.models import Article
from workplace.history import tracked

CHECKLIST_STAYS = """
    IF OLD.approved_at IS NOT NULL THEN
        RAISE EXCEPTION 'an approved version of a checklist does not change';
    END IF;
    RETURN NEW;
"""
ITEMS_STAY = """
    IF EXISTS (SELECT 1 FROM audits_checklistversion v
                WHERE v.id = COALESCE(NEW.version_id, OLD.version_id) AND v.approved_at IS NOT NULL) THEN
        RAISE EXCEPTION 'an approved version of a checklist does not change';
    END IF;
    RETURN COALESCE(NEW, OLD);
"""
# What was approved never changes: whoever wants something else makes the next version.
DEFINITION_STAYS = """
    IF OLD.state <> 'draft' AND
       (to_jsonb(NEW) - ARRAY['state', 'sent_at', 'decided_by_id', 'decided_at', 'decision_note'])
       IS DISTINCT FROM
       (to_jsonb(OLD) - ARRAY['state', 'sent_at', 'decided_by_id', 'decided_at', 'decision_note']) THEN
        RAISE EXCEPTION 'a plan that was sent for approval says what it said';
    END IF;
    RETURN NEW;
"""
PLAN_MOVES = [
    (PlanState.DRAFT.value, PlanState.SENT.value),
    (PlanState.SENT.value, PlanState.APPROVED.value),
    (PlanState.SENT.value, PlanState.REFUSED.value),
    (PlanState.SENT.value, PlanState.DRAFT.value),
    (PlanState.APPROVED.value, PlanState.REPLACED.value),
]


@tracked
class Checklist(models.Model):
    """Questions that a reviewer answers one by one; each version keeps what was asked when."""

    code = models.SlugField(_("Code"), max_length=40, unique=True)
    name = models.CharField(pgettext_lazy("of a checklist", "Name"), max_length=80)
    purpose = models.CharField(
        pgettext_lazy("of a sample", "Purpose"), max_length=12, choices=SamplePurpose, blank=True
    )

    class Meta:
        verbose_name = _("Checklist")
        verbose_name_plural = _("Checklists")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class ChecklistVersion(models.Model):
    """Editable until somebody else approves it, then fixed by the database."""

    checklist = models.ForeignKey(
        Checklist, on_delete=models.PROTECT, related_name="versions", verbose_name=_("Checklist")
    )
    number = models.PositiveIntegerField(_("Version"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("Made by"),
    )
    made_at = models.DateTimeField(_("Made at"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Approved by"),
    )
    approved_at = models.DateTimeField(_("Approved at"), null=True, blank=True)

    class Meta:
        verbose_name = _("Version of a checklist")
        verbose_name_plural = _("Versions of checklists")
        ordering = ["checklist", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["checklist", "number"], name="checklist_version_once"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | Q(made_by__isnull=True)
                | ~Q(approved_by=F("made_by")),
                name="checklist_approved_by_another",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="checklist_version_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=CHECKLIST_STAYS.replace("RETURN NEW", "RETURN COALESCE(NEW, OLD)"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.checklist_id} v{self.number}"


class ChecklistItem(models.Model):
    """One question, the article it answers to, and how it is answered."""

    version = models.ForeignKey(
        ChecklistVersion, on_delete=models.CASCADE, related_name="items", verbose_name=_("Version")
    )
    place = models.PositiveSmallIntegerField(_("Place"))
    code = models.SlugField(_("Code"), max_length=40)
    text = models.CharField(_("Question"), max_length=300)
    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Article")
    )
    kind = models.CharField(
        pgettext_lazy("of an answer", "Kind"), max_length=8, choices=AnswerKind, default=AnswerKind.YES_NO
    )
    fails = models.BooleanField(_("A no makes the item fail"), default=True)

    class Meta:
        verbose_name = _("Item of a checklist")
        verbose_name_plural = _("Items of checklists")
        ordering = ["version", "place"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="checklist_item_once")]
        triggers = [
            pgtrigger.Trigger(
                name="checklist_item_stays",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=ITEMS_STAY,
            )
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def in_words(self) -> bool:
        """Its words are the answer: nobody can say yes or no to a remark."""
        return self.kind != AnswerKind.YES_NO


@tracked
class SamplingPlan(models.Model):
    """A sampling audit that is repeated; what it does stands in its versions, one of which is in force."""

    code = models.SlugField(_("Plan code"), max_length=40, unique=True)
    name = models.CharField(pgettext_lazy("of a plan", "Name"), max_length=80)
    purpose = models.CharField(pgettext_lazy("of a sample", "Purpose"), max_length=12, choices=SamplePurpose)
    retired_at = models.DateTimeField(_("Retired at"), null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Made by")
    )
    made_at = models.DateTimeField(_("Made at"))

    class Meta:
        verbose_name = _("Sampling plan")
        verbose_name_plural = _("Sampling plans")
        ordering = ["code"]
        permissions = [("approve_samplingplan", _("May approve sampling plans"))]

    def __str__(self) -> str:
        return self.name


@tracked
class PlanVersion(models.Model):
    """Everything that a draw needs to know, approved by a second person.

    `frame` is a `audits.sampling.frames.FrameFilter` and `strata` a list of its stratum keys, as JSON;
    `minimum` is per stratum, `whole_strata` the keys of strata that are taken whole.
    """

    plan = models.ForeignKey(
        SamplingPlan, on_delete=models.PROTECT, related_name="versions", verbose_name=_("Sampling plan")
    )
    number = models.PositiveIntegerField(_("Version"))
    state = models.CharField(_("State"), max_length=8, choices=PlanState, default=PlanState.DRAFT)
    frame = models.JSONField(_("Frame"), default=dict)
    strata = models.JSONField(_("Strata"), default=list, blank=True)
    allocation = models.CharField(
        _("Allocation"), max_length=12, choices=Allocation, default=Allocation.PROPORTIONAL
    )
    minimum = models.PositiveIntegerField(_("At least a stratum"), default=0)
    whole_strata = models.JSONField(_("Strata taken whole"), default=list, blank=True)
    size_by = models.CharField(_("Size by"), max_length=8, choices=SampleSize, default=SampleSize.COMPUTED)
    size_number = models.PositiveIntegerField(_("Number"), null=True, blank=True)
    size_rate = models.DecimalField(
        _("Rate"),
        max_digits=7,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    tolerable_rate = models.DecimalField(
        _("Tolerable rate"),
        max_digits=7,
        decimal_places=6,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    expected_rate = models.DecimalField(
        _("Expected rate"),
        max_digits=7,
        decimal_places=6,
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    confidence = models.DecimalField(
        _("Confidence"),
        max_digits=5,
        decimal_places=4,
        default="0.95",
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    period = models.CharField(
        _("Drawn"), max_length=8, choices=SamplingPeriod, default=SamplingPeriod.BY_HAND
    )
    working_day = models.PositiveSmallIntegerField(_("On working day of the period"), default=1)
    deadline_days = models.PositiveSmallIntegerField(_("Working days for the review"), default=10)
    second_share = models.DecimalField(
        _("Share reviewed twice"),
        max_digits=4,
        decimal_places=3,
        default="0.1",
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    checklist = models.ForeignKey(
        ChecklistVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Checklist"),
    )
    reviewers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("Reviewers")
    )
    reason = models.TextField(_("Reason"), blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Written by")
    )
    written_at = models.DateTimeField(_("Written at"))
    sent_at = models.DateTimeField(_("Sent for approval at"), null=True, blank=True)
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
        verbose_name = _("Version of a sampling plan")
        verbose_name_plural = _("Versions of sampling plans")
        ordering = ["plan", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_once"),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(state="approved"), name="plan_one_version_in_force"
            ),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(state__in=["draft", "sent"]), name="plan_one_version_in_work"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "refused", "replaced"])
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decided_by=F("written_by"))),
                name="plan_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(size_by="number") | Q(size_number__isnull=False, size_number__gte=1),
                name="plan_size_number",
            ),
            models.CheckConstraint(
                condition=~Q(size_by="rate") | Q(size_rate__isnull=False, size_rate__gt=0),
                name="plan_size_rate",
            ),
            models.CheckConstraint(
                condition=Q(tolerable_rate__gt=F("expected_rate"), tolerable_rate__lt=1),
                name="plan_tolerates_more_than_it_expects",
            ),
            models.CheckConstraint(
                condition=Q(confidence__gte=0.5, confidence__lt=1), name="plan_confidence"
            ),
            models.CheckConstraint(condition=Q(working_day__gte=1), name="plan_working_day"),
        ]
        triggers = [
            pgtrigger.FSM(name="plan_version_walks", field="state", transitions=PLAN_MOVES),
            pgtrigger.Protect(
                name="plan_version_begins_as_draft",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__state__df="draft"),
            ),
            pgtrigger.Protect(
                name="plan_version_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__state__df="draft"),
            ),
            pgtrigger.Trigger(
                name="plan_version_says_what_it_said",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func=DEFINITION_STAYS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} v{self.number}"
