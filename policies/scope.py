"""Tells the office which policies, parties and forms a person sees."""

from __future__ import annotations

from policies.models import ApplicationForm, Policy, PolicyParty
from workplace.visibility import register_records


def register_scope() -> None:
    register_records("policy", Policy.objects.visible_to)
    register_records("party", PolicyParty.objects.visible_to)
    register_records("application", ApplicationForm.objects.visible_to)
