"""Tells the office which customers a person sees, and what ends when one leaves."""

from __future__ import annotations

from customers.models import Customer
from customers.operations.grants import end_grants_of
from workplace.leaving import register_leaving
from workplace.visibility import register_records


def register_scope() -> None:
    register_records("customer", Customer.objects.visible_to)
    register_leaving("customer grants", end_grants_of)
