"""How it is known that the customer wants a change: said once for all values of a submission."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from agents.models import SalesAgent
from audits.choices import Will
from workplace.choices import SourceChannel

# Nobody can look it up afterwards (requirement 133: oral sources ask for confirmation).
ORAL: Collection[str] = (SourceChannel.PHONE, SourceChannel.COUNTER, SourceChannel.SELLER)
# Where the values come from when only the will was said.
USUAL_SOURCE: dict[str, str] = {
    Will.CALL: SourceChannel.PHONE,
    Will.SIGNED: SourceChannel.SIGNED,
    Will.COUNTER: SourceChannel.COUNTER,
    Will.ONLINE: SourceChannel.ONLINE,
}
# Nobody carries in what the customer did in person or online.
IN_PERSON: Collection[str] = (Will.COUNTER, Will.ONLINE)
WILLED_KINDS: Collection[str] = ("customer", "party")


@dataclass(frozen=True)
class CustomersWill:
    """What shows it, who applied and when, and the seller who carried it in, if one did."""

    will: str = ""
    applicant: str = ""
    applied_on: date | None = None
    handled_by: SalesAgent | None = None


def said_beside(rectification: Any) -> str:
    """Differs once somebody has written another note or another will; nothing can be read from it."""
    said = [rectification.draft_note, rectification.will, rectification.applicant]
    said += [str(rectification.applied_on or ""), str(rectification.handled_by_id or "")]
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:16]
