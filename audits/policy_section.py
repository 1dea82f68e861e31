"""The gates on the policy's page: what they last answered, and a button to ask."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from audits.choices import Gate, ServicingItem
from audits.models import GateAnswer
from policies.models import Policy
from policies.sections import Section
from workplace.models import Staff

SHOWN = 5


def context(policy: Policy, staff: Staff) -> dict[str, Any]:
    answers = GateAnswer.objects.visible_to(staff).filter(policy=policy).select_related("asked_by")
    return {
        "policy": policy,
        "answers": answers[:SHOWN],
        "gates": Gate.choices,
        "items": ServicingItem.choices,
    }


SECTION = Section(
    name="gates",
    title=_("Gates"),
    template="audits/parts/gate_panel.html",
    context=context,
    permission="audits.ask_gate",
    order=10,
)
