"""What a reviewer saw, typed and answered about one member of a sample."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits.models.finding import Finding
from audits.models.sampling_plan import ChecklistItem
from audits.models.sampling_queryset import OfReviewQuerySet, SampleReviewQuerySet
from audits.models.sampling_run import SampleItem
from audits.sampling.choices import ErrorKind, FieldVerdict, ReviewAnswer, SampleReviewState, TruthResult
from customers.models import ContactAttempt
from workplace.history import tracked
from workplace.models import UploadedFile

REVIEW_MOVES = [
    (SampleReviewState.GIVEN.value, SampleReviewState.OPEN.value),
    (SampleReviewState.GIVEN.value, SampleReviewState.VOID.value),
    (SampleReviewState.OPEN.value, SampleReviewState.DONE.value),
    (SampleReviewState.OPEN.value, SampleReviewState.VOID.value),
]
# What was typed blind stays as it was typed: once compared, it cannot be brought into line.
TYPED_STAYS = """
    IF NEW.review_id <> OLD.review_id OR NEW.role <> OLD.role OR NEW.field <> OLD.field
       OR NEW.typed <> OLD.typed OR NEW.typed_normal <> OLD.typed_normal OR NEW.verdict <> OLD.verdict
       OR NEW.compared_at <> OLD.compared_at THEN
        RAISE EXCEPTION 'what was typed blind does not change';
    END IF;
    RETURN NEW;
"""


@tracked
class SampleReview(models.Model):
    """One person reviews one item; round 2 is the second opinion of another, which does not see the first."""

    item = models.ForeignKey(
        SampleItem, on_delete=models.PROTECT, related_name="reviews", verbose_name=_("Sample item")
    )
    round = models.PositiveSmallIntegerField(_("Round"), default=1)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Reviewer")
    )
    state = models.CharField(
        _("State"), max_length=6, choices=SampleReviewState, default=SampleReviewState.GIVEN
    )
    given_at = models.DateTimeField(_("Given at"))
    due_on = models.DateField(_("Due"))
    opened_at = models.DateTimeField(_("Opened at"), null=True, blank=True)
    done_at = models.DateTimeField(_("Done at"), null=True, blank=True)
    truth = models.CharField(_("What the customer says"), max_length=12, choices=TruthResult, blank=True)
    outcome = models.CharField(
        pgettext_lazy("of a sample review", "Error"), max_length=8, choices=ErrorKind, blank=True
    )
    note = models.TextField(_("Note"), blank=True)
    contact = models.ForeignKey(
        ContactAttempt,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Contact attempt"),
    )
    version = models.PositiveIntegerField(_("Row version"), default=1)

    objects = SampleReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("Sample review")
        verbose_name_plural = _("Sample reviews")
        ordering = ["due_on", "id"]
        permissions = [
            ("review_sample", _("May review samples")),
            ("give_samplereview", _("May give samples to reviewers")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "round"], condition=~Q(state="void"), name="sample_review_once_a_round"
            ),
            models.UniqueConstraint(
                fields=["item", "reviewer"], condition=~Q(state="void"), name="sample_review_by_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(done_at__isnull=False), name="sample_review_done_when"
            ),
        ]
        indexes = [
            models.Index(
                fields=["reviewer", "due_on", "id"],
                condition=Q(state__in=["given", "open"]),
                name="sample_review_waiting",
            )
        ]
        triggers = [
            pgtrigger.FSM(name="sample_review_walks", field="state", transitions=REVIEW_MOVES),
            pgtrigger.Protect(name="sample_review_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.round}"


class KeyedField(models.Model):
    """One field as typed from the image before the system's value was shown, and how it compares.

    `system_hash` and `system_masked` are of the system's value at the moment of comparing.
    """

    review = models.ForeignKey(
        SampleReview, on_delete=models.PROTECT, related_name="fields", verbose_name=_("Sample review")
    )
    role = models.CharField(_("Role"), max_length=12, blank=True)
    field = models.CharField(_("Field"), max_length=40)
    typed = models.CharField(_("As typed"), max_length=300, blank=True)
    typed_normal = models.CharField(_("As typed, normal form"), max_length=300, blank=True)
    system_hash = models.CharField(_("Fingerprint of the system's value"), max_length=64, blank=True)
    system_masked = models.CharField(_("System's value, masked"), max_length=200, blank=True)
    verdict = models.CharField(_("Verdict"), max_length=9, choices=FieldVerdict)
    error = models.CharField(
        pgettext_lazy("of a sample review", "Error"), max_length=8, choices=ErrorKind, blank=True
    )
    finding = models.ForeignKey(
        Finding, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Finding")
    )
    compared_at = models.DateTimeField(_("Compared at"))

    objects = OfReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("Field as typed")
        verbose_name_plural = _("Fields as typed")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["review", "role", "field"], name="keyed_field_once")]
        triggers = [
            pgtrigger.Protect(name="keyed_field_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="keyed_field_stays",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func=TYPED_STAYS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review_id} {self.role}.{self.field}"


class ChecklistAnswer(models.Model):
    """A reviewer's answer to one question; given once."""

    review = models.ForeignKey(
        SampleReview, on_delete=models.PROTECT, related_name="answers", verbose_name=_("Sample review")
    )
    question = models.ForeignKey(
        ChecklistItem, on_delete=models.PROTECT, related_name="+", verbose_name=_("Question")
    )
    answer = models.CharField(_("Answer"), max_length=4, choices=ReviewAnswer)
    text = models.CharField(_("In words"), max_length=300, blank=True)

    objects = OfReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("Answer to a checklist")
        verbose_name_plural = _("Answers to checklists")
        ordering = ["question__place"]
        constraints = [models.UniqueConstraint(fields=["review", "question"], name="checklist_answer_once")]
        triggers = [
            pgtrigger.Protect(name="checklist_answer_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.review_id} {self.question_id}"


class ReviewEvidence(models.Model):
    """A file that proves what a review says; only ever added."""

    review = models.ForeignKey(
        SampleReview, on_delete=models.PROTECT, related_name="evidence", verbose_name=_("Sample review")
    )
    file = models.ForeignKey(UploadedFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("File"))
    note = models.CharField(_("Note"), max_length=200, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Added by")
    )
    added_at = models.DateTimeField(_("Added at"))

    objects = OfReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("Evidence of a review")
        verbose_name_plural = _("Evidence of reviews")
        ordering = ["id"]
        triggers = [
            pgtrigger.Protect(name="review_evidence_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.review_id} {self.pk}"
