"""What somebody who leaves, or moves to another unit, had to do goes back to the managers."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audits.assignment_reading import able_workers
from audits.choices import StepAction
from audits.loads import Candidates
from audits.models import Rectification
from audits.states import TRANSITIONS, WORK
from audits.transitions import walk
from audits.transitions_many import OneStep, walk_many
from workplace.models import Staff


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

    Their sight of its customer ends with it.
    """
    states = list(TRANSITIONS[StepAction.UNASSIGN].moves)
    held = Rectification.objects.filter(owner__isnull=False, state__in=states)
    who = Candidates(able_workers())
    places = held.order_by().values_list("owner_id", "branch_id", "agency_id").distinct()
    away = {owner for owner, branch, agency in places if owner not in who.reaching(branch, agency)}
    return sum(_let_go(person, held, at) for person in Staff.objects.filter(pk__in=away).order_by("pk"))


def _let_go(staff: Staff, held: QuerySet[Rectification], at: datetime) -> int:
    able = staff.is_active and staff.has_perm(WORK)
    seen = Rectification.objects.visible_to(staff) if able else Rectification.objects.none()
    with transaction.atomic():
        rows = held.filter(owner=staff).exclude(pk__in=seen.order_by().values("pk"))
        locked = rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True)
        steps = [OneStep(pk, StepAction.UNASSIGN) for pk in locked]
        reason = _("%(name)s no longer works where it is answered for.") % {"name": staff.name}
        return sum(not one.reason for one in walk_many(steps=steps, actor=None, at=at, reason=reason))
