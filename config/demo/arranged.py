"""Who is away at the demo insurer, which rules give work to whom, and which letters went to agencies."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count
from django.utils.timezone import localdate

from agents.choices import Post
from agents.models import Agency, Branch
from audits.choices import Spread
from audits.letters import body_for, lines_for, unnamed
from audits.models import AssignmentRule
from audits.operations.assignment_rules import Said, save_rule, switch_rule
from audits.operations.letters import answer_letter, make_letter, send_letter
from workplace.choices import AbsenceReason
from workplace.models import Staff
from workplace.operations.absences import record_absence

# The liaison's own agency first, then those with most to correct: days since the letter was written, days
# until the answer is due, days since the answer.
LETTERS = ((6, 4, None), (13, -5, 3), (13, -1, None))


def arrange(*, staff: dict[str, Staff], at: datetime) -> None:
    _absences(staff, at)
    _rules(staff, at)
    compliance = staff["compliance"]
    for number, (written, due, answered) in zip(_most_to_correct(compliance), LETTERS, strict=False):
        _letter(number, at - timedelta(days=written), due, answered, compliance, at)


def _most_to_correct(compliance: Staff) -> list[str]:
    counted = unnamed(compliance).order_by().values_list("agency__number").annotate(n=Count("pk"))
    others = [number for number, _n in counted.order_by("-n", "agency__number") if number != "A001"]
    return ["A001", *others]


def _absences(staff: dict[str, Staff], at: datetime) -> None:
    today = localdate(at)
    for who, since, until, substitute, reason in (
        ("clerk4", 0, 3, "clerk3", AbsenceReason.LEAVE),
        ("clerk3", 7, 8, "clerk", AbsenceReason.TRAINING),
        ("clerk5", 10, 14, None, AbsenceReason.LEAVE),
    ):
        record_absence(
            staff=staff[who],
            since=today + timedelta(days=since),
            until=today + timedelta(days=until),
            reason=reason,
            substitute=staff[substitute] if substitute else None,
            actor=staff[who],
            at=at,
        )


def _rules(staff: dict[str, Staff], at: datetime) -> None:
    """The liaison's is on; the other waits for the manager to switch it on."""
    manager = staff["manager"]
    branch = Branch.objects.get(number="0032")
    liaison = Said(
        "合作机构自办", agency=Agency.objects.get(number="A001"), post=Post.LIAISON, spread=Spread.TURN
    )
    save_rule(rule=None, said=liaison, actor=staff["manager"], at=at)
    people = {staff[login].pk: weight for login, weight in (("clerk", 2), ("clerk3", 1), ("clerk4", 1))}
    phones = Said("电话问题按权重", branch=branch, family="PH", spread=Spread.WEIGHT, people=people)
    waiting: AssignmentRule = save_rule(rule=None, said=phones, actor=manager, at=at)
    switch_rule(rule=waiting, active=False, actor=manager, at=at)


def _letter(
    number: str, written: datetime, due: int, answered: int | None, compliance: Staff, at: datetime
) -> None:
    """No letter where nothing of the agency is open."""
    agency = Agency.objects.select_related("branch").get(number=number)
    lines, due_on = lines_for(agency, compliance), localdate(at) + timedelta(days=due)
    if not lines:
        return
    text = body_for(agency, count=len(lines), due_on=due_on)
    letter = make_letter(agency=agency, text=text, due_on=due_on, actor=compliance, at=written)
    send_letter(letter=letter, on=localdate(written), actor=compliance, at=written)
    if answered is not None:
        day = at - timedelta(days=answered)
        answer = "已逐件联系客户，函列问题正在补正。"
        answer_letter(letter=letter, answer=answer, on=localdate(day), actor=compliance, at=day)
