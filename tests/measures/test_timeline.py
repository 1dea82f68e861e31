"""The timeline tells each step in words: who, when, from where to where, why, and what else it wrote down."""

import re
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from agents.models import Branch
from audits.choices import StepAction as Step
from audits.choices import TimelineKind
from audits.models import Rectification, TimelineEntry
from audits.operations.clock import pause_rectification, resume_rectification
from audits.timeline import ACTIONS, timeline_of
from audits.transitions import walk
from tests.factories import make_rectification, make_staff
from tests.personas import Persona
from workplace.choices import Role

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 18, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


def line_of(work: Rectification, kind: str, action: str, **detail: Any) -> str:
    entry = TimelineEntry.objects.create(
        rectification=work, at=START, kind=kind, action=action, detail=detail
    )
    with override("en"):
        return next(line.said for line in timeline_of(work) if line.entry == entry)


def test_a_life_reads_by_itself(here: Branch, clerk: Persona, manager: Persona):
    other = make_staff(Role.CLERK, branch=here, name="另作业")
    work = make_rectification(branch=here, due_on=date(2026, 12, 1))

    def step(action: str, by: Persona | None, hours: int, **said: Any) -> None:
        at = START + timedelta(hours=hours)
        walk(rectification=work, action=action, actor=by.fresh() if by else None, at=at, **said)

    step(Step.ASSIGN, manager, 0, owner=other)
    step(Step.REASSIGN, manager, 1, owner=clerk.fresh())
    step(Step.START, clerk, 2)
    pause_rectification(
        rectification=work, reason="customer", actor=clerk.fresh(), at=START + timedelta(hours=3)
    )
    resume_rectification(rectification=work, actor=clerk.fresh(), at=START + timedelta(hours=27))
    step(Step.SUBMIT, clerk, 28)
    step(Step.RETURN, manager, 29, reason="看不清", detail={"why": "evidence_missing"})
    step(Step.UNASSIGN, manager, 30)
    step(Step.SETTLE, None, 31, cause="policy_ended")
    step(Step.REOPEN, None, 48, reason="再犯", detail={"cause": "recurred"})
    with override("en"):
        told = [(line.text, line.said, line.before, line.after) for line in reversed(timeline_of(work))]
    assert told == [
        ("Assigned", "另作业", "Open", "Assigned"),
        ("Reassigned", f"另作业 → {clerk.staff.name}", "", "Assigned"),
        ("Started", "", "Assigned", "In progress"),
        ("Clock paused", "Waiting for the customer", "", ""),
        ("Clock goes on", "+1", "", ""),
        ("Submitted", "", "In progress", "In review"),
        ("Returned", "Evidence is missing or unreadable", "In review", "Returned"),
        ("Taken back", f"{clerk.staff.name} → –", "Returned", "Open"),
        ("Settled without a correction", "Policy ended", "Open", "Closed"),
        ("Reopened", "The defect came back · time 1", "Closed", "Open"),
    ]


def test_lines_of_every_kind_say_what_they_are_about(here: Branch):
    work = make_rectification(branch=here)
    note = TimelineKind.NOTE
    assert line_of(work, TimelineKind.EVIDENCE, "evidence", evidence_kind="recording", sha256="abc") == (
        "Recording of a call · abc"
    )
    assert line_of(work, TimelineKind.EVIDENCE, "evidence_withdrawn", sha256="abc") == "abc"
    assert line_of(work, note, "letter", number="真信整改函〔2026〕0001号") == "真信整改函〔2026〕0001号"
    assert line_of(work, note, "extension_granted", days=5) == "+5"
    assert line_of(work, note, "extended", days=-2, bulk=7) == "-2 · in bulk"
    assert line_of(work, note, "appeal_upheld", finding="某处不真实", appeal=1) == "某处不真实"
    assert line_of(work, note, "exemption_approved", finding="甲", rule="PH-001", relation="family") == (
        "Family shares it · 甲"
    )
    assert line_of(work, note, "contact", channel="call", result="reached").startswith("Call")
    assert line_of(work, note, "second_look", result="holds") == "Holds"
    assert line_of(work, note, "answer", verdict="upheld", rule="PH-001").startswith("Rule stands · PH-001 ")
    assert line_of(work, TimelineKind.STEP, Step.SUBMIT, **{"for": "甲", "will": "call"}) == (
        "for 甲 · Confirmed by the customer in a call"
    )
    assert line_of(work, TimelineKind.STEP, Step.DECIDE, verdict="dismissed", finding="乙") == (
        "Dismissed: the finding stands · 乙"
    )
    assert line_of(work, TimelineKind.STEP, Step.APPEAL, paused_days=3, finding="乙") == (
        "乙 · the pause gave working days: 3"
    )


def test_days_stand_over_their_lines(here: Branch, clerk: Persona):
    work = make_rectification(branch=here, owner=clerk.staff)
    for hours in (0, 1, 25):
        TimelineEntry.objects.create(
            rectification=work, at=START + timedelta(hours=hours), kind="note", action="contact"
        )
    html = clerk.client.get(f"/rectifications/{work.pk}/").content.decode()
    assert re.findall(r'class="zx-day"><time datetime="([^"]+)"', html) == ["2026-11-19", "2026-11-18"]


def test_every_step_has_its_word():
    assert {action.value for action in Step} <= set(ACTIONS)
