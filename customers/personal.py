"""Which columns of a person are personal, how each is masked, and what a page calls and reveals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from authenticity.masking import mask
from authenticity.validity import LONG_TERM_TEXT
from customers.facts import written_of

ADULT_ENOUGH = 14  # PIPL art. 31: below, a person's data needs a right of its own

# Kinds that the masking table does not know hide everything.
PERSONAL: Mapping[str, str] = {
    "name": "name",
    "name_raw": "name",
    "birth_date": "birth_date",
    "id_no": "id_no",
    "id_no_raw": "id_no",
    "id_birth_date": "birth_date",
    "mobile": "mobile",
    "mobile_raw": "phone",
    "landline": "landline",
    "landline_raw": "phone",
    "address": "address",
    "address_raw": "address",
    "address_detail": "detail",
    "postcode": "postcode",
    "email": "email",
}
REVEALABLE = ("name", "birth_date", "id_no", "mobile", "landline", "address", "postcode", "email")
IDENTITY = ("name", "sex", "birth_date", "nationality")
DOCUMENT = ("id_type", "id_no", "id_valid_from", "id_valid_to")
CONTACT = ("mobile", "landline", "address", "postcode", "email")
EMPTY = "—"


@dataclass(frozen=True)
class Standing:
    """How a value is vouched for, in one line; `doubted`: a newer source says otherwise."""

    text: str
    doubted: bool = False


@dataclass(frozen=True)
class Shown:
    """One field as a page shows it; `differs`: what was written is not the normal form."""

    field: str
    label: str
    text: str
    revealable: bool
    differs: bool
    standing: Standing | None = None


def shown(
    record: Any, names: tuple[str, ...], standings: Mapping[str, Standing] | None = None
) -> list[Shown]:
    """`standings` is what the ledger says of each field."""
    known = standings or {}
    return [_shown(record, name, known.get(name)) for name in names]


def _shown(record: Any, name: str, standing: Standing | None) -> Shown:
    text = masked(record, name)
    return Shown(
        field=name,
        label=label_of(record, name),
        text=text or EMPTY,
        revealable=name in REVEALABLE and bool(text),
        differs=_differs(record, name),
        standing=standing,
    )


def label_of(record: Any, name: str) -> str:
    return str(record._meta.get_field(name).verbose_name)


def masked(record: Any, name: str) -> str:
    value = plain(record, name)
    return mask(PERSONAL[name], value) if name in PERSONAL else value


def plain(record: Any, name: str) -> str:
    """The normal form as people read it; the long-term date as files print it."""
    if name == "id_valid_to" and record.id_long_term:
        return LONG_TERM_TEXT
    display = getattr(record, f"get_{name}_display", None)
    value = display() if display else getattr(record, name)
    return value.isoformat() if isinstance(value, date) else str(value or "")


def as_written(record: Any, name: str) -> str:
    """What came in, where that differs from the normal form; else nothing."""
    return written_of(record, name) if _differs(record, name) else ""


def _differs(record: Any, name: str) -> bool:
    raw = getattr(record, f"{name}_raw", "")
    return bool(raw) and raw != plain(record, name)


def is_minor(record: Any, today: date) -> bool:
    """Below fourteen by the birth date on file, else by the one in the number."""
    born = record.birth_date or record.id_birth_date
    if born is None:
        return False
    birthdays = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return bool(birthdays < ADULT_ENOUGH)
