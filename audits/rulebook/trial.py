"""Tries the rules on one value or one customer: which speak, and why. Nothing is stored."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agents.models import Branch
from agents.models.reach import reach_of
from audits.evaluation import Hit, Scope, find
from audits.judging import Judge, in_words
from audits.rows import chosen_rows
from audits.rulebook.legal import Library, province_of
from audits.rulebook.reading import readings
from audits.rulebook.thresholds import threshold_of
from audits.staging import staged
from authenticity.choices import Stage
from authenticity.models import Article
from authenticity.rule import RuleValues, label_of
from customers.facts import derive
from customers.models import Customer
from policies.models import Policy
from workplace.models import Staff


class Tried(TextChoices):
    """What the box takes; all but the customer number are fields of a person."""

    CUSTOMER = "customer", _("Customer number")
    NAME = "name", pgettext_lazy("of a person", "Name")
    ID_NO = "id_no", _("Document number")
    MOBILE = "mobile", _("Mobile")
    LANDLINE = "landline", _("Landline")
    ADDRESS = "address", _("Address")
    POSTCODE = "postcode", _("Postcode")
    EMAIL = "email", _("E-mail")


@dataclass(frozen=True)
class TrialLine:
    """One rule that speaks; `value` is masked, and empty for a value that was typed."""

    hit: Hit
    where: str
    field: str
    value: str
    articles: list[Article]
    thresholds: list[tuple[str | Promise, Any, str | Promise]]


@dataclass
class Trial:
    """`known` is false for a customer that does not exist for the reader."""

    lines: list[TrialLine] = field(default_factory=list)
    known: bool = True
    number: str = ""


def try_value(*, kind: str, raw: str, id_type: str, staff: Staff, values: RuleValues, at: datetime) -> Trial:
    """As the rules judge a form in which only this stands; raises Misshapen for what has no shape.

    What would tell of records beyond the reader's reach stays unasked.
    """
    source = {"id_type": id_type, "id_no": raw} if kind == Tried.ID_NO else {kind: raw}
    branch = Branch.objects.order_by("pk").values_list("pk", flat=True).first()
    if branch is None:
        return Trial()
    with staged():
        person = Customer.objects.create(
            number=uuid.uuid4().hex[:30], home_branch_id=branch, recorded_at=at, **derive(source)
        )
        rows = chosen_rows([person.pk])
        hits = find(stage=Stage.FORM, scope=Scope(customers=rows), values=values)
    everything = reach_of(staff).everything
    shown = [
        hit for hit in hits if hit.field in source and (everything or not readings()[hit.rule.code].others)
    ]
    library = Library(values.today)
    return Trial([_line(hit, values, library) for hit in shown])


def try_customer(*, number: str, staff: Staff, values: RuleValues) -> Trial:
    """The customer and those of their policies that the reader sees, as a sweep would judge them."""
    person = Customer.objects.visible_to(staff).filter(number=number).first()
    if person is None:
        return Trial(known=False)
    seen = Policy.objects.visible_to(staff).filter(parties__customer=person)
    policies = dict(seen.order_by().values_list("pk", "number"))
    scope = Scope(customers=chosen_rows([person.pk]), policies=chosen_rows(policies))
    hits = find(stage=Stage.BOOK, scope=scope, values=values)
    judge, library = Judge(hits, values), Library(values.today)
    provinces = _provinces(hits, judge)
    lines = []
    for hit in hits:
        said = judge.judge(hit).said
        value = in_words(hit.field, str(said["value_masked"]))
        where = policies.get(hit.subject_id, "") if hit.subject_kind == "policy" else ""
        province = provinces.get(said["answering_branch_id"], "")
        lines.append(_line(hit, values, library, where=where, value=value, province=province))
    return Trial(lines, number=person.number)


def _provinces(hits: Sequence[Hit], judge: Judge) -> dict[int, str]:
    branches = {judge.judge(hit).said["answering_branch_id"] for hit in hits}
    rows = Branch.objects.filter(pk__in=branches).values_list("pk", "province_code")
    return {pk: province_of(code) for pk, code in rows}


def _line(
    hit: Hit, values: RuleValues, library: Library, *, where: str = "", value: str = "", province: str = ""
) -> TrialLine:
    return TrialLine(
        hit=hit,
        where=where,
        field=label_of(hit.field) if hit.field else "",
        value=value,
        articles=library.of(hit.rule, province),
        thresholds=list(_thresholds(hit.rule.code, values)),
    )


def _thresholds(code: str, values: RuleValues) -> Iterable[tuple[str | Promise, Any, str | Promise]]:
    """Its own, and those of other rules that it takes."""
    for other in sorted(readings()[code].thresholds):
        for name, value in values.thresholds.get(other, {}).items():
            threshold = threshold_of(other, name)
            yield threshold.meaning, value, threshold.unit
