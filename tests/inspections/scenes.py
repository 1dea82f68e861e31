"""A year of inspections as its pages meet it: written by one, approved by another, one branch under way."""

from __future__ import annotations

from datetime import datetime

from agents.choices import Post
from agents.models import Branch
from audits.models import BranchInspection, ChecklistVersion, InspectionYear
from audits.operations.inspection_years import decide_year, plan_year, send_year
from audits.operations.inspections import begin_inspection
from tests.factories import AT, head_office, make_staff
from tests.personas import Persona, log_in
from tests.sampling.scenes import make_checklist
from workplace.choices import Role

QUESTIONS = (("named", "是否指定专人负责客户信息真实性管理"), ("checked", "是否逐件核对投保单与系统"))
YEAR = AT.year


def inspector(name: str = "吴查") -> Persona:
    return log_in(make_staff(Role.COMPLIANCE, branch=head_office(), post=Post.COMPLIANCE, name=name))


def questions(in_words: str = "") -> ChecklistVersion:
    return make_checklist(QUESTIONS, in_words=in_words)


def drafted(writer: Persona, *, at: datetime = AT, in_words: str = "") -> InspectionYear:
    return plan_year(year=YEAR, checklist=questions(in_words), actor=writer.fresh(), at=at)


def approved(writer: Persona, approver: Persona, *, at: datetime = AT, in_words: str = "") -> InspectionYear:
    year = send_year(year=drafted(writer, at=at, in_words=in_words), actor=writer.fresh(), at=at)
    return decide_year(year=year, approve=True, note="", actor=approver.fresh(), at=at)


def under_way(branch: Branch, by: Persona, approver: Persona, *, in_words: str = "") -> BranchInspection:
    """The branch's inspection begun by this person."""
    year = approved(by, approver, in_words=in_words)
    found = BranchInspection.objects.get(year=year, branch=branch)
    BranchInspection.objects.filter(pk=found.pk).update(inspector=by.staff)
    return begin_inspection(inspection=found, actor=by.fresh(), at=AT)
