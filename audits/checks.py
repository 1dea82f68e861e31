"""What the rules say about values that are still being typed, for exactly the field that is asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from audits.catalogue import catalogue
from audits.evaluation import Hit, check_values, evaluate
from audits.models import Rectification
from audits.operations.corrections import check_places
from audits.staging import staged
from audits.workbench import Place, part_of
from authenticity.choices import Severity, Stage
from customers.models import Customer
from policies.models import PolicyParty
from workplace.correctable import correctable
from workplace.intake.shapes import Misshapen
from workplace.models import Staff
from workplace.operations.corrections import Proposal


@dataclass
class Answer:
    """`misshapen` when the value is none; else the rules' hits on the field, and its normal form."""

    place: Place
    misshapen: Misshapen | None = None
    hits: list[Hit] = field(default_factory=list)
    normal: str = ""
    empty: bool = False

    @property
    def good(self) -> bool:
        """Hints stand beside it and take nothing from it."""
        defects = [hit for hit in self.hits if hit.severity != Severity.INFO]
        return not self.empty and self.misshapen is None and not defects


def check_field(
    *,
    rectification: Rectification,
    place: Place,
    proposals: Sequence[Proposal],
    actor: Staff,
    at: datetime,
) -> Answer:
    """Judged together with what is typed for the same record; nothing stays written."""
    check_places(rectification, proposals, actor)
    return judge_field(place=place, proposals=proposals, actor=actor, at=at)


def judge_field(*, place: Place, proposals: Sequence[Proposal], actor: Staff, at: datetime) -> Answer:
    """As `check_field`, of places that its caller has checked."""
    same = {
        one.field: one.raw
        for one in proposals
        if (one.record_kind, one.record_id) == (place.kind, place.pk) and one.raw is not None
    }
    if place.field not in same:
        return Answer(place, empty=True)
    kind = correctable(place.kind)
    record = kind.find(place.pk, False)
    answer = Answer(place)
    try:
        answer.normal = kind.normal_of(record, place.field, same[place.field])
        values = {name: raw for name, raw in same.items() if name == place.field or _shaped(place, name, raw)}
        answer.hits = [hit for hit in _hits(place, values, actor, at) if _about(hit, place)]
    except Misshapen as error:
        answer.misshapen = error
    return answer


def _shaped(place: Place, name: str, raw: str) -> bool:
    """A neighbouring field that is half typed says nothing yet."""
    kind = correctable(place.kind)
    try:
        kind.normal_of(kind.find(place.pk, False), name, raw)
    except Misshapen:
        return False
    return True


def _hits(place: Place, values: dict[str, str], actor: Staff, at: datetime) -> list[Hit]:
    if place.kind == "customer":
        customer = Customer.objects.get(pk=place.pk)
        return check_values(customer=customer, values=values, codes=concerned(place.field))
    kind = correctable(place.kind)
    with staged():
        record = kind.find(place.pk, True)
        policy_id = record.policy_id if isinstance(record, PolicyParty) else record.pk
        kind.write(record=record, values=values, actor=actor, at=at, expected_version=record.version)
        hits = evaluate(
            stage=Stage.BOOK, customer_ids=(), policy_ids=[policy_id], codes=concerned(place.field)
        )
    if isinstance(record, PolicyParty):
        group = f"{record.role}:{record.benefit}:" if record.benefit else part_of(record)
        return [hit for hit in hits if hit.part.startswith(group)]
    return hits


@cache
def concerned(field: str) -> frozenset[str]:
    """The rules that speak of that field or read it; nothing else is asked while one types."""
    return frozenset(
        code
        for code, rule in catalogue().items()
        if any(field in rule.concerns(case.field.rpartition(".")[2]) for case in rule.cases)
    )


def _about(hit: Hit, place: Place) -> bool:
    return place.field in hit.rule.concerns(hit.plain_field)
