"""Nine people of one branch, and what must be true of what they walk, written apart from the product.

Nothing here reads the product's state table: what is legal stands in LEGAL, who may do what in MAY.
"""

from __future__ import annotations

from datetime import date, timedelta

from agents.choices import BranchLevel, OutletLevel, Post
from audits.models import Rectification
from audits.operations.sweep import resweep_subjects
from tests.factories import (
    AT,
    make_agency,
    make_branch,
    make_customer,
    make_outlet,
    make_policy,
    make_seller,
    make_staff,
)
from tests.rectification.scenes import SHORT
from tests.rules.book import recorded
from workplace.choices import AbsenceReason, Role
from workplace.models import Absence, Staff

LEGAL = {
    ("open", "assign"): "assigned",
    ("assigned", "reassign"): "assigned",
    ("in_progress", "reassign"): "assigned",
    ("returned", "reassign"): "returned",
    ("in_review", "reassign"): "in_review",
    ("assigned", "unassign"): "open",
    ("in_progress", "unassign"): "open",
    ("returned", "unassign"): "open",
    ("assigned", "start"): "in_progress",
    ("returned", "start"): "in_progress",
    ("in_progress", "submit"): "in_review",
    ("in_review", "accept"): "closed",
    ("in_review", "return"): "returned",
    ("closed", "reopen"): "open",
    ("open", "settle"): "closed",
    ("assigned", "settle"): "closed",
    ("in_progress", "settle"): "closed",
    ("returned", "settle"): "closed",
    ("open", "appeal"): "appealed",
    ("assigned", "appeal"): "appealed",
    ("in_progress", "appeal"): "appealed",
    ("returned", "appeal"): "appealed",
    ("appealed", "decide"): "open",
}
LEADERS = {"manager", "manager2", "province"}
WORKERS = {"clerk", "colleague", "substitute", "partner", *LEADERS}
MAY = {
    "assign": LEADERS | {None},
    "reassign": LEADERS,
    "unassign": LEADERS | {None},
    "start": WORKERS,
    "submit": WORKERS,
    "accept": LEADERS,
    "return": LEADERS,
    "reopen": LEADERS | {None},
    "settle": {None},
    "appeal": {*LEADERS, "partner"},
    "decide": {"province", "compliance", None},
}


class People:
    """Made once for a database; `substitute` stands in for `clerk` all the time."""

    def __init__(self):
        province = make_branch(level=BranchLevel.PROVINCE, name="江南省分公司")
        self.here = make_branch(parent=province, name="临江中心支公司")
        self.bank = make_agency(branch=self.here, name="临江银行")
        self.agency_branch = make_outlet(
            agency=self.bank, level=OutletLevel.BRANCH, opened_on=date(2010, 1, 1)
        )
        manages = {"post": Post.MANAGEMENT}
        made = {
            "clerk": make_staff(Role.CLERK, branch=self.here, name="段作业"),
            "colleague": make_staff(Role.CLERK, branch=self.here, name="陈同事"),
            "substitute": make_staff(Role.CLERK, branch=self.here, name="代班人"),
            "stranger": make_staff(Role.CLERK, branch=make_branch(), name="远作业"),
            "manager": make_staff(Role.MANAGER, branch=self.here, name="张主管", **manages),
            "manager2": make_staff(Role.MANAGER, branch=self.here, name="何主管", **manages),
            "province": make_staff(Role.MANAGER, branch=province, name="省主管", **manages),
            "compliance": make_staff(
                Role.COMPLIANCE, branch=province.parent, name="李合规", post=Post.COMPLIANCE
            ),
            "partner": make_staff(Role.PARTNER, agency=self.bank, name="孙联络"),
        }
        self.ids = {who: staff.pk for who, staff in made.items()}
        self.who = {pk: who for who, pk in self.ids.items()}
        Absence.objects.create(
            staff=made["clerk"],
            substitute=made["substitute"],
            since=AT.date() - timedelta(days=10),
            until=AT.date() + timedelta(days=900),
            reason=AbsenceReason.LEAVE,
            recorded_by=made["manager"],
            recorded_at=AT,
        )

    def fresh(self, who):
        return Staff.objects.get(pk=self.ids[who])

    def new_rectification(self):
        outlet = make_outlet(
            agency=self.bank, branch=self.here, parent=self.agency_branch, opened_on=date(2012, 1, 1)
        )
        customer = make_customer(home_branch=self.here, mobile=SHORT)
        make_policy(holder=customer, seller=make_seller(outlet=outlet), **recorded(self.agency_branch))
        resweep_subjects(customer_ids=[customer.pk], at=AT, actor=None)
        return Rectification.objects.get(customer=customer)


class Model:
    """What must be true, told from the steps that were seen alone."""

    def __init__(self):
        self.state, self.owner, self.submitter, self.steps = "open", None, None, 0

    def take(self, line, who):
        actor, action = who.get(line.actor_id), line.action
        assert line.from_state == self.state, f"lost line before {action}"
        assert LEGAL.get((self.state, action)) == line.to_state, f"{action} from {self.state}"
        assert actor in MAY[action], f"{actor} took {action}"
        if action in {"start", "submit"}:
            stands_in = self.owner == "clerk" and actor == "substitute"
            assert actor == self.owner or stands_in, f"{actor} worked for {self.owner}"
        if action in {"accept", "return"}:
            assert actor not in {self.owner, self.submitter}, f"{actor} reviewed the own work"
        self.state, self.steps = line.to_state, self.steps + 1
        if action == "submit":
            self.submitter = actor
        if action in {"unassign", "reopen", "decide"}:
            self.owner = None
