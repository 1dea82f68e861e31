"""What somebody who leaves had to do goes back to the managers."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from audits.choices import StepAction
from audits.models import Rectification
from audits.states import TRANSITIONS
from audits.transitions import walk
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
