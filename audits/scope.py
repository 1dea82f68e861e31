"""Tells the office which rectifications and findings a person sees."""

from __future__ import annotations

from audits.models import Finding, Rectification
from workplace.visibility import register_records


def register_scope() -> None:
    register_records("rectification", lambda staff: Rectification.objects.visible_to(staff))
    register_records("finding", lambda staff: Finding.objects.visible_to(staff))
