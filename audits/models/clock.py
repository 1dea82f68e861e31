"""When a rectification is due: working days by what it is, pauses, extensions, and what holds for all."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agents.choices import Channel
from audits.choices import ExtensionState, PauseReason, ReopenClock
from audits.models.queryset import OfRectificationQuerySet
from audits.models.rectification import Rectification
from authenticity.choices import Kind, Severity
from workplace.history import tracked


@tracked
class ServiceLevel(models.Model):
    """Working days to resolve; the row that names most of severity, kind and channel holds."""

    severity = models.CharField(_("Severity"), max_length=5, choices=Severity)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind, blank=True)
    channel = models.CharField(_("Channel"), max_length=12, choices=Channel, blank=True)
    days = models.PositiveSmallIntegerField(_("Working days"))

    class Meta:
        verbose_name = _("Time limit")
        verbose_name_plural = _("Time limits")
        ordering = ["severity", "kind", "channel"]
        constraints = [
            models.UniqueConstraint(fields=["severity", "kind", "channel"], name="service_level_once"),
            models.CheckConstraint(condition=Q(days__gte=1), name="service_level_at_least_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.severity} {self.kind} {self.channel}"


@tracked
class Pause(models.Model):
    """The clock stands still while somebody else has to act; only one at a time."""

    rectification = models.ForeignKey(
        Rectification, on_delete=models.PROTECT, related_name="pauses", verbose_name=_("Rectification")
    )
    reason = models.CharField(_("Reason"), max_length=12, choices=PauseReason)
    note = models.CharField(_("Note"), max_length=200, blank=True)
    since = models.DateTimeField(_("Paused at"))
    until = models.DateTimeField(_("Went on at"), null=True, blank=True)
    days = models.PositiveSmallIntegerField(_("Working days"), default=0)
    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("Paused by"),
    )
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("a person", "Ended by"),
    )

    objects = OfRectificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("Pause")
        verbose_name_plural = _("Pauses")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rectification"], condition=Q(until__isnull=True), name="pause_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="pause_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rectification_id} {self.reason}"


@tracked
class Extension(models.Model):
    """More working days, asked by the owner and granted or refused by another person."""

    rectification = models.ForeignKey(
        Rectification, on_delete=models.PROTECT, related_name="extensions", verbose_name=_("Rectification")
    )
    days = models.PositiveSmallIntegerField(_("Working days"))
    reason = models.CharField(_("Reason"), max_length=300)
    state = models.CharField(_("State"), max_length=10, choices=ExtensionState, default=ExtensionState.ASKED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Asked by")
    )
    asked_at = models.DateTimeField(_("Asked at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Decided by"),
    )
    decided_at = models.DateTimeField(_("Decided at"), null=True, blank=True)
    answer = models.CharField(_("Answer"), max_length=300, blank=True)

    objects = OfRectificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("Extension")
        verbose_name_plural = _("Extensions")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rectification"], condition=Q(state="asked"), name="extension_asked_once"
            ),
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=60), name="extension_of_some_days"),
            models.CheckConstraint(
                condition=~Q(state="granted") | (Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by"))),
                name="extension_granted_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rectification_id} +{self.days}"


@tracked
class RectificationSettings(models.Model):
    """What holds for all rectifications; one row, made with the tables."""

    reply_days = models.PositiveSmallIntegerField(_("Working days until the first reply"), default=10)
    reopened_clock = models.CharField(
        _("Clock of a reopened one"), max_length=8, choices=ReopenClock, default=ReopenClock.RESTART
    )
    soon_days = models.PositiveSmallIntegerField(_("Due soon: working days before"), default=3)
    calls_before_visit = models.PositiveSmallIntegerField(_("Failed calls that ask for a visit"), default=3)
    visit_days = models.PositiveSmallIntegerField(
        _("Days before the end of the cooling-off that ask for a visit"), default=3
    )
    contacts_per_week = models.PositiveSmallIntegerField(_("Contacts a customer in seven days"), default=3)
    second_look_months = models.PositiveSmallIntegerField(_("Second look after months"), default=6)
    second_look_share = models.DecimalField(
        _("Second look: share of the closed, in percent"), max_digits=5, decimal_places=2, default=5
    )
    spot_check_share = models.DecimalField(
        _("Spot check: share of the accepted, in percent"), max_digits=5, decimal_places=2, default=5
    )
    clean_weight = models.PositiveSmallIntegerField(_("Weight of clean policies, in percent"), default=50)
    reply_weight = models.PositiveSmallIntegerField(_("Weight of replies in time, in percent"), default=30)
    closed_weight = models.PositiveSmallIntegerField(
        _("Weight of closed or surrendered, in percent"), default=20
    )
    list_days = models.PositiveSmallIntegerField(_("Days an exported list is valid"), default=14)
    letter_word = models.CharField(
        _("Word before the number of letters"), max_length=20, default="真信整改函"
    )
    version = models.PositiveIntegerField(_("Row version"), default=1)

    class Meta:
        verbose_name = _("Settings of rectification")
        verbose_name_plural = _("Settings of rectification")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="rectification_settings_one_row"),
            models.CheckConstraint(
                condition=Q(clean_weight=100 - F("reply_weight") - F("closed_weight")),
                name="rectification_weights_add_up",
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


@tracked
class CorrectionLimit(models.Model):
    """How often a field may be corrected on a signed form: 0 never (a new form is signed), else so often.

    Name, birth date, ID number, nationality, validity, beneficiary and signatures never; phone, address,
    postcode, account and shares at most twice.
    """

    field = models.CharField(_("Field"), max_length=40, unique=True)
    most = models.PositiveSmallIntegerField(_("At most"))
    reason = models.CharField(_("Reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("Limit of corrections")
        verbose_name_plural = _("Limits of corrections")
        ordering = ["field"]

    def __str__(self) -> str:
        return self.field
