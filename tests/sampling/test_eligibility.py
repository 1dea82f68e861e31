"""Nobody reviews what one sold, mended, or what comes from where one works."""

from datetime import date

import pytest
from django.utils.translation import override

from agents.choices import BranchLevel, OutletLevel, Post
from agents.operations.postings import post_staff
from audits.eligibility import may_review
from audits.models import SampleReview
from audits.operations.sample_giving import GivingRefused
from audits.operations.sample_reviews import ReviewRefused, give_items, give_to, key_field
from customers.choices import GrantSource
from customers.operations.grants import grant_customer
from tests.factories import (
    AT,
    TODAY,
    head_office,
    make_agency,
    make_branch,
    make_correction,
    make_customer,
    make_finding,
    make_outlet,
    make_party,
    make_policy,
    make_seller,
    make_staff,
    resident_id,
)
from tests.sampling.scenes import given_to, holder_of, make_plan, make_run
from workplace.choices import Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def policy(here, bank):
    return make_policy(
        holder=make_customer(home_branch=here),
        seller=make_seller(branch=here, staff_no="S-77"),
        agency=bank,
        outlet=make_outlet(branch=make_branch()),
        agency_branch=make_outlet(level=OutletLevel.BRANCH),
    )


@pytest.fixture
def item(policy):
    return make_run([policy]).items.get()


def test_a_clerk_of_another_branch_may_review(item, clerk_elsewhere):
    assert may_review(clerk_elsewhere.fresh(), item, today=TODAY) == ""


def test_compliance_at_the_head_office_may_review(item, compliance):
    assert may_review(compliance.fresh(), item, today=TODAY) == ""


def test_who_may_not_review_samples_at_all_does_not(item, partner):
    assert may_review(partner.fresh(), item, today=TODAY) == "Your role may not review samples."


def test_the_seller_does_not_review(item, clerk_elsewhere):
    clerk_elsewhere.staff.staff_no = "S-77"
    clerk_elsewhere.staff.save()
    assert may_review(clerk_elsewhere.fresh(), item, today=TODAY) == "Who sold it cannot review it."


@pytest.mark.parametrize("part", ["proposed_by", "decided_by"])
def test_who_had_a_hand_in_a_correction_does_not_review(item, clerk_elsewhere, manager, part):
    hands = {"proposed_by": manager.staff, "decided_by": make_staff(Role.MANAGER)}
    hands[part] = clerk_elsewhere.staff
    make_correction(customer=holder_of(item.policy), **hands)
    assert "corrected it" in may_review(clerk_elsewhere.fresh(), item, today=TODAY)


def unit_people(item):
    office = make_branch(parent=item.policy.branch, level=BranchLevel.OFFICE)
    yield make_staff(Role.CLERK, branch=item.policy.branch), "the audited branch"
    yield make_staff(Role.COMPLIANCE, branch=item.policy.branch, post=Post.COMPLIANCE), "its compliance"
    yield make_staff(Role.CLERK, branch=office), "an office of it"
    yield make_staff(Role.MANAGER, branch=item.policy.branch.parent), "the line above it"
    yield make_staff(Role.CLERK, agency=item.policy.agency), "the agency"
    yield make_staff(Role.CLERK, agency=item.policy.outlet.agency), "the agency of the outlet"
    yield make_staff(Role.CLERK, agency=item.policy.agency_branch.agency), "that of the agency branch"
    yield make_staff(Role.CLERK, branch=item.policy.outlet.branch), "the branch that serves the outlet"


def test_nobody_of_the_audited_unit_reviews(item):
    found = {who: may_review(staff, item, today=TODAY) for staff, who in unit_people(item)}
    assert set(found.values()) == {"Who works in the audited unit cannot review it."}


def test_compliance_of_the_province_audits_the_branches_below(item):
    officer = make_staff(Role.COMPLIANCE, branch=item.policy.branch.parent, post=Post.COMPLIANCE)
    assert may_review(officer, item, today=TODAY) == ""


def test_a_child_asks_for_a_right_of_its_own(item, clerk_elsewhere, compliance):
    born = date(2020, 5, 1)
    child = make_customer(
        home_branch=item.policy.branch, id_no=resident_id(born=born), birth_date=born.isoformat()
    )
    make_party(policy=item.policy, customer=child, role="insured")
    assert "child" in may_review(clerk_elsewhere.fresh(), item, today=TODAY)
    assert may_review(compliance.fresh(), item, today=TODAY) == ""


def test_items_go_to_those_who_may_by_load(here, elsewhere, clerk, clerk_elsewhere):
    other = make_staff(Role.CLERK, branch=elsewhere)
    policies = [make_policy(holder=make_customer(home_branch=here)) for _ in range(4)]
    run = make_run(policies, reviewers=[clerk.staff, clerk_elsewhere.staff, other])
    assert give_items(run=run, actor=None, at=AT).reviews == 4
    assert give_items(run=run, actor=None, at=AT).reviews == 0
    shares = {who: SampleReview.objects.filter(reviewer=who).count() for who in (clerk.staff, other)}
    assert shares == {clerk.staff: 0, other: 2}
    assert clerk_elsewhere.fresh().pk in SampleReview.objects.values_list("reviewer", flat=True)


def test_an_item_that_nobody_may_review_is_said_so(here, clerk):
    policy = make_policy(holder=make_customer(home_branch=here))
    run = make_run([policy], reviewers=[clerk.staff])
    assert give_items(run=run, actor=None, at=AT).left == [policy.number]


def test_the_second_round_goes_to_another_and_is_the_same_share_each_time(here, elsewhere):
    pair = [make_staff(Role.CLERK, branch=elsewhere), make_staff(Role.CLERK, branch=elsewhere)]
    version = make_plan(reviewers=pair, second_share="0.5")
    run = make_run([make_policy(holder=make_customer(home_branch=here)) for _ in range(4)], version=version)
    give_items(run=run, actor=None, at=AT)
    give_items(run=run, actor=None, at=AT)
    rounds = SampleReview.objects.values_list("item", "round", "reviewer")
    assert sorted(turn for _item, turn, _who in rounds) == [1, 1, 1, 1, 2, 2]
    for item in run.items.filter(reviews__round=2):
        assert item.reviews.values("reviewer").distinct().count() == 2


def test_the_share_that_is_reviewed_twice_does_not_grow_while_items_are_decided(here, elsewhere, clerk):
    three = [make_staff(Role.CLERK, branch=elsewhere) for _number in range(3)]
    version = make_plan(reviewers=three, second_share="0.5")
    run = make_run([make_policy(holder=make_customer(home_branch=here)) for _ in range(4)], version=version)
    give_items(run=run, actor=None, at=AT)
    decided = run.items.filter(reviews__round=2)
    SampleReview.objects.filter(item__in=decided).update(state="open")
    SampleReview.objects.filter(item__in=decided).update(state="done", outcome="right", done_at=AT)
    decided.update(outcome="right", decided_at=AT)

    assert give_items(run=run, actor=None, at=AT).reviews == 0


def test_a_new_customer_without_a_finding_needs_no_person(here, clerk_elsewhere):
    good, bad = make_customer(home_branch=here), make_customer(home_branch=here)
    make_finding(customer=bad)
    run = make_run([good, bad], purpose="newcomers", reviewers=[clerk_elsewhere.staff])
    assert give_items(run=run, actor=None, at=AT).reviews == 1
    assert dict(run.items.values_list("key", "outcome")) == {good.number: "right", bad.number: "pending"}


def test_given_by_hand_to_one_who_may_not_is_refused(item, clerk, compliance):
    with pytest.raises(GivingRefused, match="audited unit"):
        give_to(item=item, reviewer=clerk.fresh(), actor=compliance.fresh(), at=AT)


def test_given_by_hand_it_leaves_the_other_hands(item, clerk_elsewhere, elsewhere, compliance):
    first = given_to(clerk_elsewhere.staff, item)
    other = make_staff(Role.CLERK, branch=elsewhere)
    give_to(item=item, reviewer=other, actor=compliance.fresh(), at=AT)
    first.refresh_from_db()
    assert first.state == "void"
    with pytest.raises(ReviewRefused, match="not in your hands"):
        key_field(review=first, role="holder", field="name", typed="段", actor=clerk_elsewhere.fresh(), at=AT)


def test_no_grant_opens_what_comes_from_ones_own_unit(item, clerk):
    review = given_to(clerk.staff, item)
    grant_customer(
        staff=clerk.staff,
        customer=holder_of(item.policy),
        source=GrantSource.SAMPLE,
        source_id=item.pk,
        actor=None,
        at=AT,
        expires_at=None,
    )
    assert not SampleReview.objects.visible_to(clerk.fresh()).exists()
    with pytest.raises(ReviewRefused, match="audited unit"):
        key_field(review=review, role="holder", field="name", typed="段", actor=clerk.fresh(), at=AT)


def test_who_came_to_the_unit_meanwhile_loses_the_item(here, bank):
    agency = make_agency(branch=make_branch())
    moved = make_staff(Role.CLERK, branch=make_branch(parent=head_office()))
    item = make_run([make_policy(holder=make_customer(), agency=agency)]).items.get()
    given_to(moved, item)
    assert SampleReview.objects.visible_to(moved).count() == 1
    post_staff(
        staff=moved,
        agency=agency,
        branch=None,
        post=Post.LIAISON,
        valid_from=date(2026, 1, 1),
        actor=None,
        at=AT,
    )
    assert not SampleReview.objects.visible_to(type(moved).objects.get(pk=moved.pk)).exists()
