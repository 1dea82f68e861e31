"""Call-backs of the demo's new policies: most are confirmed, some wait, one was answered by somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from audits.call_backs import holder_of, waiting
from audits.call_script import script_for
from audits.choices import CallBackOutcome
from audits.models import CallBack
from audits.operations.call_backs import call_back, keep_call_backs
from customers.choices import ContactChannel, ContactResult
from workplace.models import Staff

CALLERS = ("clerk", "clerk2", "clerk5")
# One of so many is left for later, unless little time is left.
OFTEN = 2
ENDS = (
    CallBackOutcome.CONFIRMED,
    CallBackOutcome.CONFIRMED,
    ContactResult.NO_ANSWER,
    CallBackOutcome.CONFIRMED,
    CallBackOutcome.ANOTHER,
    CallBackOutcome.CONFIRMED,
    CallBackOutcome.CONFIRMED,
    CallBackOutcome.CONFIRMED,
    ContactResult.BUSY,
    CallBackOutcome.CONFIRMED,
)
NOTES: Mapping[str, str] = {
    CallBackOutcome.CONFIRMED: "本人接听，逐项确认，均已知悉。",
    CallBackOutcome.ANOTHER: "接听人自称投保人之子，不清楚投保事宜。",
}


def call_new_holders(*, staff: Mapping[str, Staff], at: datetime) -> None:
    """A day of calls in each province that has clerks."""
    keep_call_backs(at=at)
    for name in CALLERS:
        moment = at
        for turn, found in enumerate(waiting(staff[name]).select_related("policy")):
            if turn % OFTEN != OFTEN - 1 or found.state == "visit":
                moment += timedelta(minutes=7)
                _call(found, staff[name], ENDS[turn % len(ENDS)], moment)


def _call(found: CallBack, clerk: Staff, result: str, at: datetime) -> None:
    """Only whom one may call now, at a number on file."""
    holder = holder_of(found.policy)
    script = script_for(holder, found.policy, at=at) if holder is not None else None
    if holder is None or script is None or not script.numbers or script.log.refused:
        return
    born = holder.birth_date.isoformat() if holder.birth_date else ""
    if result == CallBackOutcome.CONFIRMED and not born:
        return
    call_back(
        call_back=found,
        channel=ContactChannel.CALL,
        result=result,
        birth_date=born,
        note=NOTES.get(result, ""),
        actor=clerk,
        at=at,
    )
