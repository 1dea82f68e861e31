"""Who may mend a rectification, and while it is where."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from audits.choices import RectificationState
from audits.models import Rectification
from audits.standing_in import acts_for_owner
from audits.transitions import StepRefused
from workplace.models import Staff

HANDED_IN = (RectificationState.IN_REVIEW, RectificationState.CLOSED)


def check_at_work(rectification: Rectification, actor: Staff, at: datetime) -> None:
    """Raises StepRefused for anybody but the owner and who stands in, and for what is out of their hands."""
    if not acts_for_owner(rectification=rectification, actor=actor, at=at):
        raise StepRefused(_("Only its owner may do this."))
    if rectification.state in HANDED_IN:
        raise StepRefused(_("It waits for review or is closed; nothing can be corrected now."))
    if rectification.state == RectificationState.APPEALED:
        raise StepRefused(_("An appeal is under way; nothing can be corrected before it is decided."))
