from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agents.models import Agency, Branch, SalesAgent
from audits.choices import Cohort, EpisodeEnd, EpisodeStart, FindingSource, FindingState
from audits.models.queryset import FindingQuerySet
from audits.models.rectification import Rectification
from audits.models.subject import EXACTLY_ONE_SUBJECT, AboutSubject
from authenticity.choices import BusinessStage, Kind, Severity
from policies.models import Policy
from workplace.history import tracked

ONLY_ENDS = """
    IF OLD.recorded_to IS NOT NULL
       OR (to_jsonb(NEW) - 'recorded_to' - 'ended_by') IS DISTINCT FROM
          (to_jsonb(OLD) - 'recorded_to' - 'ended_by') THEN
        RAISE EXCEPTION 'an episode of a finding only ends, once';
    END IF;
    RETURN NEW;
"""


class Judged(models.Model):
    """What a finding says and who answers for it; stands on the finding (now) and on each episode (then)."""

    severity = models.CharField(_("Severity"), max_length=5, choices=Severity)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind)
    rule_version = models.PositiveIntegerField(_("Rule version"), default=1)
    value_hash = models.CharField(_("Value hash"), max_length=64, blank=True)
    value_masked = models.CharField(_("Value, masked"), max_length=200, blank=True)
    subject_key = models.CharField(_("Subject number"), max_length=40)
    cohort = models.CharField(_("Cohort"), max_length=10, choices=Cohort, blank=True)
    answering_policy = models.ForeignKey(
        Policy, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("Answering policy")
    )
    answering_branch = models.ForeignKey(
        Branch, on_delete=models.PROTECT, related_name="+", verbose_name=_("Answering branch")
    )
    answering_agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("Answering agency")
    )
    answering_seller = models.ForeignKey(
        SalesAgent, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("Answering seller")
    )

    class Meta:
        abstract = True


@tracked
class Finding(AboutSubject, Judged):
    """One defect of one field of one subject by one rule: opened, closed and reopened, never deleted."""

    rule = models.CharField(_("Rule"), max_length=12)
    field = models.CharField(_("Field"), max_length=40, blank=True)
    part = models.CharField(_("Part"), max_length=60, blank=True)
    source = models.CharField(_("Source"), max_length=8, choices=FindingSource, default=FindingSource.RULE)
    state = models.CharField(_("State"), max_length=8, choices=FindingState, default=FindingState.OPEN)
    business_stage = models.CharField(
        _("Business stage"), max_length=12, choices=BusinessStage, default=BusinessStage.SALE
    )
    rectification = models.ForeignKey(
        Rectification,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name=_("Rectification"),
    )
    due_on = models.DateField(_("Due"), null=True, blank=True)
    first_seen_at = models.DateTimeField(_("First seen"))
    last_seen_at = models.DateTimeField(_("Last seen"))
    closed_at = models.DateTimeField(_("Closed at"), null=True, blank=True)
    reopened = models.PositiveSmallIntegerField(_("Times reopened"), default=0)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("Finding")
        verbose_name_plural = _("Findings")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=EXACTLY_ONE_SUBJECT, name="finding_has_one_subject"),
            models.UniqueConstraint(
                fields=["rule", "customer", "policy", "seller", "intermediary", "field", "part"],
                nulls_distinct=False,
                name="finding_once_per_rule_subject_and_field",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | Q(state="closed", closed_at__isnull=False),
                name="finding_closed_has_its_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["answering_branch", "severity"],
                condition=Q(state="open"),
                name="finding_open_of_branch",
            ),
            models.Index(
                fields=["answering_agency", "severity"],
                condition=Q(state="open"),
                name="finding_open_of_agency",
            ),
            models.Index(
                fields=["answering_policy"], condition=Q(state="open"), name="finding_open_of_policy"
            ),
            models.Index(fields=["rule", "state"], name="finding_of_rule"),
            models.Index(fields=["value_hash"], condition=Q(state="open"), name="finding_open_of_value"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.subject_key}"


class FindingEpisode(Judged):
    """A finding as it stood from `recorded_from` until before `recorded_to`; append-only but for its end."""

    finding = models.ForeignKey(
        Finding, on_delete=models.CASCADE, related_name="episodes", verbose_name=_("Finding")
    )
    episode = models.PositiveSmallIntegerField(_("Episode"), default=1)
    began_by = models.CharField(_("Began by"), max_length=12, choices=EpisodeStart)
    ended_by = models.CharField(_("Ended by"), max_length=12, choices=EpisodeEnd, blank=True)
    recorded_from = models.DateTimeField(_("Recorded from"))
    recorded_to = models.DateTimeField(_("Recorded until"), null=True)

    class Meta:
        verbose_name = _("Episode of a finding")
        verbose_name_plural = _("Episodes of findings")
        ordering = ["recorded_from", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["finding"], condition=Q(recorded_to__isnull=True), name="finding_one_current_episode"
            ),
            models.CheckConstraint(
                condition=Q(recorded_to__isnull=True, ended_by="")
                | (Q(recorded_to__gte=F("recorded_from")) & ~Q(ended_by="")),
                name="finding_episode_end_has_its_cause",
            ),
        ]
        indexes = [
            models.Index(fields=["answering_branch", "recorded_from"], name="episode_of_branch"),
            models.Index(fields=["answering_agency", "recorded_from"], name="episode_of_agency"),
        ]
        triggers = [
            pgtrigger.Protect(name="finding_episode_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="finding_episode_only_ends",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func=ONLY_ENDS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finding_id}/{self.episode}"
