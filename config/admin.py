"""Third parties' lists in our theme, for administrators only; what we do not use is taken off."""

from __future__ import annotations

from typing import Any

import axes.admin
import django_celery_beat.admin
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from unfold.admin import ModelAdmin

from workplace.choices import Role
from workplace.models import Staff

__all__ = ["auth_admin", "axes", "django_celery_beat"]

# The schedules' names stand in the database; these are their texts.
SCHEDULES = {
    "align grants with postings": _("align grants with postings"),
    "make partitions": _("make partitions"),
    "nightly sweep": _("nightly sweep"),
    "remove old files": _("remove old files"),
    "requeue stale jobs": _("requeue stale jobs"),
}
THIRD_PARTIES = (
    Group,  # a role's group holds what config/roles.py says, a unit's group what postings say
    AccessAttempt,
    AccessFailureLog,
    AccessLog,
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
for model in THIRD_PARTIES:
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class AdministratorsOnly(ModelAdmin):
    """Neither group nor permission rows open these lists, only the role."""

    def _is_administrator(self, request: HttpRequest) -> bool:
        staff = request.user
        return isinstance(staff, Staff) and (staff.role == Role.ADMINISTRATOR or staff.is_superuser)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._is_administrator(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_administrator(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(PeriodicTask)
class ScheduleAdmin(AdministratorsOnly):
    """When the nightly jobs run; which there are is said in code."""

    list_display = ("what", "enabled", "runs", "last_run_at", "total_run_count")
    list_select_related = ("crontab", "interval", "solar", "clocked")
    list_filter = ("enabled",)
    search_fields = ("name",)
    fields = ("name", "description", "enabled", "crontab", "interval", "last_run_at", "total_run_count")
    readonly_fields = ("name", "description", "last_run_at", "total_run_count")
    ordering = ("name",)

    @admin.display(description=_("Schedule"), ordering="name")
    def what(self, task: PeriodicTask) -> str:
        return str(SCHEDULES.get(task.name, task.name))

    @admin.display(description=_("Runs"))
    def runs(self, task: PeriodicTask) -> str:
        daily = task.crontab
        if daily and daily.minute.isdigit() and daily.hour.isdigit():
            return gettext("daily at %(time)s") % {"time": f"{int(daily.hour):02}:{int(daily.minute):02}"}
        return str(daily or task.interval or "")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_administrator(request)


@admin.register(CrontabSchedule)
class CrontabAdmin(AdministratorsOnly):
    list_display = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week", "timezone")
    ordering = ("hour", "minute", "pk")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._is_administrator(request)


@admin.register(IntervalSchedule)
class IntervalAdmin(AdministratorsOnly):
    list_display = ("every", "period")
    ordering = ("period", "every")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._is_administrator(request)


@admin.register(AccessAttempt)
class FailedLoginAdmin(AdministratorsOnly):
    """Deleting a line lifts the lock."""

    list_display = ("attempt_time", "username", "ip_address", "failures_since_start")
    search_fields = ("username", "ip_address")
    fields = ("attempt_time", "username", "ip_address", "failures_since_start", "user_agent")
    readonly_fields = fields
    ordering = ("-attempt_time",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_administrator(request)
