"""How it is known that the customer wants a change: said once for all values of a submission."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

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
