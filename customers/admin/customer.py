from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer, CustomerGrant
from customers.personal import masked
from workplace.admin.scoped import ScopedAdmin


@admin.register(Customer)
class CustomerAdmin(ScopedAdmin):
    """Masked in the list, found here by number only: what is looked for here stands in an address."""

    record_kind = "customer"
    own_page = "customer"
    list_display = (
        "number",
        "masked_name",
        "masked_birth_date",
        "masked_id_no",
        "masked_mobile",
        "home_branch",
    )
    list_select_related = ("home_branch",)

    @admin.display(description=pgettext_lazy("of a person", "Name"))
    def masked_name(self, customer: Customer) -> str:
        return masked(customer, "name")

    @admin.display(description=_("Birth date"))
    def masked_birth_date(self, customer: Customer) -> str:
        return masked(customer, "birth_date")

    @admin.display(description=_("Document number"))
    def masked_id_no(self, customer: Customer) -> str:
        return masked(customer, "id_no")

    @admin.display(description=_("Mobile"))
    def masked_mobile(self, customer: Customer) -> str:
        return masked(customer, "mobile")


@admin.register(CustomerGrant)
class CustomerGrantAdmin(ScopedAdmin):
    list_display = ("staff", "customer", "source", "source_id", "granted_at", "expires_at", "ended_at")
    list_filter = ("source",)
    list_select_related = ("staff", "customer")
    found_by_prefix = ("staff__username", "customer__number")
    fields = ("staff", "customer", "source", "source_id", "granted_at", "expires_at", "ended_at")
