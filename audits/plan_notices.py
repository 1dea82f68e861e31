"""The words of what people are told about sampling plans."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.sampling.choices import PlanState
from workplace.notices import Detail, register_notice

Words = tuple[str, str]


def _sent(detail: Detail) -> Words:
    title = _("The sampling plan “%(plan)s” waits for approval") % {"plan": detail["plan"]}
    return title, _("%(by)s wrote it; another person decides.") % {"by": detail["by"]}


def _decided(detail: Detail) -> Words:
    approved = detail["state"] == PlanState.APPROVED
    words = (
        _("The sampling plan “%(plan)s” is in force")
        if approved
        else _("The sampling plan “%(plan)s” was refused")
    )
    return words % {"plan": detail["plan"]}, _("Decided by %(by)s.") % {"by": detail["by"]}


def register() -> None:
    register_notice("plan_sent", _sent, gettext_lazy("A sampling plan waits for approval"))
    register_notice("plan_decided", _decided, gettext_lazy("A sampling plan was decided"))
