"""A review from the first contact to its outcome, and what follows where two people differ."""

from datetime import timedelta

import pytest
from django.urls import reverse

from audits.models import Finding, Rectification, SampleReview
from audits.operations.sample_giving import hand_back
from audits.operations.sample_reviews import (
    ReviewRefused,
    adjudicate,
    contact_for_review,
    finish_review,
    give_items,
    key_field,
    prove,
)
from audits.sample_reviews import agreement_of, places_of
from customers.models import CustomerGrant
from customers.operations.contacts import ContactRefused
from tests.factories import AT, make_customer, make_finding, make_policy, make_staff
from tests.personas import log_in
from tests.rectification.scenes import image
from tests.sampling.scenes import given_to, holder_of, make_checklist, make_plan, make_run, with_form
from workplace.choices import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
HOUR = timedelta(hours=1)


@pytest.fixture
def pair(elsewhere, clerk_elsewhere):
    return clerk_elsewhere.staff, make_staff(Role.CLERK, branch=elsewhere, name="远复核")


def fresh(staff):
    return type(staff).objects.get(pk=staff.pk)


def typed_all(review, **other):
    """Every field as the system has it, but for those named."""
    customer = holder_of(review.item.policy)
    for role, field in places_of(review.item):
        held = other.get(field) or str(getattr(customer, field) or "")
        said = {"role": role, "field": field, "typed": held, "verdict": "" if held else "absent"}
        key_field(review=review, **said, actor=fresh(review.reviewer), at=AT)


def finish(review, **said):
    return finish_review(review=review, actor=fresh(review.reviewer), at=AT, **said)


def calls(review, *results, channel="call", at=AT):
    for number, result in enumerate(results):
        contact_for_review(
            review=review,
            channel=channel,
            result=result,
            asked="客户约定",
            tried_at=at - timedelta(minutes=number + 1),
            actor=fresh(review.reviewer),
            at=at,
        )


# -- form against system ---------------------------------------------------------------------------


def test_what_agrees_in_every_field_is_right_and_opens_nothing(policy, pair):
    review = given_to(pair[0], make_run([policy]).items.get())
    typed_all(review)
    assert finish(review).outcome == "right"
    review.item.refresh_from_db()
    assert (review.item.outcome, review.item.decided_at) == ("right", AT)
    assert not Finding.objects.exists()


def test_one_field_that_differs_becomes_a_rectification(policy, pair):
    review = given_to(pair[0], make_run([policy]).items.get())
    typed_all(review, mobile="13826740001")
    finish(review)
    finding = Finding.objects.get()
    assert (finding.rule, finding.severity, finding.source) == ("PO-001", "BLOCK", "sample")
    assert Rectification.objects.get(pk=finding.rectification_id).customer == holder_of(policy)
    assert review.fields.get(field="mobile").finding == finding


def test_an_insured_of_ones_own_is_not_typed_twice(policy, pair):
    item = make_run([policy]).items.get()
    assert {role for role, _field in places_of(item)} == {"holder"}


# -- the checklist ---------------------------------------------------------------------------------


def test_every_question_is_answered_and_a_no_makes_it_wrong(policy, pair):
    version = make_plan(purpose="seller", checklist=make_checklist([("real", "销售人员姓名是否真实完整")]))
    review = given_to(pair[0], make_run([policy], version=version).items.get())
    for role, field in places_of(review.item):
        held = getattr(policy, field)
        key_field(review=review, role=role, field=field, typed=held, actor=fresh(pair[0]), at=AT)
    question = version.checklist.items.get()
    with pytest.raises(ReviewRefused, match="Answer each question"):
        finish(review)
    assert finish(review, answers={question.pk: ("no", "")}, note="签名与登记不符").outcome == "false"
    assert review.answers.get().answer == "no"


def asked_in_words(policy, pair, **said):
    checklist = make_checklist([("remark", "其他发现")], in_words="remark", **said)
    version = make_plan(purpose="seller", checklist=checklist)
    review = given_to(pair[0], make_run([policy], version=version).items.get())
    for role, field in places_of(review.item):
        held = getattr(policy, field)
        key_field(review=review, role=role, field=field, typed=held, actor=fresh(pair[0]), at=AT)
    return review, checklist.items.get().pk


@pytest.mark.parametrize(("text", "answer"), [("", "none"), ("封面有涂改", "yes")])
def test_a_remark_is_its_words_and_decides_nothing(policy, pair, text, answer):
    review, question = asked_in_words(policy, pair)
    assert finish(review, answers={question: ("no", text)}).outcome == "right"
    assert (review.answers.get().answer, review.answers.get().text) == (answer, text)


@pytest.mark.parametrize(("text", "read"), [("", "–"), ("封面有涂改", "封面有涂改")])
def test_who_reads_the_review_reads_no_yes_or_no_in_a_remark(policy, pair, compliance, text, read):
    review, question = asked_in_words(policy, pair)
    finish(review, answers={question: ("", text)})
    page = compliance.client.get(reverse("sample_item", args=[review.item_id])).content.decode()
    assert f"<li>其他发现：{read}</li>" in page


@pytest.mark.parametrize("text", ["二月", "2026-02-30"])
def test_a_day_is_one(policy, pair, text):
    review, question = asked_in_words(policy, pair, kind="date")
    with pytest.raises(ReviewRefused, match="Write"):
        finish(review, answers={question: ("", text)})
    assert finish(review, answers={question: ("", "2026-02-28")}).outcome == "right"


# -- truth by contact ------------------------------------------------------------------------------


@pytest.fixture
def asked(policy, pair):
    return given_to(pair[0], make_run([policy], purpose="truth").items.get())


def born(review, day=None):
    told = day or holder_of(review.item.policy).birth_date.isoformat()
    key_field(review=review, role="told", field="birth_date", typed=told, actor=fresh(review.reviewer), at=AT)


def test_true_needs_a_contact_and_the_full_birth_date(asked):
    with pytest.raises(ReviewRefused, match="was reached"):
        finish(asked, truth="true")
    calls(asked, "reached")
    with pytest.raises(ReviewRefused, match="full birth date"):
        finish(asked, truth="true")
    born(asked)
    done = finish(asked, truth="true")
    assert (done.outcome, done.item.outcome) == ("right", "right")


def test_another_birth_date_is_not_the_customer(asked):
    calls(asked, "reached")
    born(asked, "1971-01-01")
    with pytest.raises(ReviewRefused, match="not the customer"):
        finish(asked, truth="changed", note="已换号")
    assert finish(asked, truth="false", note="接听者不是本人").outcome == "false"


def test_a_number_of_somebody_else_is_false_without_reaching_anybody(asked):
    calls(asked, "wrong")
    assert finish(asked, truth="false", note="号码为他人所有").outcome == "false"
    assert Finding.objects.get().rule == "SV-001"


def test_nobody_reached_is_said_after_calls_a_visit_and_a_letter(asked):
    for step in ("Call", "After the calls comes a visit", "After the visit comes a letter"):
        with pytest.raises(ReviewRefused, match=step):
            finish(asked, truth="unreachable")
        if step == "Call":
            calls(asked, "no_answer", "busy", "no_answer")
        elif "calls" in step:
            calls(asked, "moved", channel="visit")
        else:
            calls(asked, "sent", channel="letter")
    done = finish(asked, truth="unreachable")
    assert (done.outcome, done.item.outcome) == ("", "no_contact")
    assert not Finding.objects.exists()


def test_another_number_is_not_even_noted(asked):
    with pytest.raises(ContactRefused, match="Only the number on file is called"):
        contact_for_review(
            review=asked,
            channel="call",
            result="reached",
            note="改拨 13712345678",
            actor=fresh(asked.reviewer),
            at=AT,
        )


def test_the_script_shows_the_number_on_file_and_no_birth_date(asked, clerk_elsewhere):
    customer = holder_of(asked.item.policy)
    with_form(asked.item.policy, asked.reviewer, mobile="13826749999")
    page = clerk_elsewhere.client.get(reverse("sample_item", args=[asked.item_id])).content.decode()
    assert customer.mobile in page
    assert "13826749999" not in page
    assert customer.birth_date.isoformat() not in page
    assert customer.id_no not in page


def test_sight_of_the_customer_lasts_as_long_as_the_review(asked):
    calls(asked, "wrong")
    assert CustomerGrant.objects.get().ended_at is None
    finish(asked, truth="false", note="他人号码")
    assert CustomerGrant.objects.get().ended_at == AT


# -- images, new customers -------------------------------------------------------------------------


def test_a_required_image_that_is_not_there_is_missing(policy, pair):
    review = given_to(pair[0], make_run([policy], purpose="images").items.get())
    assert places_of(review.item) == [("holder", "image_front"), ("holder", "image_back")]
    for (role, field), verdict in zip(places_of(review.item), ("same", "absent"), strict=True):
        key_field(review=review, role=role, field=field, verdict=verdict, actor=fresh(pair[0]), at=AT)
    assert finish(review).outcome == "missing"
    assert Finding.objects.get().rule == "IMG-001"


def test_the_page_of_a_household_register_shows_its_date(here, pair):
    holder = make_customer(home_branch=here, id_type="household_register", id_valid_from="2015-06-15")
    item = make_run([make_policy(holder=holder)], purpose="images").items.get()
    review = given_to(pair[0], item)
    assert places_of(item) == [("holder", "image_page"), ("holder", "registered_on")]
    step = {"review": review, "role": "holder", "actor": fresh(pair[0]), "at": AT}
    key_field(**step, field="image_page", verdict="same")
    assert key_field(**step, field="registered_on", typed="2015年6月15日").verdict == "same"


def test_a_new_customer_is_right_once_nothing_is_open(here, pair):
    customer = make_customer(home_branch=here)
    finding = make_finding(customer=customer, kind="missing")
    run = make_run([customer], purpose="newcomers", reviewers=pair)
    give_items(run=run, actor=None, at=AT)
    review = SampleReview.objects.get()
    assert finish(review, note="证件号缺失").outcome == "missing"
    assert Finding.objects.get(pk=finding.pk).state == "open"


# -- two people ------------------------------------------------------------------------------------


@pytest.fixture
def twice(policy, pair):
    item = make_run([policy]).items.get()
    return given_to(pair[0], item), given_to(pair[1], item, round=2)


def test_the_item_waits_for_both_rounds(twice):
    typed_all(twice[0])
    finish(twice[0])
    twice[0].item.refresh_from_db()
    assert twice[0].item.outcome == "pending"
    typed_all(twice[1])
    assert finish(twice[1]).item.run.items.get().outcome == "right"
    assert agreement_of(twice[0].item.run).same == 1


def test_where_two_differ_the_worse_counts_until_a_third_decides(twice, compliance, clerk):
    typed_all(twice[0], mobile="13826740001")
    finish(twice[0])
    typed_all(twice[1])
    finish(twice[1])
    item, run = twice[0].item, twice[0].item.run
    item.refresh_from_db()
    assert item.outcome == "false"
    assert not Finding.objects.exists()
    assert [one.pk for one in agreement_of(run).differ] == [item.pk]

    with pytest.raises(ReviewRefused, match="role"):
        adjudicate(item=item, outcome="false", note="看影像", actor=clerk.fresh(), at=AT)
    adjudicate(item=item, outcome="false", note="影像为他号", actor=compliance.fresh(), at=AT)
    assert Finding.objects.get().rule == "PO-001"
    assert agreement_of(run).differ == []
    assert agreement_of(run).same == 0


def test_the_second_reviewer_sees_nothing_of_the_first(twice, clerk_elsewhere):
    typed_all(twice[0], name="赵六六")
    finish(twice[0], note="首轮备注")
    proved = twice[1]
    page = log_in(proved.reviewer).client.get(reverse("sample_item", args=[proved.item_id])).content.decode()
    for told in ("赵六六", "首轮备注", clerk_elsewhere.staff.name):
        assert told not in page
    assert SampleReview.objects.visible_to(fresh(proved.reviewer)).get() == proved


def test_kappa_is_of_all_that_two_people_finished(here, pair):
    policies = [make_policy(holder=make_customer(home_branch=here)) for _ in range(4)]
    run = make_run(policies)
    for number, item in enumerate(run.items.order_by("place")):
        first, second = given_to(pair[0], item), given_to(pair[1], item, round=2)
        typed_all(first, **({"mobile": "13826740001"} if number < 2 else {}))
        finish(first)
        typed_all(second, **({"mobile": "13826740001"} if number < 1 else {}))
        finish(second)
    found = agreement_of(run)
    assert (found.twice, found.same, round(found.kappa, 3)) == (4, 3, 0.5)


# -- out of one's hands ----------------------------------------------------------------------------


def test_handed_back_it_goes_to_another_and_stays_in_the_sample(policy, pair):
    run = make_run([policy], version=make_plan(reviewers=pair))
    give_items(run=run, actor=None, at=AT)
    review = SampleReview.objects.get()
    hand_back(review=review, reason="与客户相识", actor=fresh(review.reviewer), at=AT)
    assert SampleReview.objects.exclude(state="void").get().reviewer != review.reviewer
    assert run.items.get().outcome == "pending"


def test_evidence_stays_with_the_review(policy, pair):
    review = given_to(pair[0], make_run([policy]).items.get())
    step = {"review": review, "actor": fresh(pair[0]), "at": AT}
    kept = prove(**step, name="签字页.png", content=image(), note="签字页")
    assert (kept.added_by, kept.file.purpose) == (pair[0], "sample")


def test_a_withdrawn_draw_is_reviewed_no_more(policy, pair, compliance):
    run = make_run([policy])
    review = given_to(pair[0], run.items.get())
    run.state, run.withdrawn_by, run.withdrawn_at = "withdrawn", compliance.staff, AT
    run.withdrawal_reason = "重复"
    run.save()
    with pytest.raises(ReviewRefused, match="not being reviewed"):
        key_field(review=review, role="holder", field="name", typed="段", actor=fresh(pair[0]), at=AT)
