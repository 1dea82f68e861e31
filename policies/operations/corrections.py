"""Accepted corrections of a policy's recorded seller and of a party's relation, order and share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import pghistory
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from authenticity.texts import compact, fold
from policies.choices import Relation
from policies.models import Policy, PolicyParty
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
    CorrectableField("order", _("Order of benefit"), shape="number"),
    CorrectableField("share", _("Share in percent"), shape="number"),
)
LENGTHS = {"seller_no": 40, "outlet_no": 40, "agency_branch_no": 40, "agency_no": 40}


def correct_policy(
    *, policy: Policy, values: Mapping[str, str], actor: Staff | None, at: datetime, expected_version: int
) -> Policy:
    """Writes who sold it as recorded; matching follows the record. Raises StaleRecord and Misshapen."""
    said = {"actor": actor.pk if actor else None, "corrected_at": at.isoformat()}
    with transaction.atomic(), pghistory.context(**said):
        found = Policy.objects.select_for_update(of=("self",)).get(pk=policy.pk)
        if found.version != expected_version:
            raise StaleRecord
        for field, raw in values.items():
            setattr(found, field, _recorded(field, raw))
        found.version += 1
        found.save(update_fields=[*values, "version"])
    return found


def correct_party(
    *, party: PolicyParty, values: Mapping[str, str], actor: Staff | None, at: datetime, expected_version: int
) -> PolicyParty:
    """Writes relation, order or share; raises StaleRecord and Misshapen."""
    said = {"actor": actor.pk if actor else None, "corrected_at": at.isoformat()}
    with transaction.atomic(), pghistory.context(**said):
        found = PolicyParty.objects.select_for_update(of=("self",)).get(pk=party.pk)
        if found.version != expected_version:
            raise StaleRecord
        for field, raw in values.items():
            setattr(found, field, _of_party(field, raw))
        found.version += 1
        found.save(update_fields=[*values, "version"])
    return found


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
    return (rows.select_for_update(of=("self",)) if locked else rows).get(pk=pk)


def _party_normal(record: Any, field: str, raw: str) -> str:
    value = _of_party(field, raw)
    return "" if value is None else str(value)


def _party_key(record: PolicyParty) -> str:
    return "/".join(
        part for part in (record.policy.number, record.role, record.benefit, str(record.position)) if part
    )


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
    fields={field.name: field for field in OF_PARTY},
    find=_find_party,
    key=_party_key,
    written=_text,
    normal=_text,
    normal_of=_party_normal,
    write=_write_party,
)
