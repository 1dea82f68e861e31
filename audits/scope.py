"""Tells the office which rectifications and findings a person sees, and what ends when one leaves."""

from __future__ import annotations

from audits.models import Finding, Rectification
from audits.operations.leaving import hand_back
from workplace.leaving import register_leaving
from workplace.visibility import register_records


def register_scope() -> None:
    register_records("rectification", Rectification.objects.visible_to)
    register_records("finding", Finding.objects.visible_to)
    register_leaving("rectifications", hand_back)
