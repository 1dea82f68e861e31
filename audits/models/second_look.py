from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits.choices import LookKind, LookResult
from audits.models.queryset import OfRectificationQuerySet
from audits.models.rectification import Rectification
from workplace.history import tracked


@tracked
class SecondLook(models.Model):
    """Another person looks again: at some of what was just accepted, at some of the closed after six months.

    Requirement 162. Chosen by the machine, so that nobody picks the easy ones.
    """

    rectification = models.ForeignKey(
        Rectification, on_delete=models.PROTECT, related_name="second_looks", verbose_name=_("Rectification")
    )
    kind = models.CharField(pgettext_lazy("of a second look", "Kind"), max_length=8, choices=LookKind)
    closed_at = models.DateTimeField(_("Closed at"))
    due_on = models.DateField(_("Due"))
    result = models.CharField(_("Result"), max_length=10, choices=LookResult, blank=True)
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Looked at by"),
    )
    looked_at = models.DateTimeField(_("Looked at"), null=True, blank=True)
    note = models.TextField(_("Note"), blank=True)

    objects = OfRectificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("Second look")
        verbose_name_plural = _("Second looks")
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rectification", "kind", "closed_at"], name="second_look_once_a_closure"
            ),
            models.CheckConstraint(
                condition=Q(result="", looked_by__isnull=True, looked_at__isnull=True)
                | (~Q(result="") & Q(looked_by__isnull=False, looked_at__isnull=False)),
                name="second_look_has_its_person",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(result=""), name="second_look_waiting")]

    def __str__(self) -> str:
        return f"{self.rectification_id} {self.kind}"
