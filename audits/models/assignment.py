"""Who gets what without being asked, letters to agencies, and steps of escalation."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agents.choices import Post
from agents.models import Agency, Branch
from audits.choices import EscalationTo, Spread
from audits.models.queryset import LetterQuerySet, OfRectificationQuerySet
from audits.models.rectification import Rectification
from authenticity.choices import Severity
from workplace.history import tracked
from workplace.models import UploadedFile


@tracked
class AssignmentRule(models.Model):
    """The first active rule, by place, that a rectification fits says who gets it.

    Either the named people with their weights, or everybody who holds the post in the answering unit.
    Where nobody is left the managers of the branch are told; nobody gets it silently.
    """

    name = models.CharField(pgettext_lazy("of a rule", "Name"), max_length=80)
    place = models.PositiveSmallIntegerField(_("Place"), default=100)
    active = models.BooleanField(_("Active"), default=True)
    branch = models.ForeignKey(
        Branch, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Branch")
    )
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Agency")
    )
    family = models.CharField(_("Family of rules"), max_length=12, blank=True)
    severity = models.CharField(_("Severity"), max_length=5, choices=Severity, blank=True)
    post = models.CharField(_("Post"), max_length=12, choices=Post, blank=True)
    spread = models.CharField(_("How it is spread"), max_length=8, choices=Spread, default=Spread.LOAD)
    turn = models.PositiveIntegerField(_("Given so far"), default=0)
    version = models.PositiveIntegerField(_("Row version"), default=1)

    class Meta:
        verbose_name = _("Rule of assignment")
        verbose_name_plural = _("Rules of assignment")
        ordering = ["place", "id"]

    def __str__(self) -> str:
        return self.name


class AssignmentMember(models.Model):
    """One of those a rule gives to; twice the weight gets twice as many."""

    rule = models.ForeignKey(
        AssignmentRule, on_delete=models.CASCADE, related_name="members", verbose_name=_("Rule of assignment")
    )
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Staff member")
    )
    weight = models.PositiveSmallIntegerField(_("Weight"), default=1)

    class Meta:
        verbose_name = _("Person of a rule of assignment")
        verbose_name_plural = _("People of rules of assignment")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "staff"], name="assignment_member_once"),
            models.CheckConstraint(condition=Q(weight__gte=1), name="assignment_weight_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.staff_id}"


@tracked
class AgencyLetter(models.Model):
    """A numbered letter to an agency: which policies, by when, what follows if not (46, 58, 61, 67)."""

    number = models.CharField(_("Letter number"), max_length=40, unique=True)
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="letters", verbose_name=_("Agency")
    )
    text = models.TextField(_("Text"))
    due_on = models.DateField(_("Answer due"))
    file = models.ForeignKey(
        UploadedFile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("File"),
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Made by")
    )
    made_at = models.DateTimeField(_("Made at"))
    sent_on = models.DateField(_("Sent on"), null=True, blank=True)
    received_on = models.DateField(_("Received on"), null=True, blank=True)
    answered_on = models.DateField(_("Answered on"), null=True, blank=True)
    answer = models.TextField(_("Answer"), blank=True)
    voided_at = models.DateTimeField(_("Voided at"), null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Voided by"),
    )
    void_reason = models.CharField(_("Why it is voided"), max_length=200, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("Letter to an agency")
        verbose_name_plural = _("Letters to agencies")
        ordering = ["-id"]
        permissions = [("send_letter", _("May send letters to agencies"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(received_on__isnull=True) | Q(received_on__gte=F("sent_on")),
                name="letter_received_after_it_was_sent",
            ),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True) | Q(answered_on__gte=F("sent_on")),
                name="letter_answered_after_it_was_sent",
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, voided_by__isnull=True, void_reason="")
                | (
                    Q(sent_on__isnull=True, voided_at__isnull=False, voided_by__isnull=False)
                    & ~Q(void_reason="")
                ),
                name="letter_voided_before_it_was_sent",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class LetterLine(models.Model):
    """One rectification as the letter named it; only ever added."""

    letter = models.ForeignKey(
        AgencyLetter, on_delete=models.PROTECT, related_name="lines", verbose_name=_("Letter")
    )
    rectification = models.ForeignKey(
        Rectification, on_delete=models.PROTECT, related_name="letter_lines", verbose_name=_("Rectification")
    )
    policy_number = models.CharField(_("Policy number"), max_length=40, blank=True)
    wrong = models.CharField(_("What is wrong"), max_length=300)

    objects = OfRectificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("Line of a letter")
        verbose_name_plural = _("Lines of letters")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["letter", "rectification"], name="letter_line_once")]
        triggers = [
            pgtrigger.Protect(name="letter_line_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return str(self.pk)


@tracked
class EscalationStep(models.Model):
    """So many working days before (negative) or after the due date, who is told."""

    days = models.SmallIntegerField(_("Working days after the due date"), unique=True)
    to = models.CharField(_("Who is told"), max_length=12, choices=EscalationTo)
    active = models.BooleanField(_("Active"), default=True)

    class Meta:
        verbose_name = _("Step of escalation")
        verbose_name_plural = _("Steps of escalation")
        ordering = ["days"]

    def __str__(self) -> str:
        return f"{self.days:+d} {self.to}"


class Escalation(models.Model):
    """That a step was told for this owner and due date: once, whatever runs twice."""

    rectification = models.ForeignKey(
        Rectification, on_delete=models.CASCADE, related_name="escalations", verbose_name=_("Rectification")
    )
    step = models.ForeignKey(
        EscalationStep, on_delete=models.PROTECT, related_name="+", verbose_name=_("Step of escalation")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Owner")
    )
    due_on = models.DateField(_("Due"))
    told_at = models.DateTimeField(_("Told at"))

    objects = OfRectificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("Escalation")
        verbose_name_plural = _("Escalations")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rectification", "step", "owner", "due_on"], name="escalation_once_a_step"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rectification_id} {self.step_id}"
