"""Which subjects the findings do not tell as the rules do now: read only, without a lock.

What a sweep then settles is judged again exactly; a difference too many costs time, never truth.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Case, F, Func, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Collate, Concat

from audits.catalogue import catalogue
from audits.choices import FindingSource, FindingState
from audits.evaluation import Asking, Scope, row_of
from audits.models import Exemption, Finding
from audits.models.subject import SUBJECT_COLUMNS
from audits.questions import Asked, Plan
from audits.rows import CHOSEN, Rows
from audits.statements import AnyOf, Statement, compiled
from authenticity.choices import Stage
from authenticity.rule import RuleValues

# What of a finding a scan compares; the value and who answers are judged where a record changed.
TOLD = ("rule", "field", "part", "weight", "rule_version", "kind")
TARGETS_OF_KIND = {
    "customer": ("customer",),
    "policy": ("policy", "party"),
    "seller": ("seller",),
    "agency": ("agency",),
}
SCOPE_OF_KIND = {"customer": "customers", "policy": "policies", "seller": "sellers", "agency": "agencies"}
LINE, PART = "\n", "|"


@dataclass(frozen=True)
class Scanner:
    """Compares one kind of subjects; None in `changed` are all of them, `codes` are the rules looked at."""

    values: RuleValues
    codes: Collection[str] | None = None
    changed: Collection[int] | None = None
    swept: bool = True

    def differing(self, kind: str, rows: Rows) -> list[int]:
        """The subjects to settle, in order: told otherwise, or told of a record that changed since."""
        expected = self._expected(kind, rows)
        for subject, quiet in self._exempted(kind, rows).items():
            if subject in expected:
                lines = [line for line in expected[subject].split(LINE) if not line.startswith(quiet)]
                expected[subject] = LINE.join(lines)
        found = dict(self._open(kind, rows))
        wrong = {pk for pk, text in expected.items() if found.get(pk, "") != text}
        wrong |= found.keys() - expected.keys()
        told = found.keys() | expected.keys()
        changed = told if self.changed is None else told & set(self.changed)
        return sorted(wrong | changed)

    def _expected(self, kind: str, rows: Rows) -> dict[int, str]:
        scope = Scope(**{SCOPE_OF_KIND[kind]: rows})
        asking = Asking(stage=Stage.BOOK, scope=scope, values=self.values, codes=self.codes, swept=self.swept)
        told: dict[int, str] = {}
        for target in TARGETS_OF_KIND[kind]:
            answered = asking.answers(target)
            if answered is None:
                continue
            if target == "party":
                self._add_parties(told, *answered)
            else:
                plan, found = answered
                texts = _Texts(plan, self.values)
                told |= {pk: text for pk, numbers in found if (text := texts[tuple(numbers)])}
        return told

    def _add_parties(self, told: dict[int, str], plan: Plan, found: Iterable[tuple[Any, ...]]) -> None:
        lines: defaultdict[int, set[str]] = defaultdict(set)
        for policy_id, role, benefit, position, numbers in found:
            row = row_of(role, benefit, position)
            for one in plan.kept(numbers):
                lines[policy_id].add(line_of(one, self.values, f"{role}.{one.case.field}", row))
        for policy_id, of_parties in lines.items():
            own = told[policy_id].split(LINE) if policy_id in told else []
            told[policy_id] = LINE.join(sorted({*own, *of_parties}))

    def _open(self, kind: str, rows: Rows) -> list[tuple[Any, ...]]:
        milder = frozenset(code for code, rule in catalogue().items() if rule.historical is not None)
        codes = None if self.codes is None else frozenset(self.codes)
        statement = _told_statement(kind, rows.shape, codes, milder)
        return [] if statement is None else statement.run(rows.given, often=rows.shape == CHOSEN)

    def _exempted(self, kind: str, rows: Rows) -> dict[int, tuple[str, ...]]:
        """By subject, how the lines begin that an exemption keeps quiet."""
        column = f"finding__{SUBJECT_COLUMNS[kind]}_id"
        holding = self._ours(Exemption.objects.holding(self.values.today), "finding__").filter(
            within(rows, column), value_hash=F("finding__value_hash")
        )
        quiet: defaultdict[int, tuple[str, ...]] = defaultdict(tuple)
        names = holding.values_list(column, "finding__rule", "finding__field", "finding__part")
        for subject, *key in names:
            quiet[subject] += (PART.join([*key, ""]),)
        return quiet

    def _ours(self, found: QuerySet[Any, Any], to_finding: str) -> QuerySet[Any, Any]:
        return ours(found, to_finding, self.codes)


def ours(found: QuerySet[Any, Any], to_finding: str, codes: Collection[str] | None) -> QuerySet[Any, Any]:
    of_rules = found.filter(**{f"{to_finding}source": FindingSource.RULE})
    return of_rules if codes is None else of_rules.filter(**{f"{to_finding}rule__in": sorted(codes)})


@lru_cache(maxsize=64)
def _told_statement(
    kind: str, shape: str, codes: frozenset[str] | None, milder: frozenset[str]
) -> Statement | None:
    """What the open findings of some subjects tell."""
    column = f"{SUBJECT_COLUMNS[kind]}_id"
    told = Collate(_joined(TOLD), "C")
    weight = Case(When(rule__in=sorted(milder), then=Value("")), default=F("severity"))
    return compiled(
        ours(Finding.objects.filter(state=FindingState.OPEN), "", codes)
        .filter(Rows(shape).condition(column) or Q(**{f"{column}__isnull": False}))
        .order_by()
        .alias(weight=weight)
        .values(column)
        .annotate(told=StringAgg(told, LINE, order_by=told))
        .values_list(column, "told")
    )


class _Texts(dict[tuple[int, ...], str]):
    """What a finding of each combination of cases would tell."""

    def __init__(self, plan: Plan, values: RuleValues) -> None:
        super().__init__()
        self._plan, self._values = plan, values

    def __missing__(self, numbers: tuple[int, ...]) -> str:
        kept = self._plan.kept(numbers)
        lines = {line_of(one, self._values, one.case.field, one.case.part) for one in kept}
        self[numbers] = LINE.join(sorted(lines))
        return self[numbers]


def line_of(one: Asked, values: RuleValues, field: str, part: str) -> str:
    """The severity is left open where it depends on the policy that answers."""
    rule, version = one.rule, str(values.setting(one.rule.code).version)
    weight = one.severity.value if rule.historical is None else ""
    return PART.join((rule.code, field, part, weight, version, rule.kind.value))


def _joined(columns: Iterable[str]) -> Func:
    first, *rest = columns
    parts: list[Any] = [Cast(first, TextField())]
    for column in rest:
        parts += [Value(PART), Cast(column, TextField())]
    return Concat(*parts, output_field=TextField())


def within(rows: Rows, column: str) -> Q:
    """The rows as a plain condition on a column that holds their ids."""
    if rows.shape == CHOSEN:
        return Q(AnyOf(column, rows.given["ids"]))
    if not rows.given:
        return Q(**{f"{column}__isnull": False})
    return Q(**{f"{column}__gte": rows.given["low"], f"{column}__lt": rows.given["high"]})
