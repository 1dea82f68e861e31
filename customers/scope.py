"""Tells the office which customers a person sees, and what ends when one leaves."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.operations.grants import end_grants_of
from customers.personal import PERSONAL
from workplace.leaving import register_leaving
from workplace.visibility import RecordKind, register_records


def register_scope() -> None:
    register_records(
        RecordKind(
            "customer",
            _("Customer"),
            Customer.objects.known_to,
            "customers.view_customer",
            personal=PERSONAL,
            page="customer",
        )
    )
    register_leaving("customer grants", end_grants_of)
