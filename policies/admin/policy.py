from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.personal import masked
from policies.models import ApplicationForm, Policy, PolicyParty, Product
from workplace.admin.scoped import ScopedAdmin


@admin.register(Product)
class ProductAdmin(ScopedAdmin):
    record_kind = "product"
    list_display = (
        "code",
        "name",
        "line",
        "term_years",
        "whole_life",
        "guaranteed_renewal",
        "cooling_off_days",
    )
    list_filter = ("line", "whole_life")
    found_by_prefix = ("code", "name")
    fields = (
        "code",
        "name",
        "line",
        "term_years",
        "whole_life",
        "guaranteed_renewal",
        "cooling_off_days",
        "version",
    )


@admin.register(Policy)
class PolicyAdmin(ScopedAdmin):
    record_kind = "policy"
    own_page = "policy"
    list_display = ("number", "product", "channel", "status", "in_scope", "branch", "agency")
    list_filter = ("channel", "status", "in_scope")
    list_select_related = ("product", "branch", "agency")


class OfPolicyAdmin(ScopedAdmin):
    """Opens on the page of its policy."""

    list_select_related = ("policy",)
    found_by_prefix = ("policy__number",)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: object = None
    ) -> HttpResponse:
        found = self._found(request, object_id)
        return redirect("policy", pk=found.policy_id) if found.policy_id else redirect("policies")


@admin.register(PolicyParty)
class PolicyPartyAdmin(OfPolicyAdmin):
    record_kind = "party"
    list_display = ("policy", "role", "position", "masked_name", "masked_id_no", "relation", "share")
    list_filter = ("role",)

    @admin.display(description=pgettext_lazy("of a person", "Name"))
    def masked_name(self, party: PolicyParty) -> str:
        return masked(party, "name")

    @admin.display(description=_("Document number"))
    def masked_id_no(self, party: PolicyParty) -> str:
        return masked(party, "id_no")


@admin.register(ApplicationForm)
class ApplicationFormAdmin(OfPolicyAdmin):
    record_kind = "application"
    list_display = ("number", "channel", "policy", "signed_on", "received_on")
    list_filter = ("channel",)
    found_by_prefix = ("number",)
