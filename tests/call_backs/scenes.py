"""New policies that wait for their call-back, and what is said in one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from agents.models import Branch
from audits.models import CallBack
from audits.operations.call_backs import call_back, keep_call_backs
from customers.choices import ContactChannel
from policies.models import Policy
from tests.factories import AT, TODAY, make_customer, make_policy, mobile, resident_id
from tests.personas import Persona

DAY = timedelta(days=1)
BORN = "1972-03-09"
CALL, VISIT = ContactChannel.CALL, ContactChannel.VISIT


def sold(branch: Branch, *, days_ago: int = 3, **values: Any) -> Policy:
    """Issued that many days ago, with fifteen days of cooling-off."""
    number = resident_id(born=date.fromisoformat(BORN))
    holder = make_customer(
        home_branch=branch, name="欧阳思远", mobile=mobile(), birth_date=BORN, id_no=number
    )
    return make_policy(holder=holder, branch=branch, **{"issued_on": TODAY - days_ago * DAY, **values})


def waiting(branch: Branch, *, days_ago: int = 3, **values: Any) -> CallBack:
    policy = sold(branch, days_ago=days_ago, **values)
    keep_call_backs(at=AT)
    return CallBack.objects.get(policy=policy)


def called(found: CallBack, who: Persona, result: str, *, days: int = 0, **said: Any) -> CallBack:
    said = {"channel": CALL, "birth_date": BORN if result in ("confirmed", "denied") else "", **said}
    return call_back(call_back=found, result=result, actor=who.fresh(), at=AT + days * DAY, **said)
