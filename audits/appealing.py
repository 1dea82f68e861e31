"""Who may appeal against a finding, who speaks for which side, and who decides: the province above."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from agents.choices import BranchLevel
from agents.models import Branch, Posting
from agents.models.reach import reach_of
from agents.operations.postings import current
from audits.choices import FindingState, Side, StepAction
from audits.choices import RectificationState as State
from audits.models import Appeal, Finding
from audits.states import APPEAL, DECIDE_APPEAL, TRANSITIONS, WORK
from workplace.models import Staff

DECIDING = (BranchLevel.PROVINCE, BranchLevel.HEAD)


def deciding_branch(branch: Branch) -> Branch:
    """The province above the branch that answers; the head office above a province and for itself."""
    found = branch
    while found.parent is not None:
        found = found.parent
        if found.level in DECIDING:
            break
    return found


def may_decide(*, appeal: Appeal, staff: Staff, today: date) -> bool:
    """Reaches the deciding branch, has not appealed, and belongs neither to the agency nor to the branch that
    answers."""
    finding = appeal.finding
    reach = reach_of(staff)
    above = deciding_branch(finding.answering_branch)
    if not staff.is_active or not staff.has_perm(DECIDE_APPEAL) or appeal.appealed_by_id == staff.pk:
        return False
    if not reach.everything and above.pk not in reach.branch_ids:
        return False
    return not _of_the_audited(finding, staff, today)


def _of_the_audited(finding: Finding, staff: Staff, today: date) -> bool:
    posted = Q(branch=finding.answering_branch_id)
    if finding.answering_branch.level == BranchLevel.HEAD:
        posted = Q(pk__in=[])
    if finding.answering_agency_id:
        posted |= Q(agency=finding.answering_agency_id)
    return current(Posting.objects.filter(posted, staff=staff), today).exists()


def side_of(*, finding: Finding, staff: Staff) -> str:
    """For whom the person speaks about this finding; empty for whoever only reads."""
    reach = reach_of(staff)
    if (
        finding.answering_agency_id in reach.agency_ids
        and finding.answering_branch_id not in reach.branch_ids
    ):
        return Side.AGENCY
    if not (staff.has_perm(APPEAL) or staff.has_perm(WORK) or staff.has_perm(DECIDE_APPEAL)):
        return ""
    above = deciding_branch(finding.answering_branch)
    if staff.has_perm(DECIDE_APPEAL) and (reach.everything or above.pk in reach.branch_ids):
        return Side.PROVINCE
    return Side.BRANCH if finding.answering_branch_id in reach.branch_ids else ""


def may_appeal(*, finding: Finding, staff: Staff) -> bool:
    """Whether a page should offer it, unless it is appealed against already; the operation decides again."""
    rectification = finding.rectification
    if not staff.has_perm(APPEAL) or finding.state != FindingState.OPEN or rectification is None:
        return False
    if rectification.state not in (*TRANSITIONS[StepAction.APPEAL].moves, State.APPEALED):
        return False
    return bool(side_of(finding=finding, staff=staff))
