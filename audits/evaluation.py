"""Asks rules about rows: one statement a kind of row, over one record, a file's records or the whole book."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils import timezone

from audits.catalogue import catalogue
from audits.questions import Asked, Plan, fingerprint_of, plan_of
from audits.rows import EVERYTHING, Rows, chosen_rows
from audits.staging import staged
from authenticity.choices import Severity, Stage
from authenticity.queries import load_values
from authenticity.rule import Rule, RuleValues
from customers.facts import derive_changes
from customers.models import Customer

__all__ = ["EVERYTHING", "Hit", "Rows", "Scope", "check_values", "evaluate", "find"]


@dataclass(frozen=True)
class Hit:
    """One defect; `row` tells apart the parties of one policy."""

    rule: Rule
    severity: Severity
    subject_kind: str
    subject_id: int
    field: str
    part: str = ""
    row: str = ""

    @property
    def subject(self) -> tuple[str, int]:
        return self.subject_kind, self.subject_id

    @property
    def message(self) -> str:
        return self.rule.text(self.field)

    @property
    def remedy(self) -> str:
        return self.rule.remedy_text(self.field)

    @property
    def plain_field(self) -> str:
        return self.field.rpartition(".")[2]


@dataclass(frozen=True)
class Scope:
    """Which rows are asked about; None is none of that kind."""

    customers: Rows | None = None
    policies: Rows | None = None
    sellers: Rows | None = None
    agencies: Rows | None = None

    def of(self, target: str) -> Rows | None:
        return {
            "customer": self.customers,
            "policy": self.policies,
            "party": self.policies,
            "seller": self.sellers,
            "agency": self.agencies,
        }[target]


TARGETS = ("customer", "policy", "party", "seller", "agency")
# The whole book.
BOOK = Scope(EVERYTHING, EVERYTHING, EVERYTHING, EVERYTHING)


def evaluate(
    *,
    stage: Stage,
    customer_ids: Collection[int] | None = None,
    policy_ids: Collection[int] | None = None,
    seller_ids: Collection[int] | None = None,
    agency_ids: Collection[int] | None = None,
    codes: Collection[str] | None = None,
    today: date | None = None,
) -> list[Hit]:
    """The hits after precedence. None is all of that kind, an empty collection no record of it.

    Sellers and agencies that nobody names are asked about only together with the whole book.
    """
    day = today or timezone.localdate()
    values = load_values(rules=catalogue().values(), today=day)
    whole = customer_ids is None and policy_ids is None
    scope = Scope(
        _rows(customer_ids),
        _rows(policy_ids),
        _rows(seller_ids) if whole or seller_ids is not None else None,
        _rows(agency_ids) if whole or agency_ids is not None else None,
    )
    return find(stage=stage, scope=scope, values=values, codes=codes)


def _rows(ids: Collection[int] | None) -> Rows | None:
    return EVERYTHING if ids is None else chosen_rows(ids)


def check_values(
    *,
    customer: Customer,
    values: Mapping[str, str],
    codes: Collection[str] | None = None,
    today: date | None = None,
) -> list[Hit]:
    """What the rules would say if the customer's source fields were so; nothing stays written.

    Raises Misshapen for a value that has no shape.
    """
    columns = derive_changes(customer, values)
    with staged():
        if columns:
            Customer.objects.filter(pk=customer.pk).update(**columns)
        return evaluate(stage=Stage.FORM, customer_ids=[customer.pk], policy_ids=(), codes=codes, today=today)


def find(
    *,
    stage: Stage,
    scope: Scope,
    values: RuleValues,
    codes: Collection[str] | None = None,
    swept: bool = False,
) -> list[Hit]:
    """The hits after precedence; `swept` takes what holders share from the last sweep instead of the rows."""
    asking = Asking(stage=stage, scope=scope, values=values, codes=codes, swept=swept)
    return [hit for target in TARGETS for hit in asking.hits(target)]


class Asking:
    """One scope asked in one stage."""

    def __init__(
        self,
        *,
        stage: Stage,
        scope: Scope,
        values: RuleValues,
        codes: Collection[str] | None = None,
        swept: bool = False,
    ) -> None:
        self._stage, self._scope, self._values = stage, scope, values
        self._codes, self._swept = codes, swept
        rules = asked(codes)
        self._rules = [rule for rule in rules if stage in rule.stages and values.setting(rule.code).enabled]

    def plan(self, target: str, rows: Rows) -> Plan:
        return plan_of(
            stage=self._stage,
            target=target,
            rows=rows,
            rules=self._rules,
            values=self._values,
            codes=self._codes,
            swept=self._swept,
            fingerprint=self._fingerprint,
        )

    @cached_property
    def _fingerprint(self) -> int:
        return fingerprint_of(self._values)

    def answers(self, target: str) -> tuple[Plan, list[tuple[Any, ...]]] | None:
        """The plan and its rows, each ending with the numbers of its cases; None where no row is asked."""
        rows = self._scope.of(target)
        if rows is None:
            return None
        plan = self.plan(target, rows)
        return plan, plan.ask(rows)

    def hits(self, target: str) -> Iterator[Hit]:
        answered = self.answers(target)
        if answered is None:
            return
        plan, found = answered
        if target == "party":
            for policy_id, role, benefit, position, numbers in found:
                row = row_of(role, benefit, position)
                for one in plan.kept(numbers):
                    yield party_hit(one, policy_id, role, row)
            return
        for pk, numbers in found:
            for one in plan.kept(numbers):
                yield Hit(one.rule, one.severity, target, pk, one.case.field, one.case.part)


def asked(codes: Collection[str] | None) -> list[Rule]:
    """The rules asked for and those that they yield to."""
    known = catalogue()
    if codes is None:
        return list(known.values())
    wanted = {code for code in codes if code in known}
    wanted |= {above for code in wanted for above in known[code].yields_to if above in known}
    return [known[code] for code in sorted(wanted)]


def party_hit(one: Asked, policy_id: int, role: str, row: str) -> Hit:
    return Hit(one.rule, one.severity, "policy", policy_id, f"{role}.{one.case.field}", row, row)


def row_of(role: str, benefit: str, position: int) -> str:
    """How a finding about one party names it, such as "insured:1" and "beneficiary:death:2"."""
    return ":".join(str(part) for part in (role, benefit, position) if part != "")
