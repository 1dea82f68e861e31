from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from workplace.access import staff_of
from workplace.admin.scoped import ScopedAdmin
from workplace.models import CalendarDay
from workplace.operations.calendar_days import set_calendar_day


@admin.register(CalendarDay)
class CalendarDayAdmin(ScopedAdmin):
    fields = ("day", "working", "remark")
    list_display = ("day", "working", "remark")
    list_filter = ("working",)
    ordering = ("-day",)
    search_fields = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("workplace.add_calendarday"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("workplace.change_calendarday"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("day",) if obj else ()

    def save_model(self, request: HttpRequest, obj: CalendarDay, form: Any, change: bool) -> None:
        saved = set_calendar_day(
            day=obj.day,
            working=obj.working,
            remark=obj.remark,
            actor=staff_of(request),
            at=timezone.now(),
        )
        obj.pk = saved.pk
