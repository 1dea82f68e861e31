"""Panels that stand on pages of others: the clock and the appeals of a rectification, unknown years."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import template
from django.utils import timezone

from audits.appealing import may_appeal
from audits.choices import AppealState, FindingState, PauseReason, ProposedEnd
from audits.choices import RectificationState as State
from audits.clock import standing, unknown_years
from audits.models import Appeal, Rectification
from audits.operations.clock import AT_WORK, BY_OWNER, MOST_DAYS
from audits.operations.exemptions import USUAL_DAYS
from audits.standing_in import works_for_owner
from audits.states import APPEAL, ASSIGN, WORK
from audits.wording import field_label, finding_text
from workplace.models import Staff

register = template.Library()
ENTER, SETS = "workplace.add_calendarday", "audits.change_servicelevel"


@register.inclusion_tag("audits/parts/clock.html", takes_context=True)
def clock_of(context: dict[str, Any], rectification: Rectification) -> dict[str, Any]:
    staff, today = context["request"].user, timezone.localdate()
    owns = _owns(rectification, staff)
    leads = isinstance(staff, Staff) and staff.has_perm(ASSIGN)
    at_work = rectification.state in AT_WORK
    now = standing(rectification, today, context["calendar"])
    return {
        "r": rectification,
        "now": now,
        "may_pause": at_work and (owns or leads) and now.paused is None and not now.late,
        "may_resume": at_work and (owns or leads) and now.paused is not None,
        "may_ask": at_work and owns and now.asked is None and rectification.due_on is not None,
        "may_take_back": now.asked is not None and now.asked.asked_by_id == getattr(staff, "pk", None),
        "may_end": at_work and owns,
        "tried": at_work and owns and context["tried"],
        "reasons": [(one.value, one.label) for one in PauseReason if one in BY_OWNER],
        "ends": [(one.value, one.label) for one in ProposedEnd if one.value],
        "until": today + timedelta(days=USUAL_DAYS),
        "most_days": MOST_DAYS,
        "closed": rectification.state == State.CLOSED,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("audits/parts/appeals.html", takes_context=True)
def appeals_of(context: dict[str, Any], rectification: Rectification) -> dict[str, Any]:
    """What was appealed against, and what this person may appeal against."""
    staff = context["request"].user
    about = Appeal.objects.filter(finding__rectification=rectification)
    made = list(about.prefetch_related("finding", "appealed_by"))
    waiting = {one.finding_id for one in made if one.state == AppealState.OPEN}
    open_ones: list[tuple[Any, str, str]] = []
    if isinstance(staff, Staff) and staff.has_perm(APPEAL):
        findings = rectification.findings.filter(state=FindingState.OPEN).select_related(
            "answering_branch__parent", "rectification"
        )
        open_ones = [
            (one, finding_text(one), field_label(one))
            for one in findings
            if one.pk not in waiting and may_appeal(finding=one, staff=staff)
        ]
    return {
        "r": rectification,
        "appeals": [(one, finding_text(one.finding)) for one in made],
        "open_ones": open_ones,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("audits/parts/calendar_warning.html", takes_context=True)
def calendar_warning(context: dict[str, Any]) -> dict[str, Any]:
    """While due dates reach into a year whose days off nobody knows yet."""
    staff = context["request"].user
    concerned = isinstance(staff, Staff) and any(map(staff.has_perm, (WORK, ASSIGN, ENTER, SETS)))
    return {
        "years": unknown_years(timezone.localdate(), context.get("calendar")) if concerned else [],
        "may_enter": concerned and staff.has_perm(ENTER),
    }


def _owns(rectification: Rectification, staff: object) -> bool:
    if not isinstance(staff, Staff) or not staff.has_perm(WORK):
        return False
    return works_for_owner(rectification=rectification, staff=staff)


@register.inclusion_tag("audits/parts/taken_out.html", takes_context=True)
def taken_out(context: dict[str, Any]) -> dict[str, Any]:
    """How many findings appeals took out of the figures that the reader sees."""
    staff = context["request"].user
    seen = Appeal.objects.visible_to(staff).filter(state=AppealState.UPHELD)
    return {"count": seen.count()}
