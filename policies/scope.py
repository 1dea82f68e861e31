"""Tells the office which policies, parties and forms a person sees."""

from __future__ import annotations

from policies.models import ApplicationForm, Policy, PolicyParty
from workplace.visibility import register_records


def register_scope() -> None:
    register_records("policy", lambda staff: Policy.objects.visible_to(staff))
    register_records("party", lambda staff: PolicyParty.objects.visible_to(staff))
    register_records("application", lambda staff: ApplicationForm.objects.visible_to(staff))
