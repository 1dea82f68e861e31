"""Pairs of customers that may be one person: how they were found, what was decided, and the clean-up."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agents.models import Branch
from customers.choices import PairState
from customers.models.customer import Customer
from customers.models.queryset import CampaignQuerySet, PairQuerySet
from workplace.history import tracked
from workplace.models import Job


@tracked
class DuplicateSettings(models.Model):
    """The thresholds of the search, one row; scores are in bits."""

    review_from = models.SmallIntegerField(_("Shown for review from"), default=20)
    likely_from = models.SmallIntegerField(_("Likely from"), default=30)
    certain_from = models.SmallIntegerField(_("Nearly certain from"), default=40)
    crowd = models.PositiveSmallIntegerField(_("A contact says little when held by more than"), default=4)
    largest_group = models.PositiveSmallIntegerField(
        _("A value held by more than this many finds no pairs"), default=60
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("Changed by"),
    )
    changed_at = models.DateTimeField(_("Changed at"), null=True)

    class Meta:
        verbose_name = _("Settings of the search for duplicates")
        verbose_name_plural = _("Settings of the search for duplicates")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="duplicate_settings_are_one_row"),
            models.CheckConstraint(
                condition=Q(likely_from__gte=F("review_from"), certain_from__gte=F("likely_from")),
                name="duplicate_settings_rise",
            ),
            models.CheckConstraint(
                condition=Q(largest_group__gte=2, largest_group__lte=500),
                name="duplicate_settings_largest_group_is_bounded",
            ),
        ]
        permissions = [
            ("search_duplicates", _("May search for duplicates and lead their clean-up")),
        ]

    def __str__(self) -> str:
        return str(self.review_from)


@tracked
class DuplicateCampaign(models.Model):
    """A clean-up of duplicates: whose customers, who leads it, until when (requirement 143)."""

    name = models.CharField(pgettext_lazy("of a thing", "Name"), max_length=60)
    branch = models.ForeignKey(
        Branch, on_delete=models.PROTECT, related_name="+", verbose_name=_("Branch and all below it")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Owner")
    )
    deadline = models.DateField(_("Deadline"))
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Started by")
    )
    started_at = models.DateTimeField(_("Started at"))
    ended_at = models.DateTimeField(_("Ended at"), null=True, blank=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("Clean-up of duplicates")
        verbose_name_plural = _("Clean-ups of duplicates")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class DuplicateRun(models.Model):
    """One search of the book: under which thresholds, and what came of it."""

    job = models.OneToOneField(
        Job, on_delete=models.PROTECT, null=True, related_name="duplicate_run", verbose_name=_("Job")
    )
    thresholds = models.JSONField(_("Thresholds"), default=dict)
    started_at = models.DateTimeField(_("Started at"))
    finished_at = models.DateTimeField(_("Finished at"), null=True, blank=True)
    candidates = models.PositiveIntegerField(_("Pairs compared"), default=0)
    found = models.PositiveIntegerField(_("Pairs alike"), default=0)
    opened = models.PositiveIntegerField(_("New pairs"), default=0)
    forgotten = models.PositiveIntegerField(_("Asked again"), default=0)
    gone = models.PositiveIntegerField(_("No longer alike"), default=0)
    crowded = models.PositiveIntegerField(_("Values held by too many"), default=0)

    class Meta:
        verbose_name = _("Search for duplicates")
        verbose_name_plural = _("Searches for duplicates")
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.pk)


@tracked
class DuplicatePair(models.Model):
    """Two customers that may be one person; seen by whoever sees both.

    "Not the same" holds for the pair as long as both keep the identity they had (the two hashes).
    """

    left = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", verbose_name=_("Customer"))
    right = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", verbose_name=_("Other customer")
    )
    score = models.SmallIntegerField(_("Score in bits"))
    explanation = models.JSONField(_("What agrees and differs"), default=list)
    kinds = ArrayField(models.CharField(max_length=12), verbose_name=_("Found by"), default=list)
    siblings = models.BooleanField(_("May be siblings"), default=False)
    state = models.CharField(_("State"), max_length=10, choices=PairState, default=PairState.OPEN)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Owner"),
    )
    campaign = models.ForeignKey(
        DuplicateCampaign,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="pairs",
        verbose_name=_("Clean-up of duplicates"),
    )
    found_by = models.ForeignKey(
        DuplicateRun, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("First found by")
    )
    seen_by = models.ForeignKey(
        DuplicateRun, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("Last seen by")
    )
    found_at = models.DateTimeField(_("Found at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Decided by"),
    )
    decided_at = models.DateTimeField(_("Decided at"), null=True, blank=True)
    reason = models.TextField(_("Reason"), blank=True)
    left_identity = models.CharField(_("Identity hash"), max_length=64, blank=True, editable=False)
    right_identity = models.CharField(_("Other identity hash"), max_length=64, blank=True, editable=False)
    version = models.PositiveIntegerField(_("Row version"), default=1)

    objects = PairQuerySet.as_manager()

    class Meta:
        verbose_name = _("Probable duplicate")
        verbose_name_plural = _("Probable duplicates")
        ordering = ["-score", "id"]
        constraints = [
            models.UniqueConstraint(fields=["left", "right"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=Q(left__lt=F("right")), name="duplicate_pair_in_order"),
            models.CheckConstraint(
                condition=~Q(state="distinct")
                | (Q(decided_by__isnull=False) & ~Q(left_identity="") & ~Q(right_identity="")),
                name="duplicate_pair_distinct_says_of_whom",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-score", "id"], name="duplicate_pair_queue"),
            models.Index(fields=["campaign", "state"], name="duplicate_pair_of_campaign"),
            models.Index(fields=["right"], name="duplicate_pair_right"),
        ]
        permissions = [("review_duplicate", _("May decide about probable duplicates"))]

    def __str__(self) -> str:
        return f"{self.left_id} {self.right_id}"
