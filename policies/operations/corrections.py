"""Accepted corrections of a policy's recorded seller and of a party's relation, order and share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import pghistory
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from authenticity.choices import DocumentType, Sex
from authenticity.texts import compact, fold
from customers.facts import derive_changes, normal_in, written_of
from policies.choices import Relation
from policies.models import Policy, PolicyParty
from policies.operations.sellers import MATCHED, match_sellers
from policies.operations.states import record_states, refresh_serving_units
from workplace.correctable import Correctable, CorrectableField, StaleRecord
from workplace.intake.shapes import Misshapen
from workplace.models import Staff

RECORDED = (
    CorrectableField("seller_no", _("Seller number, as recorded")),
    CorrectableField("seller_name", _("Seller name, as recorded")),
    CorrectableField("outlet_no", _("Outlet number, as recorded")),
    CorrectableField("outlet_name", _("Outlet name, as recorded")),
    CorrectableField("agency_branch_no", _("Agency branch number, as recorded")),
    CorrectableField("agency_branch_name", _("Agency branch name, as recorded")),
    CorrectableField("agency_no", _("Agency number, as recorded")),
    CorrectableField("agency_name", _("Agency name, as recorded")),
)
OF_PARTY = (
    CorrectableField("relation", _("Relation"), shape="choice", choices=tuple(Relation.choices)),
    CorrectableField("order", _("Order of benefit"), shape="number", clearable=True),
    CorrectableField("share", _("Share in percent"), shape="number", clearable=True),
)
AS_WRITTEN = (
    CorrectableField("name", pgettext_lazy("of a person", "Name"), mask="name"),
    CorrectableField("sex", _("Sex"), shape="choice", choices=tuple(Sex.choices)),
    CorrectableField("birth_date", _("Birth date"), mask="birth_date", shape="date"),
    CorrectableField("id_type", _("Document type"), shape="choice", choices=tuple(DocumentType.choices)),
    CorrectableField("id_no", _("Document number"), mask="id_no", needs_evidence=True),
    CorrectableField("id_valid_from", _("Document valid from"), shape="date"),
    CorrectableField("id_valid_to", _("Document valid until"), shape="last_day"),
    CorrectableField("nationality", _("Nationality"), clearable=True),
)
PERSON = frozenset(field.name for field in AS_WRITTEN)
LENGTHS = {"seller_no": 40, "outlet_no": 40, "agency_branch_no": 40, "agency_no": 40}


def correct_policy(
    *, policy: Policy, values: Mapping[str, str], actor: Staff | None, at: datetime, expected_version: int
) -> Policy:
    """Writes who sold it as recorded and matches it anew; raises StaleRecord and Misshapen."""
    said = {"actor": actor.pk if actor else None, "corrected_at": at.isoformat()}
    with transaction.atomic(), pghistory.context(**said):
        found = Policy.objects.select_for_update(of=("self",)).get(pk=policy.pk)
        if found.version != expected_version:
            raise StaleRecord
        for field, raw in values.items():
            setattr(found, field, _recorded(field, raw))
        found.version += 1
        match_sellers([found])
        found.save(update_fields=[*values, *MATCHED, "version"])
        record_states(policy_ids=[found.pk], at=at)
        refresh_serving_units(policy_ids=[found.pk])
        return found


def correct_party(
    *, party: PolicyParty, values: Mapping[str, str], actor: Staff | None, at: datetime, expected_version: int
) -> PolicyParty:
    """Writes the party's terms, or the person as written there; raises StaleRecord and Misshapen."""
    said = {"actor": actor.pk if actor else None, "corrected_at": at.isoformat()}
    with transaction.atomic(), pghistory.context(**said):
        found: PolicyParty = PolicyParty.objects.select_for_update(of=("self",)).get(pk=party.pk)
        if found.version != expected_version:
            raise StaleRecord
        columns = _columns(found, values)
        for column, value in columns.items():
            setattr(found, column, value)
        found.version += 1
        found.save(update_fields=[*columns, "version"])
        return found


def _columns(party: PolicyParty, values: Mapping[str, str]) -> dict[str, Any]:
    person = {field: raw for field, raw in values.items() if field in PERSON}
    terms = {field: _of_party(field, raw) for field, raw in values.items() if field not in PERSON}
    return {**(derive_changes(party, person) if person else {}), **terms}


def _recorded(field: str, raw: str) -> str:
    text = compact(raw) if field.endswith("_no") else fold(raw)
    limit = LENGTHS.get(field, 100)
    if len(text) > limit:
        raise Misshapen("too_long", field=field, limit=limit)
    return text


def _of_party(field: str, raw: str) -> Any:
    text = compact(raw)
    if field == "relation":
        if text and text not in Relation.values:
            raise Misshapen("not_allowed", field=field, value=text, allowed=", ".join(Relation.values))
        return text
    if not text:
        return None
    return _order(text) if field == "order" else _share(text)


def _order(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 99:
        raise Misshapen("number_format", field="order", value=text)
    return int(text)


def _share(text: str) -> Decimal:
    try:
        share = Decimal(text.removesuffix("%"))
    except InvalidOperation as error:
        raise Misshapen("number_format", field="share", value=text) from error
    if not share.is_finite() or not 0 <= share <= 100 or share != share.quantize(Decimal("0.01")):
        raise Misshapen("number_format", field="share", value=text)
    return share.quantize(Decimal("0.01"))


def _text(record: Any, field: str) -> str:
    value = getattr(record, field)
    return "" if value is None else str(value)


def _find_policy(pk: int, locked: bool) -> Policy:
    rows = Policy.objects.select_for_update(of=("self",)) if locked else Policy.objects.all()
    return rows.get(pk=pk)


def _find_party(pk: int, locked: bool) -> PolicyParty:
    rows = PolicyParty.objects.select_related("policy")
    found: PolicyParty = (rows.select_for_update(of=("self",)) if locked else rows).get(pk=pk)
    return found


def _party_written(record: Any, field: str) -> str:
    return written_of(record, field) if field in PERSON else _text(record, field)


def _party_held(record: Any, field: str) -> str:
    return normal_in(record, field) if field in PERSON else _text(record, field)


def _party_normal(record: Any, field: str, raw: str) -> str:
    probe = PolicyParty(id_type=record.id_type, id_no=record.id_no, id_no_raw=record.id_no_raw)
    for column, value in _columns(probe, {field: raw}).items():
        setattr(probe, column, value)
    return _party_held(probe, field)


def _party_key(record: PolicyParty) -> str:
    """As files name it, with an empty benefit kept."""
    return f"{record.policy.number}/{record.role}/{record.benefit}/{record.position}"


def _write_policy(*, record: Any, **rest: Any) -> Policy:
    return correct_policy(policy=record, **rest)


def _write_party(*, record: Any, **rest: Any) -> PolicyParty:
    return correct_party(party=record, **rest)


POLICY = Correctable(
    kind="policy",
    label=_("Policy"),
    fields={field.name: field for field in RECORDED},
    find=_find_policy,
    key=lambda record: str(record.number),
    written=_text,
    normal=_text,
    normal_of=lambda record, field, raw: _recorded(field, raw),
    write=_write_policy,
)
PARTY = Correctable(
    kind="party",
    label=_("Policy party"),
    fields={field.name: field for field in (*OF_PARTY, *AS_WRITTEN)},
    find=_find_party,
    key=_party_key,
    written=_party_written,
    normal=_party_held,
    normal_of=_party_normal,
    write=_write_party,
)
