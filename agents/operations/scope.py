"""Which rows of a file the person who brings it may write."""

from __future__ import annotations

from agents.models.reach import Reach, reach_of
from workplace.models import Staff

EVERYTHING = Reach(everything=True)


def writing_reach(actor: Staff | None) -> Reach:
    """None is the system itself (the demo, a command of the operator) and reaches everything."""
    return EVERYTHING if actor is None else reach_of(actor)


def in_reach(reach: Reach, *, branch_id: int | None = None, agency_id: int | None = None) -> bool:
    return (
        reach.everything
        or (branch_id is not None and branch_id in reach.branch_ids)
        or (agency_id is not None and agency_id in reach.agency_ids)
    )
