"""What a gate finds in the way: gaps with article and text in both languages, no personal value."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import translation

from audits.catalogue import rule_of
from audits.choices import FindingState, Gate
from audits.evaluation import Hit
from audits.judging import Subjects, hash_of
from audits.models import Finding
from audits.sample_subjects import row_part
from authenticity.choices import Severity
from authenticity.models import Article
from authenticity.rule import Rule, label_of
from policies.choices import Designation, PartyRole
from policies.models import Policy, PolicyParty
from workplace.models import ApiClient, Staff

DIGEST = 24
LANGUAGES = {"zh": "zh-hans", "en": "en"}
# What a gap must weigh to stop: 82号 art. 6(3) for underwriting and servicing, art. 11 for commission.
STOPPING = {
    Gate.UNDERWRITING: frozenset({Severity.BLOCK}),
    Gate.SERVICING: frozenset({Severity.BLOCK}),
    Gate.COMMISSION: frozenset({Severity.BLOCK, Severity.ERROR}),
}


@dataclass(frozen=True)
class Gap:
    """One thing in the way, or beside it where `stops` is false. `of` names the party or the policy."""

    code: str
    severity: str
    stops: bool
    kind: str
    of: str
    field: str
    label: dict[str, str]
    text: dict[str, str]
    remedy: dict[str, str]
    articles: list[dict[str, str]]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Asked:
    """Who asks, when, and under which key."""

    actor: Staff
    at: datetime
    client: ApiClient | None = None
    key: str = ""
    body: Mapping[str, Any] | None = None

    @property
    def request_hash(self) -> str:
        """So that a key is known to stand for one request; nothing of the request is kept."""
        text = json.dumps(self.body or {}, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest() if self.key else ""


@dataclass(frozen=True)
class Said:
    """A rule's verdict on one field of somebody, from a hit or from an open finding; `value_hash` is of the
    very value that it is about."""

    rule: Rule
    severity: str
    kind: str
    of: str
    field: str
    value_hash: str


def gaps(gate: str, said: Iterable[Said]) -> list[Gap]:
    """Those that stop first; each with the articles that ask for it."""
    told = list(said)
    articles = _articles({code for one in told for code in one.rule.articles})
    stopping = STOPPING[Gate(gate)]
    found = [_gap(one, one.severity in stopping, articles) for one in told]
    return sorted(found, key=lambda gap: (not gap.stops, gap.of, gap.code, gap.field))


def said_of_hits(hits: Iterable[Hit], names: Mapping[tuple[str, int], str]) -> list[Said]:
    """`names` tells who a subject is in the words of whoever asked; a party's row is told as it is."""
    told = [hit for hit in hits if hit.subject in names and hit.severity != Severity.INFO]
    subjects = Subjects(told)
    return [
        Said(
            hit.rule,
            hit.severity.value,
            hit.rule.kind.value,
            hit.row or names[hit.subject],
            hit.plain_field,
            hash_of(hit, subjects.value_of(hit)),
        )
        for hit in told
    ]


def said_of_findings(findings: Iterable[Finding], names: Mapping[tuple[str, int], str]) -> list[Said]:
    found = []
    for finding in findings:
        rule = rule_of(finding.rule)
        if rule is not None and finding.severity != Severity.INFO:
            of = names[finding.subject_kind, finding.subject_id]
            field_name = finding.field.rpartition(".")[2]
            row = _row_of(finding) or of
            found.append(Said(rule, finding.severity, finding.kind, row, field_name, finding.value_hash))
    return found


def findings_of_policy(policy: Policy) -> tuple[list[Finding], dict[tuple[str, int], str]]:
    """Open findings about the policy and the people on it, for servicing."""
    names = people_of(policy)
    customers = [pk for kind, pk in names if kind == "customer"]
    found = _open().filter(Q(policy=policy) | Q(customer__in=customers))
    return list(found), names


def findings_against_commission(policy: Policy) -> tuple[list[Finding], dict[tuple[str, int], str]]:
    """Open findings that hold this agency's commission on policies of this holder (82号 art. 11)."""
    held = PolicyParty.objects.filter(policy=policy, role=PartyRole.HOLDER)
    theirs = PolicyParty.objects.filter(
        role=PartyRole.HOLDER, customer__in=list(held.values_list("customer", flat=True))
    )
    if policy.agency_id is None:
        theirs = theirs.filter(policy__agency__isnull=True)
    else:
        theirs = theirs.filter(policy__agency=policy.agency_id)
    numbers = dict(theirs.values_list("policy_id", "policy__number")) | {policy.pk: policy.number}
    names = {("policy", pk): number for pk, number in numbers.items()} | people_of(policy)
    customers = [pk for kind, pk in names if kind == "customer"]
    of_people = Q(customer__in=customers, answering_agency=policy.agency_id)
    if policy.agency_id is None:
        of_people = Q(customer__in=customers, answering_agency__isnull=True)
    return list(_open().filter(Q(policy__in=list(numbers)) | of_people)), names


def people_of(policy: Policy) -> dict[tuple[str, int], str]:
    """The policy and the customers on it, each by its role; who has several roles is told by the first."""
    names: dict[tuple[str, int], str] = {("policy", policy.pk): "policy"}
    parties = PolicyParty.objects.filter(policy=policy, customer__isnull=False).exclude(
        role=PartyRole.BENEFICIARY, designation=Designation.STATUTORY
    )
    order = {role: place for place, role in enumerate(PartyRole.values)}
    for party in sorted(parties, key=lambda party: (order[party.role], party.position)):
        name = party.role if party.role == PartyRole.HOLDER else f"{party.role}:{party.position}"
        names.setdefault(("customer", party.customer_id or 0), name)
    return names


def stopping_of(gate: str, said: Iterable[Said]) -> list[str]:
    """What an override lets pass: code, whose, field and a digest of the value of each gap that stops."""
    stopping = STOPPING[Gate(gate)]
    return sorted(
        {
            f"{one.rule.code}/{one.of}/{one.field}/{one.value_hash[:DIGEST]}"
            for one in said
            if one.severity in stopping
        }
    )


def _open() -> QuerySet[Finding]:
    return Finding.objects.filter(state=FindingState.OPEN).order_by("pk")


def _row_of(finding: Finding) -> str:
    row = row_part(finding.part)
    return row if ":" in row else ""


def _gap(said: Said, stops: bool, articles: Mapping[str, dict[str, str]]) -> Gap:
    return Gap(
        code=said.rule.code,
        severity=said.severity,
        stops=stops,
        kind=said.kind,
        of=said.of,
        field=said.field,
        label=_both(lambda: label_of(said.field)),
        text=_both(lambda: said.rule.text(said.field)),
        remedy=_both(lambda: said.rule.remedy_text(said.field)),
        articles=[articles[code] for code in said.rule.articles if code in articles],
    )


def _both(tell: Callable[[], str]) -> dict[str, str]:
    found = {}
    for short, language in LANGUAGES.items():
        with translation.override(language):
            found[short] = tell()
    return found


def _articles(codes: Collection[str]) -> dict[str, dict[str, str]]:
    rows = Article.objects.filter(code__in=codes) if codes else Article.objects.none()
    return {row.code: {"code": row.code, "law": row.law, "number": row.number} for row in rows}
