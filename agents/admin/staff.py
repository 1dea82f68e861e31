from __future__ import annotations

from django.contrib import admin

from workplace.admin.scoped import ScopedAdmin
from workplace.models import Staff


@admin.register(Staff)
class StaffAdmin(ScopedAdmin):
    """People are added, posted and let go on pages of their own."""

    record_kind = "staff"
    own_page = "staff_member"
    list_display = ("username", "name", "staff_no", "role", "is_active", "joined_at", "left_on")
    list_filter = ("role", "is_active")
    found_by_prefix = ("username", "name")
    found_exactly = ("staff_no",)
