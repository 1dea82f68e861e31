"""Tells the office whose customers a person sees."""

from __future__ import annotations

from customers.models import Customer
from workplace.visibility import register_records


def register_scope() -> None:
    register_records("customer", lambda staff: Customer.objects.visible_to(staff))
