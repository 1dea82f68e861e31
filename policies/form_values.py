"""What a signed form says beside what the system says, both masked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from authenticity.choices import DocumentType, Sex
from authenticity.masking import mask
from customers.facts import CONTACT_FIELDS, SOURCE_FIELDS, normal_in
from customers.personal import EMPTY, PERSONAL, masked
from policies.choices import PartyRole
from policies.models import ApplicationForm, PolicyParty

ROLES = tuple(PartyRole.values)
CHOICES = {"sex": Sex.choices, "id_type": DocumentType.choices}


@dataclass(frozen=True)
class FormRow:
    role: str
    field: str
    says: str
    system: str
    agrees: bool


def form_rows(form: ApplicationForm, parties: Iterable[PolicyParty]) -> list[FormRow]:
    """One line for each field that the form says of a holder or insured."""
    people = {str(party.role): party for party in reversed(list(parties))}
    return [_row(key, form.says_normal or form.says, people) for key in sorted(form.says, key=_place)]


def _place(key: str) -> tuple[int, int]:
    """Holder before insured, fields as on a form."""
    role, _dot, field = key.partition(".")
    roles, fields = list(ROLES), list(SOURCE_FIELDS)
    return (
        roles.index(role) if role in roles else len(roles),
        fields.index(field) if field in fields else len(fields),
    )


def _row(key: str, said: Mapping[str, Any], people: Mapping[str, PolicyParty]) -> FormRow:
    role, _dot, field = key.partition(".")
    says = str(said.get(key) or "")
    party = people.get(role)
    record: Any = party.customer if party is not None and field in CONTACT_FIELDS else party
    known = record is not None and hasattr(record, field)
    system = normal_in(record, field) if known else ""
    return FormRow(
        role=str(dict(PartyRole.choices).get(role, role)),
        field=field,
        says=_masked(field, says) or EMPTY,
        system=(masked(record, field) if known else "") or EMPTY,
        agrees=says == system,
    )


def _masked(field: str, text: str) -> str:
    if field in CHOICES:
        return str(dict(CHOICES[field]).get(text, text))
    return mask(PERSONAL[field], text) if field in PERSONAL else text
