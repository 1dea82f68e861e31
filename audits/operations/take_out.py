"""Takes the open rectifications that one has at work out of the house, as a numbered list to fill."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, Prefetch, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from audits.choices import FindingState
from audits.models import Finding, Rectification, WorklistLine
from audits.round_trip import KIND, MOST
from audits.round_trip_sheet import SheetRow, work_list
from audits.sight import Sight
from audits.wording import finding_text
from audits.workbench import Place, fields_read, places_of
from audits.worklists import AT_WORK, WORST_FIRST, mine
from authenticity.hashing import value_hash
from authenticity.masking import mask
from policies.models import Policy, PolicyParty
from workplace.choices import Purpose
from workplace.correctable import correctable
from workplace.exports import about_list
from workplace.ids import Among
from workplace.models import ExportedList, Staff
from workplace.operations.exported_lists import ListRefused, register_export

CHUNK = 500


@dataclass
class _Item:
    """One field to be filled, with all that is wrong with it."""

    rectification: Rectification
    place: Place
    record: object
    policy: str = ""
    customer: str = ""
    name: str = ""
    read: set[str] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)


def waiting_for(staff: Staff) -> QuerySet[Rectification]:
    """What goes onto the list: one's own and those of people for whom one stands in, while at work."""
    return mine(staff).filter(state__in=AT_WORK)


def take_out(*, actor: Staff, at: datetime, days: int) -> tuple[ExportedList, bytes]:
    """Values stand in it as they are: the purpose is declared, the list numbered, logged, and it expires.
    A child's stand masked for whoever may not see them.

    Soonest due first, never more than MOST lines. Raises ListRefused when there is nothing to fill.
    """
    with transaction.atomic():
        items = list(_items(actor))
        if not items:
            raise ListRefused(_("None of your rectifications has a field that could be filled."))
        exported = register_export(
            kind=KIND,
            owner=actor,
            purpose=Purpose.RECTIFICATION,
            rows=len(items),
            at=at,
            days=days,
            detail=_("%(count)s rows to be filled, with their present values") % {"count": len(items)},
        )
        lines = [_line(exported, number, item) for number, item in enumerate(items, start=1)]
        WorklistLine.objects.bulk_create(lines, batch_size=1_000)
    sight = Sight(actor, localdate(at), revealed=True)
    rows = [_sheet_row(exported, number, item, sight) for number, item in enumerate(items, start=1)]
    return exported, work_list(rows, about_list(exported))


def _items(staff: Staff) -> Iterator[_Item]:
    ordered = waiting_for(staff).order_by(F("due_on").asc(nulls_last=True), "pk")
    ids = list(ordered.values_list("pk", flat=True)[: MOST + 1])
    count = 0
    for begin in range(0, len(ids), CHUNK):
        for items in _of_chunk(ids[begin : begin + CHUNK]):
            count += len(items)
            if count > MOST:
                return
            yield from items


def _of_chunk(ids: Sequence[int]) -> Iterator[list[_Item]]:
    """A rectification's items each, in the order of `ids`."""
    opened = Finding.objects.filter(state=FindingState.OPEN).select_related("answering_policy").order_by("pk")
    found = Rectification.objects.filter(Among("pk", ids)).select_related("customer", "policy")
    rows = found.prefetch_related(Prefetch("findings", queryset=opened, to_attr="open_ones")).in_bulk()
    parties = parties_of({row.policy_id for row in rows.values() if row.policy_id})
    for pk in ids:
        if pk in rows:
            yield _of(rows[pk], parties.get(rows[pk].policy_id or 0, ()))


def parties_of(policies: Collection[int]) -> dict[int, list[PolicyParty]]:
    found: defaultdict[int, list[PolicyParty]] = defaultdict(list)
    if policies:
        rows = PolicyParty.objects.filter(Among("policy_id", policies)).select_related("policy", "customer")
        for party in rows.order_by("pk"):
            found[party.policy_id].append(party)
    return found


def _of(rectification: Rectification, parties: Sequence[PolicyParty]) -> list[_Item]:
    findings: list[Finding] = getattr(rectification, "open_ones", [])
    items: dict[Place, _Item] = {}
    for finding in sorted(findings, key=lambda one: (WORST_FIRST.get(one.severity, 9), one.pk)):
        for place in places_of(finding, parties):
            item = items.get(place) or _item(rectification, finding, place, parties)
            if item is not None:
                items[place] = item
                item.read |= fields_read(finding)
                if (text := finding_text(finding)) not in item.texts:
                    item.texts.append(text)
    return list(items.values())


def _item(
    rectification: Rectification, finding: Finding, place: Place, parties: Sequence[PolicyParty]
) -> _Item | None:
    policy: Policy | None = rectification.policy or finding.answering_policy
    number = policy.number if policy else ""
    if place.kind == "customer":
        customer = rectification.customer
        if customer is None or customer.pk != place.pk:
            return None
        name = mask("name", customer.name)
        return _Item(rectification, place, customer, number, customer.number, name)
    if place.kind == "policy":
        return _Item(rectification, place, rectification.policy, number) if rectification.policy else None
    party = next((one for one in parties if one.pk == place.pk), None)
    if party is None:
        return None
    of = party.customer.number if party.customer else ""
    return _Item(rectification, place, party, number, of, mask("name", party.name))


def _line(exported: ExportedList, number: int, item: _Item) -> WorklistLine:
    kind, name = correctable(item.place.kind), item.place.field
    return WorklistLine(
        exported=exported,
        line=number,
        rectification=item.rectification,
        rectification_version=item.rectification.version,
        record_kind=item.place.kind,
        record_id=item.place.pk,
        field=name,
        record_version=getattr(item.record, "version", 0),
        old_hash=hash_of(name, kind.normal(item.record, name)),
    )


def hash_of(field: str, normal: str) -> str:
    return value_hash(field, normal, settings.HASH_KEY)


def _sheet_row(exported: ExportedList, number: int, item: _Item, sight: Sight) -> SheetRow:
    kind = correctable(item.place.kind)
    asked = kind.fields[item.place.field]
    labels = {str(code): str(label) for code, label in asked.choices}
    written = kind.written(item.record, asked.name)
    if asked.mask and not (asked.name in item.read and sight.shows(item.record)):
        written = mask(asked.mask, written)
    cells = {
        "list": exported.number,
        "line": str(number),
        "rectification": item.rectification.number,
        "policy": item.policy,
        "customer": item.customer,
        "name": item.name,
        "problem": _("; ").join(item.texts),
        "field": str(asked.label),
        "present": labels.get(written, written),
    }
    return SheetRow(cells, tuple(labels.values()) if asked.shape == "choice" else ())
