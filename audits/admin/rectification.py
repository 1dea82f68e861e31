from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from audits.models import Rectification
from audits.worklists import subject_masked
from workplace.admin.scoped import ScopedAdmin


@admin.register(Rectification)
class RectificationAdmin(ScopedAdmin):
    """Read only; one opens on its own page with its timeline."""

    record_kind = "rectification"
    own_page = "rectification"
    list_display = ("number", "subject", "branch", "agency", "state", "owner", "due_on", "reopened")
    list_filter = ("state",)
    list_select_related = ("customer", "policy", "seller", "branch", "agency", "owner")

    @admin.display(description=_("Customer"))
    def subject(self, rectification: Rectification) -> str:
        return subject_masked(rectification)
