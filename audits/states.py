"""The one state table of a rectification: from which states an action leads where, and who may take it.

The database triggers of `Rectification` are generated from it; `audits.transitions.walk` is the only walker.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from audits.choices import RectificationState as State
from audits.choices import StepAction

WORK = "audits.work_rectification"
ASSIGN = "audits.assign_rectification"
REVIEW = "audits.review_rectification"
APPEAL = "audits.appeal_finding"
DECIDE_APPEAL = "audits.decide_appeal"


@dataclass(frozen=True)
class Step:
    """`permission` empty: only the machine takes this step; `by_machine`: it may take it too."""

    moves: Mapping[str, str]
    permission: str
    by_machine: bool = False
    needs_reason: bool = False


TRANSITIONS: dict[str, Step] = {
    StepAction.ASSIGN: Step({State.OPEN: State.ASSIGNED}, ASSIGN, by_machine=True),
    StepAction.REASSIGN: Step(
        {
            State.ASSIGNED: State.ASSIGNED,
            State.IN_PROGRESS: State.ASSIGNED,
            State.RETURNED: State.RETURNED,
            State.IN_REVIEW: State.IN_REVIEW,
        },
        ASSIGN,
    ),
    StepAction.UNASSIGN: Step(
        {State.ASSIGNED: State.OPEN, State.IN_PROGRESS: State.OPEN, State.RETURNED: State.OPEN},
        ASSIGN,
        by_machine=True,
    ),
    StepAction.START: Step({State.ASSIGNED: State.IN_PROGRESS, State.RETURNED: State.IN_PROGRESS}, WORK),
    StepAction.SUBMIT: Step({State.IN_PROGRESS: State.IN_REVIEW}, WORK),
    StepAction.ACCEPT: Step({State.IN_REVIEW: State.CLOSED}, REVIEW),
    StepAction.RETURN: Step({State.IN_REVIEW: State.RETURNED}, REVIEW, needs_reason=True),
    StepAction.REOPEN: Step({State.CLOSED: State.OPEN}, REVIEW, by_machine=True, needs_reason=True),
    StepAction.SETTLE: Step(
        {
            State.OPEN: State.CLOSED,
            State.ASSIGNED: State.CLOSED,
            State.IN_PROGRESS: State.CLOSED,
            State.RETURNED: State.CLOSED,
        },
        "",
        by_machine=True,
    ),
    StepAction.APPEAL: Step(
        {
            State.OPEN: State.APPEALED,
            State.ASSIGNED: State.APPEALED,
            State.IN_PROGRESS: State.APPEALED,
            State.RETURNED: State.APPEALED,
        },
        APPEAL,
        needs_reason=True,
    ),
    # What undoing a bulk action leads back to: the owner before, at the place where the work stood.
    StepAction.PUT_BACK: Step({State.OPEN: State.IN_PROGRESS, State.ASSIGNED: State.IN_PROGRESS}, ASSIGN),
    StepAction.PUT_BACK_RETURNED: Step({State.OPEN: State.RETURNED}, ASSIGN),
    # The machine takes it when whoever appealed withdraws.
    StepAction.DECIDE: Step({State.APPEALED: State.OPEN}, DECIDE_APPEAL, by_machine=True, needs_reason=True),
}
FIRST_STATE = State.OPEN
UNDER_WAY = (State.ASSIGNED, State.IN_PROGRESS, State.IN_REVIEW, State.RETURNED)


def moves() -> list[tuple[str, str]]:
    """Every change of state that any action makes, for the trigger."""
    pairs = {(str(old), str(new)) for step in TRANSITIONS.values() for old, new in step.moves.items()}
    return sorted((old, new) for old, new in pairs if old != new)


def leads_from(action: str, state: str) -> bool:
    return state in TRANSITIONS[action].moves
