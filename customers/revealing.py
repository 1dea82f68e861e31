"""Showing personal data in full: for a declared purpose, to who may, and never without a line in the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from customers.personal import REVEALABLE, as_written, is_minor, plain
from workplace.choices import Access, Purpose
from workplace.models import Staff
from workplace.operations.access_log import log_access

REVEAL_MINOR = "customers.reveal_minor"


class RevealRefused(Exception):
    """The value stays masked; the text says why."""


@dataclass(frozen=True)
class Revealed:
    """`written` only where what came in is not the normal form."""

    text: str
    written: str


def purpose_of(given: str) -> str:
    """Raises RevealRefused when none of the declared purposes was chosen."""
    if given not in Purpose.values:
        raise RevealRefused(_("Choose a purpose first."))
    return given


def may_reveal(*, record: Any, staff: Staff, today: date) -> bool:
    """A child's data asks for a right of its own (PIPL art. 31)."""
    return not is_minor(record, today) or staff.has_perm(REVEAL_MINOR)


def revealed(
    *, record: Any, record_kind: str, field: str, purpose: str, staff: Staff, at: datetime
) -> Revealed:
    """Writes the look down first: if that fails, nothing is shown."""
    log_access(
        staff=staff,
        access=Access.REVEAL,
        record_kind=record_kind,
        record_id=record.pk,
        field=field,
        purpose=purpose,
        at=at,
    )
    return Revealed(plain(record, field), as_written(record, field))


def revealed_fields(record: Any) -> dict[str, str]:
    """All at once, for a dossier whose printing its caller writes down."""
    return {field: plain(record, field) for field in REVEALABLE}
