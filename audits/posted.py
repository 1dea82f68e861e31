"""What the workbench's form says: values with their sources, who confirmed them, the customer's will."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from agents.models import SalesAgent
from audits.will import ORAL, USUAL_SOURCE, CustomersWill
from audits.workbench import proposals_of
from workplace.choices import SourceChannel
from workplace.correctable import correctable
from workplace.models import Staff
from workplace.operations.corrections import Proposal


@dataclass(frozen=True)
class Posted:
    """`problem`: what of it cannot be understood; the rest counts all the same. `seen`: how note and will
    stood when the page was opened (`said_beside`)."""

    proposals: list[Proposal]
    note: str
    will: CustomersWill | None
    problem: str = ""
    seen: str | None = None


def read_post(given: Mapping[str, str], staff: Staff) -> Posted:
    """`will`, `applicant`, `applied_on`, `handled_no`; with `confirmed` ticked, `confirmed_by` says who."""
    will = given.get("will", "")
    confirmed = given.get("confirmed_by", "").strip()[:200] if "confirmed" in given else ""
    proposals = [_sourced(one, will, confirmed) for one in proposals_of(given)]
    said, problem = _will_of(given, staff)
    note = given.get("note", "").strip()[:1000]
    return Posted(proposals, note, said, problem, given.get("s:beside"))


def _sourced(proposal: Proposal, will: str, confirmed: str) -> Proposal:
    """Who only said how the will is known has said where the values come from."""
    if proposal.raw is None:
        return proposal
    channel = proposal.source_channel or usual_source(proposal.record_kind, proposal.field, will)
    return replace(proposal, source_channel=channel, note=confirmed if channel in ORAL else "")


def usual_source(kind: str, name: str, will: str) -> str:
    """What needs the image of a document is read from the document."""
    field = correctable(kind).fields[name]
    return SourceChannel.DOCUMENT if field.needs_evidence and will else USUAL_SOURCE.get(will, "")


def _will_of(given: Mapping[str, str], staff: Staff) -> tuple[CustomersWill | None, str]:
    """None from a page that does not ask for it."""
    if "applicant" not in given:
        return None, ""
    number = given.get("handled_no", "").strip()[:30]
    seller = SalesAgent.objects.visible_to(staff).filter(staff_no=number).first() if number else None
    problem = _("No seller has the number %(number)s.") % {"number": number} if number and not seller else ""
    try:
        day = parse_date(given.get("applied_on", "").strip())
    except ValueError:
        day = None
    said = CustomersWill(given.get("will", "")[:10], given.get("applicant", "")[:10], day, seller)
    return said, problem
