"""What somebody who leaves, or moves to another unit, had to do goes back to the managers."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from audits.assignment_reading import able_workers
from audits.choices import StepAction
from audits.loads import Candidates
from audits.models import Rectification
from audits.states import TRANSITIONS
from audits.transitions import walk
from audits.transitions_many import OneStep, walk_many
from workplace.models import Staff

MOST = 4_000


def hand_back(staff: Staff, actor: Staff, at: datetime) -> None:
    """What waits for review stays there: its reviewer decides, and a manager reassigns what is returned."""
    states = list(TRANSITIONS[StepAction.UNASSIGN].moves)
    for rectification in Rectification.objects.filter(owner=staff, state__in=states):
        walk(
            rectification=rectification,
            action=StepAction.UNASSIGN,
            actor=None,
            at=at,
            reason=_("%(name)s has left; let go by %(actor)s.") % {"name": staff.name, "actor": actor.name},
        )


def let_go_out_of_reach(*, at: datetime) -> int:
    """What its owner neither sees nor may work on since a posting ended or the role changed; says how many.

    Their sight of its customer ends with it. At most MOST at once: the next round takes the rest.
    """
    states = list(TRANSITIONS[StepAction.UNASSIGN].moves)
    held = Rectification.objects.filter(owner__isnull=False, owner__is_superuser=False, state__in=states)
    who, lost = Candidates(able_workers()), Q(pk__in=[])
    places = held.order_by().values_list("owner_id", "branch_id", "agency_id").distinct()
    for owner, branch, agency in places:
        if owner not in who.reaching(branch, agency):
            lost |= Q(owner=owner, branch=branch, agency=agency)
    with transaction.atomic():
        rows = held.filter(lost).select_for_update(of=("self",)).order_by("pk")
        steps = [OneStep(pk, StepAction.UNASSIGN) for pk in rows.values_list("pk", flat=True)[:MOST]]
        reason = _("Its owner no longer works where it is answered for.")
        return sum(not one.reason for one in walk_many(steps=steps, actor=None, at=at, reason=reason))
