from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workplace.choices import AbsenceReason
from workplace.history import tracked
from workplace.models.queryset import OfStaffQuerySet


@tracked
class Absence(models.Model):
    """Somebody is away from a day to a day, and who stands in; cut short, or gone if it never began."""

    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="absences",
        verbose_name=_("Staff member"),
    )
    since = models.DateField(pgettext_lazy("of a period", "From"))
    until = models.DateField(pgettext_lazy("of a period", "To"))
    substitute = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="stands_in",
        verbose_name=_("Substitute"),
    )
    reason = models.CharField(_("Reason"), max_length=10, choices=AbsenceReason)
    note = models.CharField(_("Note"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Recorded by")
    )
    recorded_at = models.DateTimeField(_("Recorded at"))

    objects = OfStaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("Absence")
        verbose_name_plural = _("Absences")
        ordering = ["-since", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="absence_ends_after_it_began"),
            models.CheckConstraint(
                condition=Q(substitute__isnull=True) | ~Q(substitute=F("staff")),
                name="absence_substitute_is_another",
            ),
        ]
        indexes = [models.Index(fields=["until", "since"], name="absence_of_day")]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.since}"
