"""Asks rules about rows: one query a case, over one record, a file's records or the whole book."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from audits.catalogue import catalogue
from audits.staging import staged
from authenticity.choices import Severity, Stage
from authenticity.queries import load_values
from authenticity.rule import Case, Rule, RuleValues
from customers.facts import derive_changes
from customers.models import Customer
from policies.choices import PartyRole
from policies.models import Policy, PolicyParty
from policies.rules.scope import in_scope, judged_parties, parties_of

# Where a customer without any policy is judged too: nothing else would be said of a file of new ones.
BEFORE_POLICIES = frozenset({Stage.FORM, Stage.FILE})
EVERYTHING = Q()


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
    """Which rows are asked about; None is none of that kind, an empty Q all of them."""

    customers: Q | None = None
    policies: Q | None = None


def evaluate(
    *,
    stage: Stage,
    customer_ids: Collection[int] | None = None,
    policy_ids: Collection[int] | None = None,
    codes: Collection[str] | None = None,
    today: date | None = None,
) -> list[Hit]:
    """The hits after precedence. None is the whole book, an empty collection no record of that kind."""
    day = today or timezone.localdate()
    values = load_values(rules=catalogue().values(), today=day)
    return find(
        stage=stage, scope=Scope(_chosen(customer_ids), _chosen(policy_ids)), values=values, codes=codes
    )


def check_values(*, customer: Customer, values: Mapping[str, str], today: date | None = None) -> list[Hit]:
    """What the rules would say if the customer's source fields were so; nothing stays written.

    Raises Misshapen for a value that has no shape.
    """
    columns = derive_changes(customer, values)
    with staged():
        if columns:
            Customer.objects.filter(pk=customer.pk).update(**columns)
        return evaluate(stage=Stage.FORM, customer_ids=[customer.pk], policy_ids=(), today=today)


def find(
    *, stage: Stage, scope: Scope, values: RuleValues, codes: Collection[str] | None = None
) -> list[Hit]:
    rules = [rule for rule in _asked(codes) if stage in rule.stages and values.setting(rule.code).enabled]
    raw = [hit for rule in rules for case in rule.cases for hit in _hits(rule, case, stage, scope, values)]
    kept = after_precedence(raw)
    return kept if codes is None else [hit for hit in kept if hit.rule.code in codes]


def after_precedence(hits: Iterable[Hit]) -> list[Hit]:
    """Without the hits that yield to another one of the same subject."""
    hits = list(dict.fromkeys(hits))
    said: defaultdict[tuple[str, int, str, str], set[str]] = defaultdict(set)
    for hit in hits:
        said[*hit.subject, hit.row, hit.rule.code].add(hit.plain_field)

    def yields(hit: Hit) -> bool:
        concerned = hit.rule.concerns(hit.plain_field)
        return any(said[*hit.subject, hit.row, code] & concerned for code in hit.rule.yields_to)

    return [hit for hit in hits if not yields(hit)]


def _asked(codes: Collection[str] | None) -> list[Rule]:
    """The rules asked for and those that they yield to."""
    known = catalogue()
    if codes is None:
        return list(known.values())
    wanted = {code for code in codes if code in known}
    wanted |= {above for code in wanted for above in known[code].yields_to if above in known}
    return [known[code] for code in sorted(wanted)]


def _chosen(ids: Collection[int] | None) -> Q | None:
    if ids is None:
        return EVERYTHING
    return Q(pk__in=sorted(ids)) if ids else None


def _hits(rule: Rule, case: Case, stage: Stage, scope: Scope, values: RuleValues) -> Iterator[Hit]:
    severity = rule.severity_of(case, values)
    condition = case.predicate(values)
    if rule.target in ("customer", "person") and scope.customers is not None:
        covered = Customer.objects.filter(scope.customers, _covered(rule, stage)).filter(condition)
        for pk in covered.order_by().values_list("pk", flat=True):
            yield Hit(rule, severity, "customer", pk, case.field, case.part)
    if scope.policies is None:
        return
    if rule.target == "policy":
        policies = Policy.objects.filter(scope.policies, in_scope()).filter(condition)
        for pk in policies.order_by().values_list("pk", flat=True):
            yield Hit(rule, severity, "policy", pk, case.field, case.part)
    if rule.target == "party" or (rule.target == "person" and PartyRole.BENEFICIARY in rule.roles):
        yield from _party_hits(rule, case, severity, condition, scope.policies)


def _covered(rule: Rule, stage: Stage) -> Q:
    covered = Q(Exists(parties_of(OuterRef("pk"), rule.roles)))
    if stage in BEFORE_POLICIES:
        covered |= ~Q(Exists(PolicyParty.objects.filter(customer=OuterRef("pk"))))
    return covered


def _party_hits(rule: Rule, case: Case, severity: Severity, condition: Q, policies: Q) -> Iterator[Hit]:
    """Parties of a rule about parties; for a rule about persons, those that stand as written alone."""
    of_persons = rule.target == "person"
    found = judged_parties((PartyRole.BENEFICIARY,) if of_persons else rule.roles)
    if of_persons:
        found = found.filter(customer__isnull=True)
    if policies != EVERYTHING:
        found = found.filter(policy__in=Policy.objects.filter(policies).order_by().values("pk"))
    rows = found.filter(condition).order_by().values_list("policy_id", "role", "benefit", "position")
    for policy_id, role, benefit, position in rows:
        row = ":".join(str(part) for part in (role, benefit, position) if part != "")
        yield Hit(rule, severity, "policy", policy_id, f"{role}.{case.field}", row, row)
