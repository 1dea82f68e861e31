from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from agents.models import Agency, Branch, Outlet, Posting, SalesAgent
from authenticity.masking import mask
from workplace.admin.scoped import ScopedAdmin


@admin.register(Branch)
class BranchAdmin(ScopedAdmin):
    record_kind = "branch"
    list_display = ("number", "name", "level", "parent", "phone", "opened_on", "closed_on")
    list_filter = ("level",)
    list_select_related = ("parent",)
    found_by_prefix = ("number", "name")
    fields = ("number", "name", "level", "parent", "phone", "address", "opened_on", "closed_on", "version")


@admin.register(Agency)
class AgencyAdmin(ScopedAdmin):
    record_kind = "agency"
    own_page = "agency"
    list_display = ("number", "name", "kind", "branch", "licence_no", "licence_valid_to", "closed_on")
    list_filter = ("kind",)
    list_select_related = ("branch",)
    found_by_prefix = ("number", "name")


@admin.register(Outlet)
class OutletAdmin(ScopedAdmin):
    record_kind = "outlet"
    list_display = ("number", "name", "level", "agency", "branch", "phone", "opened_on", "closed_on")
    list_filter = ("level",)
    list_select_related = ("agency", "branch")
    found_by_prefix = ("number", "name")
    fields = (
        "number",
        "name",
        "level",
        "agency",
        "parent",
        "branch",
        "phone",
        "address",
        "opened_on",
        "closed_on",
        "version",
    )


@admin.register(SalesAgent)
class SalesAgentAdmin(ScopedAdmin):
    record_kind = "seller"
    own_page = "seller"
    list_display = ("staff_no", "name", "masked_id_no", "standing", "branch", "agency", "outlet")
    list_filter = ("standing",)
    list_select_related = ("branch", "agency", "outlet")
    found_by_prefix = ("staff_no", "name")

    @admin.display(description=_("Document number"))
    def masked_id_no(self, seller: SalesAgent) -> str:
        return mask("id_no", seller.id_no)


@admin.register(Posting)
class PostingAdmin(ScopedAdmin):
    """Made and ended on the person's page."""

    record_kind = "posting"
    list_display = ("staff", "post", "branch", "agency", "valid_from", "valid_to")
    list_filter = ("post",)
    list_select_related = ("staff", "branch", "agency")
    found_by_prefix = ("staff__username", "staff__name")
    fields = ("staff", "post", "branch", "agency", "valid_from", "valid_to")
