from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from workplace.choices import JobState, Role
from workplace.models.queryset import ScopedQuerySet

if TYPE_CHECKING:
    from workplace.models.staff import Staff


class JobQuerySet(ScopedQuerySet["Job"]):
    def of_staff(self, staff: Staff) -> Self:
        """What one started oneself; for whoever looks after jobs also the system's and those of colleagues.

        A job tells how much there is: that of another branch is its own affair.
        """
        own = models.Q(started_by=staff)
        looks_after = staff.has_perm("workplace.change_job") or staff.role == Role.AUDITOR
        if not (looks_after and staff.has_perm("workplace.view_job")):
            return self.filter(own)
        colleagues = apps.get_model("workplace", "Staff")._default_manager.visible_to(staff)
        of_colleagues = models.Q(started_by__in=colleagues.order_by().values("pk"))
        return self.filter(own | of_colleagues | models.Q(started_by__isnull=True))


class Job(models.Model):
    """The truth about one background job; the queue's message only carries its id."""

    kind = models.CharField(_("Kind"), max_length=30)
    parameters = models.JSONField(_("Parameters"), default=dict, blank=True)
    state = models.CharField(_("State"), max_length=10, choices=JobState, default=JobState.QUEUED)
    cursor = models.JSONField(_("Cursor"), default=dict, blank=True)
    done = models.PositiveBigIntegerField(_("Done"), default=0)
    total = models.PositiveBigIntegerField(_("Total"), default=0)
    result = models.JSONField(_("Result"), default=dict, blank=True)
    error = models.TextField(_("Error"), blank=True)
    attempts = models.PositiveIntegerField(_("Attempts"), default=0)
    lease_until = models.DateTimeField(_("Lease until"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("Last sign of life"), null=True, blank=True)
    cancel_requested = models.BooleanField(_("Cancel requested"), default=False)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Started by"),
    )
    unique_key = models.CharField(_("Key"), max_length=100, blank=True)
    created_at = models.DateTimeField(_("Created at"))
    started_at = models.DateTimeField(_("Started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("Finished at"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("Job")
        verbose_name_plural = _("Jobs")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unique_key"],
                condition=~models.Q(unique_key="") & models.Q(state__in=["queued", "running"]),
                name="job_key_once_while_unfinished",
            )
        ]
        indexes = [models.Index(fields=["state", "lease_until"], name="job_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
