"""Which columns of policies and their parties follow from what was written."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from authenticity.marks import account_marks
from customers.editions import FACTS_VERSION
from customers.facts import PERSON_READS, PERSON_WRITES, derive_persons_again
from policies.models import Policy, PolicyParty
from workplace.refreshing import Derivation, Rows, register_derivation


def derive_accounts(rows: Rows) -> list[tuple[Any, ...]]:
    return [([*account_marks(row[0] or row[1])],) for row in rows]


def register() -> None:
    register_derivation(
        Derivation(
            name="parties",
            model=PolicyParty,
            reads=PERSON_READS,
            writes=PERSON_WRITES,
            derive=derive_persons_again,
            now=lambda: FACTS_VERSION,
            parallel=True,
        )
    )
    register_derivation(
        Derivation(
            name="policies",
            model=Policy,
            reads=("account_no_raw", "account_no"),
            writes=("account_marks",),
            derive=derive_accounts,
            only=~Q(account_no=""),
        )
    )
