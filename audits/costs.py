"""What each rule costs a sweep: asked alone of the same rows, less what reading them costs anyway."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q

from audits.catalogue import catalogue
from audits.questions import TARGETS_OF, plan_of
from audits.rows import Rows, rows_between
from audits.scanning_lanes import tune
from authenticity.choices import Kind, Severity, Stage
from authenticity.queries import load_values
from authenticity.rule import Case, Rule, RuleValues
from customers.models import Customer
from policies.models import Policy
from policies.sharing import rebuild_shared_keys

ROWS = 50_000
TURNS = 3
TARGETS = ("customer", "policy", "party")


@dataclass(frozen=True)
class Cost:
    """Microseconds a row of that target; `alone` is everything together, without a code."""

    target: str
    code: str
    microseconds: float
    found: int


def costs(*, today: date) -> Iterator[Cost]:
    """The dearest first; each statement takes its best of some turns, on at most so many rows."""
    values = load_values(rules=catalogue().values(), today=today)
    rebuild_shared_keys()
    for target in TARGETS:
        rows, count = _sample(Policy if target != "customer" else Customer)
        if not count:
            continue
        nothing, _none = _seconds(target, rows, [_silent(target)], values)
        rules = [rule for rule in catalogue().values() if target in TARGETS_OF[rule.target]]
        together, found = _seconds(target, rows, rules, values)
        yield Cost(target, "", 1e6 * together / count, found)
        alone = [(rule.code, *_seconds(target, rows, [rule], values)) for rule in rules]
        for code, seconds, hits in sorted(alone, key=lambda each: -each[1]):
            yield Cost(target, code, 1e6 * max(seconds - nothing, 0) / count, hits)


def _sample(model: type[Customer] | type[Policy]) -> tuple[Rows, int]:
    first = model.objects.order_by("pk").values_list("pk", flat=True).first() or 0
    rows = rows_between(first, first + ROWS)
    return rows, model.objects.filter(pk__gte=first, pk__lt=first + ROWS).count()


def _seconds(target: str, rows: Rows, rules: list[Rule], values: RuleValues) -> tuple[float, int]:
    plan = plan_of(stage=Stage.BOOK, target=target, rows=rows, rules=rules, values=values, swept=True)
    best, found = float("inf"), 0
    with transaction.atomic():
        tune()
        for _turn in range(TURNS):
            started = time.perf_counter()
            found = len(plan.ask(rows))
            best = min(best, time.perf_counter() - started)
    return best, found


def _silent(target: str) -> Rule:
    """Reads the rows of a target and never holds."""
    return Rule(
        code="",
        severity=Severity.INFO,
        kind=Kind.FALSE,
        subject="customer" if target == "customer" else "policy",
        target=target,  # type: ignore[arg-type]  # one of TARGETS
        message="",
        remedy="",
        cases=(Case("", lambda values: Q(version=-1)),),
        roles=("holder", "insured", "beneficiary"),
    )
