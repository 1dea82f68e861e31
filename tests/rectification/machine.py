"""A rectification walked at random by several people, against the model of `walkers`."""

from __future__ import annotations

import itertools
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from audits.choices import AppealState, FindingState
from audits.evaluation import evaluate
from audits.models import Appeal, Exemption, Extension, Finding, Rectification
from audits.operations.appeals import AppealRefused, appeal_finding, decide_appeal, withdraw_appeal
from audits.operations.clock import (
    answer_extension,
    ask_extension,
    pause_rectification,
    resume_rectification,
)
from audits.operations.corrections import accept_rectification, return_rectification, submit_rectification
from audits.operations.endings import hand_in_end
from audits.operations.exemptions import ExemptionRefused
from audits.operations.rectifications import (
    assign_rectification,
    reopen_rectification,
    start_rectification,
    unassign_rectification,
)
from audits.operations.sweep import resweep_subjects
from audits.transitions import StepRefused
from authenticity.choices import Severity, Stage
from customers.models import Customer
from tests.factories import (
    AT,
    willed,
)
from tests.rectification.pressing import PAIRS, at_once
from tests.rectification.scenes import SHORT, good_mobile, image
from tests.rectification.walkers import LEADERS, LEGAL, MAY, WORKERS, Model, People
from tests.rules.book import rewrite
from workplace.choices import CorrectionState
from workplace.intake.shapes import Misshapen
from workplace.models import Correction, Staff
from workplace.operations.corrections import CorrectionRefused, Proposal

REFUSALS = (StepRefused, CorrectionRefused, Misshapen, AppealRefused, ExemptionRefused)
ANYBODY = st.sampled_from(sorted({*WORKERS, "compliance", "stranger"}))
LEADS = st.sampled_from(sorted(LEADERS))
OWNERS = st.sampled_from(["clerk", "colleague", "partner", "manager", "stranger"])
_examples = itertools.count(1)


class Walking(RuleBasedStateMachine):
    """`people` and `meeting` are set by the test that runs it."""

    people: People
    taken: set[str]

    @initialize()
    def begin(self):
        self.n = next(_examples)
        self.row = self.people.new_rectification()
        self.customer = Customer.objects.get(pk=self.row.customer_id)
        self.model, self.last_line, self.now = Model(), 0, AT
        self.catch_up()

    # -- what every rule does ------------------------------------------------------------------------

    def seen(self):
        return Rectification.objects.get(pk=self.row.pk)

    def try_to(self, act, *expected, keeps=()):
        """One operation; refused it leaves no trace but what it `keeps`, done it leaves its lines."""
        self.now += timedelta(hours=7)
        before = self.seen()
        try:
            act(before, self.now)
        except REFUSALS:
            assert set(self.catch_up()) <= set(keeps), "a refused step left a line"
            after = self.seen()
            assert (after.state, after.owner_id) == (self.model.state, self.owner_id()), "refused, yet moved"
            return False
        taken = self.catch_up()
        assert [one for one in taken if one in expected] == list(expected), f"{expected} left {taken}"
        return True

    def owner_id(self):
        return self.people.ids[self.model.owner] if self.model.owner else None

    def lines(self):
        rows = self.row.timeline.filter(pk__gt=self.last_line, kind="step").exclude(action="open")
        return list(rows.order_by("pk"))

    def catch_up(self):
        """Takes the new lines into the model, which judges them."""
        taken = self.lines()
        for line in taken:
            self.model.take(line, self.people.who)
            if "owner" in line.detail:
                names = {staff.name: self.people.who[staff.pk] for staff in Staff.objects.all()
                         if staff.pk in self.people.who}  # fmt: skip
                self.model.owner = names[line.detail["owner"]]
        if taken:
            self.last_line = taken[-1].pk
            self.taken.update(line.action for line in taken)
        return [line.action for line in taken]

    # -- people --------------------------------------------------------------------------------------

    @rule(actor=LEADS, owner=OWNERS)
    def assign(self, actor, owner):
        action = "assign" if self.model.state == "open" else "reassign"
        may = (self.model.state, action) in LEGAL and owner != "stranger"
        again = action == "reassign" and owner == self.model.owner
        done = self.try_to(
            lambda row, at: assign_rectification(
                rectification=row,
                owner=self.people.fresh(owner),
                actor=self.people.fresh(actor),
                at=at,
            ),
            action,
        )
        assert done == (may and not again), f"{actor} gave it to {owner} in {self.model.state}: {done}"

    @rule(actor=ANYBODY)
    def take_back(self, actor):
        before = self.model.state
        done = self.try_to(
            lambda row, at: unassign_rectification(rectification=row, actor=self.people.fresh(actor), at=at),
            "unassign",
        )
        assert done == ((before, "unassign") in LEGAL and actor in LEADERS)

    @precondition(lambda self: self.model.state in {"assigned", "returned"})
    @rule(actor=ANYBODY)
    def start(self, actor):
        owner = self.model.owner
        done = self.try_to(
            lambda row, at: start_rectification(rectification=row, actor=self.people.fresh(actor), at=at),
            "start",
        )
        assert done == (actor == owner or (owner, actor) == ("clerk", "substitute"))

    def worker(self):
        return {"clerk": "substitute"}.get(self.model.owner, self.model.owner)

    @precondition(lambda self: self.model.state in {"assigned", "in_progress", "returned"})
    @rule(right=st.sampled_from([True, True, False]), other=st.sampled_from([None, None, "colleague"]))
    def submit(self, right, other):
        actor = other or self.worker()
        value = good_mobile() if right else "139"
        self.try_to(
            lambda row, at: submit_rectification(
                rectification=row,
                corrections=[Proposal("customer", self.customer.pk, "mobile", value, "document")],
                will=willed(),
                actor=self.people.fresh(actor),
                at=at,
            ),
            "submit",
            keeps=["start"],
        )

    @precondition(lambda self: self.model.state in {"assigned", "in_progress", "returned"})
    @rule(end=st.sampled_from(["waived", "cannot"]))
    def end_without(self, end):
        self.try_to(
            lambda row, at: hand_in_end(
                rectification=row,
                end=end,
                reason="三次未联系到",
                expires_on=at.date() + timedelta(days=100),
                evidence=("函.png", image()),
                actor=self.people.fresh(self.worker()),
                at=at,
            ),
            "submit",
        )

    @precondition(lambda self: self.model.state == "in_review")
    @rule(actor=ANYBODY)
    def accept(self, actor):
        self.try_to(
            lambda row, at: accept_rectification(rectification=row, actor=self.people.fresh(actor), at=at),
            "accept",
        )

    @precondition(lambda self: self.model.state == "in_review")
    @rule(actor=ANYBODY)
    def give_back(self, actor):
        own = {self.model.owner, self.model.submitter}
        done = self.try_to(
            lambda row, at: return_rectification(
                rectification=row, actor=self.people.fresh(actor), at=at, reason="证据不清"
            ),
            "return",
        )
        assert done == (actor in LEADERS and actor not in own)

    @precondition(lambda self: self.model.state == "closed")
    @rule(actor=ANYBODY)
    def reopen(self, actor):
        done = self.try_to(
            lambda row, at: reopen_rectification(
                rectification=row, actor=self.people.fresh(actor), at=at, reason="证明有误"
            ),
            "reopen",
        )
        assert done == (actor in LEADERS)

    # -- the clock -----------------------------------------------------------------------------------

    @rule(actor=ANYBODY)
    def pause_or_go_on(self, actor):
        def act(row, at):
            staff = self.people.fresh(actor)
            if row.paused_at is None:
                pause_rectification(rectification=row, reason="customer", actor=staff, at=at)
            else:
                resume_rectification(rectification=row, actor=staff, at=at)

        self.try_to(act)

    @rule(actor=LEADS, grant=st.booleans())
    def more_time(self, actor, grant):
        def act(row, at):
            asked = Extension.objects.filter(rectification=row, state="asked").first()
            if asked is None:
                owner = self.people.fresh(self.model.owner or "clerk")
                ask_extension(rectification=row, days=3, reason="等回函", actor=owner, at=at)
            else:
                answer_extension(
                    extension=asked, grant=grant, answer="好", actor=self.people.fresh(actor), at=at
                )

        self.try_to(act)

    # -- appeals -------------------------------------------------------------------------------------

    @precondition(lambda self: (self.model.state, "appeal") in LEGAL)
    @rule(actor=st.sampled_from(["partner", "partner", "manager", "colleague"]))
    def appeal(self, actor):
        finding = Finding.objects.filter(rectification=self.row, state=FindingState.OPEN).first()
        if finding is not None:
            done = self.try_to(
                lambda row, at: appeal_finding(
                    finding=finding, ground="号码属实", actor=self.people.fresh(actor), at=at
                ),
                "appeal",
            )
            assert done == (actor in MAY["appeal"])

    @precondition(lambda self: self.model.state == "appealed")
    @rule(
        actor=st.sampled_from(["province", "compliance"]) | ANYBODY,
        uphold=st.booleans(),
        withdrawn=st.sampled_from([False, False, True]),
    )
    def decide(self, actor, uphold, withdrawn):
        waiting = Appeal.objects.filter(finding__rectification=self.row, state=AppealState.OPEN)
        appeal, last = waiting.order_by("pk")[0], waiting.count() == 1
        by = self.people.who[appeal.appealed_by_id]

        def act(row, at):
            if withdrawn:
                withdraw_appeal(appeal=appeal, actor=self.people.fresh(actor), at=at)
            else:
                decide_appeal(
                    appeal=appeal, uphold=uphold, decision="已核", actor=self.people.fresh(actor), at=at
                )

        done = self.try_to(act, *(["decide"] if last else []))
        assert done == (actor == by if withdrawn else actor in {"province", "compliance"})

    # -- the machine ---------------------------------------------------------------------------------

    @rule(value=st.sampled_from(["good", SHORT, "1392046185"]))
    def a_file_and_a_sweep(self, value):
        self.now += timedelta(hours=7)
        rewrite(self.customer, mobile=good_mobile() if value == "good" else value)
        resweep_subjects(customer_ids=[self.customer.pk], at=self.now, actor=None)
        self.catch_up()

    # -- two at once ---------------------------------------------------------------------------------

    @precondition(lambda self: self.model.state in PAIRS)
    @rule(which=st.integers(0, 5))
    def both_press(self, which):
        """From the same page, on two connections: one wins, the other is told."""
        self.now += timedelta(hours=7)
        pairs = PAIRS[self.model.state]
        acts = pairs[which % len(pairs)]
        pages = [(self.seen(), self.people.fresh(actor)) for actor, _act in acts]
        results = at_once([
            lambda act=act, page=page, actor=actor: act(self, page, actor, self.now)
            for (_who, act), (page, actor) in zip(acts, pages, strict=True)
        ])  # fmt: skip
        strange = [one for one in results if isinstance(one, Exception) and not isinstance(one, REFUSALS)]
        assert strange == []
        winners = [one for one in results if not isinstance(one, Exception)]
        assert len(winners) <= 1, "two winners"
        self.catch_up()

    # -- what always holds ---------------------------------------------------------------------------

    @invariant()
    def the_row_is_what_the_model_says(self):
        found = self.seen()
        owner = self.people.who.get(found.owner_id)
        assert (found.state, owner) == (self.model.state, self.model.owner)
        steps = found.timeline.filter(kind="step").exclude(action="open").count()
        assert steps == self.model.steps, "a line was lost"
        assert found.version == 1 + steps, "a step without a version"

    @invariant()
    def nothing_is_closed_that_is_still_true(self):
        if self.model.state != "closed":
            return
        assert not Finding.objects.filter(rectification=self.row, state=FindingState.OPEN).exists()
        today = self.now.date()
        for hit in evaluate(stage=Stage.BOOK, customer_ids=[self.customer.pk], policy_ids=[]):
            if hit.severity == Severity.INFO or hit.field != "mobile":
                continue
            known = Finding.objects.get(rectification=self.row, rule=hit.rule.code, field=hit.field)
            held = Exemption.objects.filter(
                finding=known, state="approved", value_hash=known.value_hash, expires_on__gte=today
            )
            assert held.exists(), f"{hit.rule.code} holds without an exemption"

    @invariant()
    def nothing_of_the_owner_was_accepted_alone(self):
        rows = Correction.objects.filter(record_kind="customer", record_id=self.customer.pk)
        for row in rows.filter(state=CorrectionState.ACCEPTED):
            assert row.decided_by_id not in {None, row.proposed_by_id}
        for one in Exemption.objects.filter(finding__rectification=self.row, state="approved"):
            assert one.decided_by_id not in {None, one.proposed_by_id}

    @invariant()
    def the_clock_stands_still_only_where_somebody_waits(self):
        found = self.seen()
        if found.paused_at is None:
            assert not found.pauses.filter(until=None).exists()
        else:
            assert found.state in {"assigned", "in_progress", "returned", "appealed"}
            assert found.pauses.filter(until=None).count() == 1
        appealed = Appeal.objects.filter(finding__rectification=self.row, state=AppealState.OPEN)
        assert appealed.exists() == (found.state == "appealed")
