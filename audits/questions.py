"""What a set of rules asks of one kind of row, as one statement: each row with the numbers of its cases.

A statement is made once for a stage, the rules asked, and everything editable that they compare with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache, reduce
from operator import or_
from typing import Any

from django.core.exceptions import FieldError
from django.db.models import BooleanField, ExpressionWrapper, Func, Q, QuerySet, TextField, Value, When
from django.db.models import Case as SqlCase
from django.db.models.expressions import Col
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from agents.models import Agency, SalesAgent
from audits.narrowing import places
from audits.rows import CHOSEN, FOUND, RANGE, Rows
from audits.shared_now import CountedSharing, with_counts
from audits.statements import FOR_A_FEW, FOR_MANY, IN_ORDER, Open, Statement, compiled, together
from authenticity.choices import Severity, Stage
from authenticity.rule import Case, Predicate, Rule, RuleValues, Sharing
from customers.models import Customer
from policies.choices import PartyRole
from policies.models import Policy
from policies.rules.scope import everywhere, in_roles, judged_parties, judged_policies, policies_alone
from policies.sharing import LiveSharing, SweptSharing

# Where a customer without any policy is judged too: nothing else would be said of a file of new ones.
BEFORE_POLICIES = frozenset({Stage.FORM, Stage.FILE})
ANY_ROLE = tuple(PartyRole.values)
ROLES = ("holder", "insured", "beneficiary")
MOST_ARGUMENTS = 90


@dataclass(frozen=True)
class Asked:
    """One case of a rule, with the severity that it has today."""

    rule: Rule
    case: Case
    severity: Severity

    @property
    def plain_field(self) -> str:
        return self.case.field.rpartition(".")[2]


@dataclass(frozen=True)
class Question:
    """What names a plan; `values` is told apart by its `fingerprint` alone."""

    stage: Stage
    target: str
    shape: str
    swept: bool
    rules: tuple[Rule, ...]
    codes: frozenset[str] | None
    fingerprint: int
    values: RuleValues = field(compare=False)
    guards: dict[Predicate, Q] = field(default_factory=dict, compare=False)


class Plan:
    """One statement, and what its numbers mean after precedence; `search` tells the rows worth asking."""

    def __init__(
        self,
        asked: tuple[Asked, ...],
        statement: Statement | None,
        codes: frozenset[str] | None,
        search: Search | None = None,
    ) -> None:
        self._asked, self._statement, self._codes, self._search = asked, statement, codes, search
        self._kept: dict[tuple[int, ...], tuple[Asked, ...]] = {}
        self._read: dict[str, tuple[int, ...]] = {}

    @property
    def by_indexes(self) -> bool:
        """Whether a range is searched without a look at each of its rows."""
        return self._search is not None and self._search.tuned is FOR_A_FEW

    def ask(self, rows: Rows) -> list[tuple[Any, ...]]:
        """The rows with a case that holds: what names the row, and last the numbers of the cases."""
        if self._statement is None:
            return []
        given = rows.given
        if self._search is not None:
            given = {"ids": self._search.ids(rows)}
            if not given["ids"]:
                return []
        found = self._statement.run(given, often=rows.shape == CHOSEN)
        return _once([(*row[:-1], self._numbers_in(row[-1])) for row in found if row[-1].strip(",")])

    def _numbers_in(self, text: str) -> tuple[int, ...]:
        if text not in self._read:
            self._read[text] = tuple(sorted(int(number) for number in text.split(",") if number))
        return self._read[text]

    def kept(self, numbers: Iterable[int]) -> tuple[Asked, ...]:
        """The cases that speak when these hold together; the gravest first where one field has two."""
        key = tuple(numbers)
        if key not in self._kept:
            self._kept[key] = after_precedence([self._asked[number] for number in key], self._codes)
        return self._kept[key]


def _once(found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """A row that its joins brought several times has every case that held in any of them."""
    if len({row[:-1] for row in found}) == len(found):
        return found
    merged: dict[tuple[Any, ...], set[int]] = {}
    for row in found:
        merged.setdefault(row[:-1], set()).update(row[-1])
    return [(*name, tuple(sorted(numbers))) for name, numbers in merged.items()]


def after_precedence(held: list[Asked], codes: frozenset[str] | None) -> tuple[Asked, ...]:
    """Without the cases that yield to another one of the same row."""
    said: dict[str, set[str]] = {}
    for one in held:
        said.setdefault(one.rule.code, set()).add(one.plain_field)

    def yields(one: Asked) -> bool:
        concerned = one.rule.concerns(one.plain_field)
        return any(said.get(code, set()) & concerned for code in one.rule.yields_to)

    left: dict[tuple[str, str, str], Asked] = {}
    for one in held:
        if (codes is None or one.rule.code in codes) and not yields(one):
            key = one.rule.code, one.case.field, one.case.part
            left[key] = min(left.get(key, one), one, key=lambda each: list(Severity).index(each.severity))
    return tuple(left.values())


def plan_of(
    *,
    stage: Stage,
    target: str,
    rows: Rows,
    rules: Iterable[Rule],
    values: RuleValues,
    codes: Iterable[str] | None = None,
    swept: bool = False,
    fingerprint: int | None = None,
) -> Plan:
    """`rules` are those asked and those that they yield to; of the answers only `codes` are kept.

    `fingerprint` is that of the values, where it is known already.
    """
    about = tuple(rule for rule in rules if target in TARGETS_OF.get(rule.target, ()))
    kept = None if codes is None else frozenset(codes)
    known = fingerprint_of(values) if fingerprint is None else fingerprint
    return _planned(Question(stage, target, rows.shape, swept, about, kept, known, values))


def fingerprint_of(values: RuleValues) -> int:
    words = frozenset(values.words.items())
    thresholds = repr(sorted((code, sorted(row.items())) for code, row in values.thresholds.items()))
    return hash((values.today, words, thresholds, frozenset(values.settings.items())))


@lru_cache(maxsize=256)
def _planned(question: Question) -> Plan:
    values = question.values
    asked = tuple(
        Asked(rule, case, rule.severity_of(case, values)) for rule in question.rules for case in rule.cases
    )
    if not asked:
        return Plan(asked, None, question.codes)
    subject = SUBJECTS[question.target]
    searched = question.shape == RANGE
    # Of policies and parties few are found, and what they are compared with is looked up for those.
    whole = question.shape != CHOSEN and (question.target == "customer" or not searched)
    rows = Rows(FOUND if searched else question.shape)
    sharing = _sharing(question)
    values = replace(values, sharing=sharing, whole=whole, span=rows.condition)
    question = replace(question, values=values, guards={})
    found = subject.rows(rows, question)
    told = found.filter(_holds(asked, subject, question)).order_by()
    told = told.annotate(held=_numbers(asked, subject, question))
    search = _search(asked, subject, question) if searched else None
    if searched and search is None:
        return Plan(asked, None, question.codes)
    statement = compiled(told.values_list(*subject.names, "held"))
    if isinstance(sharing, CountedSharing):
        with_new = question.stage in BEFORE_POLICIES
        statement = with_counts(statement, target=question.target, kinds=sharing.kinds, with_new=with_new)
    return Plan(asked, statement, question.codes, search)


class Truth(Func):
    """Keeps the planner from drawing parts of a long condition out of it and asking them twice."""

    template = "(%(expressions)s) IS TRUE"
    output_field = BooleanField()


def _holds(asked: Iterable[Asked], subject: Subject, question: Question) -> Truth:
    return Truth(ExpressionWrapper(_any(asked, subject, question), output_field=BooleanField()))


@dataclass(frozen=True)
class Search:
    """Tells the rows of a range that a case may hold on."""

    statement: Statement
    tuned: Mapping[str, str]

    def ids(self, rows: Rows) -> list[int]:
        return sorted({row[0] for row in self.statement.run(rows.given, tuned=self.tuned)})


def _search(asked: tuple[Asked, ...], subject: Subject, question: Question) -> Search | None:
    """By indexes alone where every case says where its rows are, else by a look at each row."""
    rows = Rows(RANGE)
    question = replace(question, values=replace(question.values, span=rows.condition, whole=True), guards={})
    tests = [_test(one, question) for one in asked]
    known = [places(test) for test in tests] if question.target == "customer" else [None]
    tuned = subject.tuned
    if None not in known:
        ways = dict.fromkeys(place for found in known for place in found or ())
        found = (Customer.objects.filter(rows.condition(), way).order_by().values("pk") for way in ways)
        statement, tuned = together(found), FOR_A_FEW
    else:
        scanned = _scanned(rows, asked, subject, question)
        statement = compiled(scanned.order_by().values_list(subject.names[0]))
    return None if statement is None else Search(statement, tuned)


def _scanned(rows: Rows, asked: tuple[Asked, ...], subject: Subject, question: Question) -> QuerySet[Any]:
    """Without joining what no condition asked first compares."""
    holds = _holds(asked, subject, question)
    if subject.lean is not None:
        with suppress(FieldError):
            return subject.lean(rows).filter(holds)
    return subject.rows(rows, question).filter(holds)


def _numbers(asked: Sequence[Asked], subject: Subject, question: Question) -> Func:
    """The numbers of the cases that hold; those behind a guard are not looked at where it says no."""
    guards: dict[Q, list[SqlCase]] = {}
    for number, one in enumerate(asked):
        holds = subject.covered(one.rule, question) & _predicate(one, question)(question.values)
        told = SqlCase(When(holds, then=Value(str(number))), default=None, output_field=TextField())
        guards.setdefault(_guard(one, question), []).append(told)
    parts: list[Any] = []
    for guard, numbers in guards.items():
        part = _joined(numbers)
        parts.append(
            SqlCase(When(guard, then=part), default=None, output_field=TextField()) if guard else part
        )
    return _joined(parts)


def _joined(texts: list[Any]) -> Func:
    """With commas between, without those that are NULL; a call takes a hundred arguments at most."""
    if len(texts) > MOST_ARGUMENTS:
        starts = range(0, len(texts), MOST_ARGUMENTS)
        texts = [_joined(texts[start : start + MOST_ARGUMENTS]) for start in starts]
    return Func(*texts, template="concat_ws(',', %(expressions)s)", output_field=TextField())


def _sharing(question: Question) -> Sharing:
    if question.swept:
        return SweptSharing()
    if question.shape == CHOSEN:
        return CountedSharing()
    return LiveSharing(Q(), Q(), with_new=question.stage in BEFORE_POLICIES)


def _predicate(one: Asked, question: Question) -> Predicate:
    """A party that stands as written alone may be asked otherwise than a customer."""
    of_party = question.target == "party" and one.rule.target == "person"
    return one.case.written if of_party and one.case.written is not None else one.case.predicate


def _any(asked: Iterable[Asked], subject: Subject, question: Question) -> Q:
    """Whether a row may have any case: equal questions once, of a guarded case its guard alone.

    To be filtered by as an expression: a bare Q would look up every negated relation once more by itself.
    """
    covers: dict[Q, list[Q]] = {}
    marks: dict[tuple[str, Q], list[str]] = {}
    for one in asked:
        covered = subject.covered(one.rule, question)
        if one.case.mark:
            marks.setdefault((str(one.case.guard), covered), []).append(one.case.mark)
        else:
            covers.setdefault(_test(one, question), []).append(covered)
    for (column, cover), codes in marks.items():
        covers.setdefault(Q(**{f"{column}__overlap": sorted(set(codes))}), []).append(cover)
    tests: dict[Q, list[Q]] = {}
    for test, covering in covers.items():
        tests.setdefault(reduce(or_, dict.fromkeys(covering)), []).append(test)
    return reduce(or_, (cover & reduce(or_, alike) for cover, alike in tests.items()))


def _test(one: Asked, question: Question) -> Q:
    """A marks column says little by not being empty: the words are asked too."""
    guard = _guard(one, question)
    if not guard or isinstance(one.case.guard, str):
        return guard & _predicate(one, question)(question.values)
    return guard


def _guard(one: Asked, question: Question) -> Q:
    """The same condition for all cases that it guards, so that it stands in a statement once."""
    guard = one.case.guard
    if isinstance(guard, str):
        return ~Q(**{guard: []}) if guard else Q()
    if guard not in question.guards:
        question.guards[guard] = guard(question.values)
    return question.guards[guard]


@dataclass(frozen=True)
class Subject:
    """The rows of one target: where they come from, what names them, and which of them a rule covers."""

    rows: Callable[[Rows, Question], QuerySet[Any]]
    names: tuple[str, ...]
    covered: Callable[[Rule, Question], Q]
    lean: Callable[[Rows], QuerySet[Any]] | None = None
    tuned: Mapping[str, str] = field(default_factory=lambda: FOR_MANY)


def _customers(rows: Rows, question: Question) -> QuerySet[Any]:
    """Both tables are told the ids: the server does not carry a range over a join."""
    found = Customer.objects.filter(rows.condition())
    if question.stage in BEFORE_POLICIES:
        return found
    return found.filter(rows.condition("coverage__customer_id"), coverage__isnull=False)


def _in_a_role(rule: Rule, question: Question) -> Q:
    covered = reduce(or_, (Q(**{f"coverage__{role}": True}) for role in rule.roles or ROLES))
    if question.stage in BEFORE_POLICIES:
        covered |= Q(coverage__isnull=True) | Q(coverage__on_any_policy=False)
    return covered


def _parties(rows: Rows, question: Question) -> QuerySet[Any]:
    """Both tables are told the ids, the policy's by its own column, for which Django takes the party's."""
    searched = rows.shape == RANGE
    found = judged_parties(ANY_ROLE, rows.condition if searched else everywhere)
    found = found.filter(rows.condition("policy_id"))
    if searched:
        own = Col(Policy._meta.db_table, Policy._meta.pk)
        found = found.filter(GreaterThanOrEqual(own, Open("low")), LessThan(own, Open("high")))
    return found


def _of_party(rule: Rule, question: Question) -> Q:
    """Of rules about persons, the beneficiaries who stand as written alone."""
    if rule.target == "person":
        named = in_roles((PartyRole.BENEFICIARY,)) & Q(customer__isnull=True)
        return named if PartyRole.BENEFICIARY in rule.roles else Q(pk__in=[])
    return in_roles(rule.roles)


def _everyone(rule: Rule, question: Question) -> Q:
    return Q()


SUBJECTS = {
    "customer": Subject(_customers, ("pk",), _in_a_role),
    "policy": Subject(
        lambda rows, _question: judged_policies().filter(rows.condition()),
        ("pk",),
        _everyone,
        lambda rows: policies_alone().filter(rows.condition()),
    ),
    "party": Subject(_parties, ("policy_id", "role", "benefit", "position"), _of_party, tuned=IN_ORDER),
    "seller": Subject(
        lambda rows, _question: SalesAgent.objects.filter(rows.condition()), ("pk",), _everyone
    ),
    "agency": Subject(lambda rows, _question: Agency.objects.filter(rows.condition()), ("pk",), _everyone),
}
# Which rows a rule of that target is asked of.
TARGETS_OF = {
    "person": ("customer", "party"),
    "customer": ("customer",),
    "party": ("party",),
    "policy": ("policy",),
    "seller": ("seller",),
    "agency": ("agency",),
}
