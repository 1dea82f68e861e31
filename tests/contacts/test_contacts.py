"""Contacts belong to the customer: at what is on file, counted over all people, never against a wish."""

from datetime import timedelta

import pytest
from django.urls import reverse

from audits.contact_log import attempts_on_policy
from audits.models import Rectification, RectificationSettings
from audits.operations.contacts import contact_customer, contact_for_rectification
from audits.operations.moving import MOVED, movable
from audits.operations.rectifications import assign_rectification
from audits.operations.sweep import resweep_subjects
from audits.transitions import StepRefused
from customers.choices import ContactChannel, ContactPoint, ContactResult
from customers.contacts import ContactRules, standing_of
from customers.models import ContactAttempt, Customer, DoNotDisturb, FailedContact
from customers.operations.contacts import ContactRefused, ask_for_quiet, end_quiet, record_contact
from customers.operations.corrections import correct_customer
from policies.models import Policy
from tests.factories import AT, TODAY, make_customer, make_form, make_policy, make_seller, mobile
from tests.rectification.scenes import given
from workplace.models import AccessLog

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
RULES = ContactRules(per_week=3, calls_before_visit=3)
CALL, VISIT, LETTER = ContactChannel.CALL, ContactChannel.VISIT, ContactChannel.LETTER
NO_ANSWER, REACHED = ContactResult.NO_ANSWER, ContactResult.REACHED


@pytest.fixture
def customer(here):
    return make_customer(home_branch=here, mobile=mobile(), name="欧阳思远")


def tried(customer, who, *, days=0, channel=CALL, result=NO_ANSWER, **said):
    return record_contact(
        customer=customer, channel=channel, result=result, rules=RULES, actor=who.fresh(),
        at=AT + days * DAY, **said,
    )  # fmt: skip


def test_it_goes_to_the_number_on_file_and_feeds_the_failures(customer, clerk):
    attempt = tried(customer, clerk, note="晚上再打")
    assert (attempt.point, attempt.outcome, attempt.by) == (ContactPoint.MOBILE, "failed", clerk.staff)
    failing = FailedContact.objects.get(customer=customer)
    assert (failing.point, failing.key, failing.failures) == ("mobile", attempt.key, 1)
    tried(customer, clerk, days=1, result=REACHED)
    assert not FailedContact.objects.filter(customer=customer).exists()


def test_a_letter_sent_neither_fails_nor_mends(customer, clerk):
    tried(customer, clerk)
    sent = tried(customer, clerk, days=1, channel=ContactChannel.SMS, result=ContactResult.SENT)
    assert sent.outcome == ""
    assert FailedContact.objects.get(customer=customer).failures == 1


@pytest.mark.parametrize("note", ["打13826740001", "改打 138 2674 0001", "座机0571-88886666"])
def test_another_number_needs_a_change_first(note, customer, clerk):
    with pytest.raises(ContactRefused):
        tried(customer, clerk, note=note)


def test_nothing_on_file_nothing_to_call(here, clerk):
    with pytest.raises(ContactRefused):
        tried(make_customer(home_branch=here, mobile=""), clerk)


@pytest.mark.parametrize(
    "said", [{"result": "sent"}, {"channel": "debit"}, {"tried_at": AT + DAY}, {"tried_at": AT - 40 * DAY}]
)
def test_what_cannot_be_is_refused(said, customer, clerk):
    with pytest.raises(ContactRefused):
        tried(customer, clerk, **said)
    assert not ContactAttempt.objects.exists()


def test_the_cap_counts_everybodys_contacts(customer, clerk, manager):
    tried(customer, clerk)
    tried(customer, manager, days=1)
    tried(customer, clerk, days=2, channel=LETTER, result=ContactResult.SENT)
    with pytest.raises(ContactRefused) as refusal:
        tried(customer, manager, days=3)
    assert clerk.staff.name in str(refusal.value)
    tried(customer, clerk, days=3, asked="客户来电要求回电")
    assert ContactAttempt.objects.order_by("-id")[0].reason == "客户来电要求回电"
    tried(customer, clerk, days=12)


def test_what_reached_nobody_disturbed_nobody(customer, clerk):
    for days in range(4):
        tried(customer, clerk, days=days, result=ContactResult.WRONG)
    tried(customer, clerk, days=4)


def test_three_failed_calls_ask_for_a_visit_which_the_cap_lets_pass(customer, clerk):
    for days in range(3):
        assert not standing_of(customer, rules=RULES, at=AT + days * DAY).visit_asked
        tried(customer, clerk, days=days)
    after = AT + 3 * DAY
    assert standing_of(customer, rules=RULES, at=after).visit_asked
    tried(customer, clerk, days=3, channel=VISIT)
    assert not standing_of(customer, rules=RULES, at=after).visit_asked
    with pytest.raises(ContactRefused):
        tried(customer, clerk, days=3, channel=VISIT)


def test_do_not_disturb_holds_by_way_and_by_day(customer, clerk):
    ask_for_quiet(
        customer=customer, channel=CALL, until=TODAY + 3 * DAY, reason="住院", actor=clerk.fresh(), at=AT
    )
    with pytest.raises(ContactRefused) as refusal:
        tried(customer, clerk)
    assert "住院" in str(refusal.value)
    assert clerk.staff.name in str(refusal.value)
    assert (TODAY + 3 * DAY).isoformat() in str(refusal.value)
    tried(customer, clerk, channel=LETTER, result=ContactResult.SENT)
    tried(customer, clerk, days=4)


def test_do_not_disturb_at_all_until_it_ends(customer, clerk):
    quiet = ask_for_quiet(customer=customer, reason="不愿被打扰", actor=clerk.fresh(), at=AT)
    for channel in (CALL, VISIT):
        with pytest.raises(ContactRefused):
            tried(customer, clerk, channel=channel)
    end_quiet(quiet=quiet, actor=clerk.fresh(), at=AT)
    tried(customer, clerk)
    with pytest.raises(ContactRefused):
        end_quiet(quiet=quiet, actor=clerk.fresh(), at=AT)
    assert DoNotDisturb.objects.filter(customer=customer).count() == 1


def test_the_wish_follows_when_customers_are_merged(here, customer, clerk):
    other = make_customer(home_branch=here)
    ended = ask_for_quiet(customer=other, reason="–", actor=clerk.fresh(), at=AT)
    end_quiet(quiet=ended, actor=clerk.fresh(), at=AT)
    wish = ask_for_quiet(customer=customer, reason="不愿被打扰", actor=clerk.fresh(), at=AT)
    place = next(one for one in MOVED if one.model == "customers.DoNotDisturb")
    assert list(movable(place, customer, other)) == [wish]
    ask_for_quiet(customer=other, reason="–", actor=clerk.fresh(), at=AT)
    assert list(movable(place, customer, other)) == []


def test_the_history_shows_on_the_customer_and_on_every_policy(here, customer, clerk):
    policies = [make_policy(holder=customer, seller=make_seller(branch=here)) for _n in range(2)]
    tried(customer, clerk, note="约好周五回电")
    addresses = [reverse("customer", args=[customer.pk])]
    addresses += [reverse("policy", args=[one.pk]) for one in policies]
    for address in addresses:
        text = clerk.client.get(address).content.decode()
        assert "约好周五回电" in text, address
        assert customer.mobile not in text
        assert "欧阳思远" not in text


def test_a_stranger_on_the_policy_shows_nothing(here, customer, clerk, clerk_elsewhere):
    policy = make_policy(holder=customer, seller=make_seller(branch=here))
    tried(customer, clerk)
    assert len(attempts_on_policy(policy.pk, clerk.fresh())) == 1
    assert attempts_on_policy(policy.pk, clerk_elsewhere.fresh()) == []
    assert Policy.objects.filter(pk=policy.pk).exists()


@pytest.mark.parametrize("name", ["note_contact", "do_not_disturb"])
def test_out_of_scope_is_not_found(name, customer, clerk_elsewhere, partner):
    posted = {"way": "call:reached", "reason": "–"}
    assert clerk_elsewhere.client.post(reverse(name, args=[customer.pk]), posted).status_code == 404
    assert partner.client.post(reverse(name, args=[customer.pk]), posted).status_code == 403
    assert not ContactAttempt.objects.exists()


def test_by_the_page_a_contact_is_noted_and_quiet_asked_for(customer, clerk):
    clerk.client.post(reverse("note_contact", args=[customer.pk]), {"way": "call:reached", "note": "核对"})
    assert ContactAttempt.objects.get().result == REACHED
    clerk.client.post(reverse("do_not_disturb", args=[customer.pk]), {"channel": "", "reason": "不愿被打扰"})
    quiet = DoNotDisturb.objects.get()
    shown = clerk.client.get(reverse("customer", args=[customer.pk])).content.decode()
    assert "不愿被打扰" in shown
    clerk.client.post(reverse("disturb_again", args=[quiet.pk]))
    assert DoNotDisturb.objects.get().ended_at is not None


def test_for_a_rectification_it_is_the_first_reply(here, clerk, manager):
    found = given(here, clerk, manager)
    contact_for_rectification(
        rectification=found, channel=CALL, result=REACHED, note="已核对", actor=clerk.fresh(), at=AT
    )
    found.refresh_from_db()
    assert found.replied_at == AT
    attempt = ContactAttempt.objects.get()
    assert (attempt.origin, attempt.customer) == (f"rectification:{found.pk}", found.customer)
    with pytest.raises(StepRefused):
        contact_for_rectification(
            rectification=found, channel=CALL, result=REACHED, actor=manager.fresh(), at=AT
        )


def test_the_call_list_masks_and_prints_in_full_with_a_line_in_the_log(here, clerk, manager):
    found = given(here, clerk, manager)
    page = reverse("call_list")
    number = found.customer.mobile
    assert number not in clerk.client.get(page).content.decode()
    assert found.number in clerk.client.get(page).content.decode()
    printed = clerk.client.post(page)
    assert number in printed.content.decode()
    assert printed["Cache-Control"] == "no-store"
    look = AccessLog.objects.get(access="print")
    assert (look.record_id, look.purpose, look.staff_id) == (
        found.customer_id,
        "customer_contact",
        clerk.staff.pk,
    )
    assert found.number not in manager.client.get(page).content.decode()


def test_the_call_list_leaves_out_who_was_met_and_keeps_apart_who_wants_quiet(here, clerk, manager):
    quiet, met = given(here, clerk, manager), given(here, clerk, manager)
    ask_for_quiet(customer=quiet.customer, reason="住院", actor=clerk.fresh(), at=AT)
    tried(met.customer, clerk, days=0, result=REACHED)
    text = clerk.client.get(reverse("call_list")).content.decode()
    assert "住院" in text
    assert quiet.number not in text
    assert met.number not in text


def test_the_settings_say_how_often(here, customer, clerk):
    RectificationSettings.objects.filter(pk=1).update(contacts_per_week=1)
    for _n in range(2):
        clerk.client.post(reverse("note_contact", args=[customer.pk]), {"way": "call:no_answer"})
    assert ContactAttempt.objects.count() == 1


def test_a_number_that_the_form_contradicts_is_not_dialled_before_it_is_put_right(here, clerk, manager):
    customer = make_customer(home_branch=here, mobile=mobile(), landline="0571-87654012", address="")
    policy = make_policy(holder=customer, seller=make_seller(branch=here))
    make_form(policy=policy, says={"holder.mobile": "13920461857"}, received_on=TODAY)
    resweep_subjects(customer_ids=[customer.pk], policy_ids=[policy.pk], at=AT, actor=None)
    for found in Rectification.objects.all():
        assign_rectification(rectification=found, owner=clerk.fresh(), actor=manager.fresh(), at=AT)
    said = {"way": "call:no_answer", "point": "", "note": "", "asked": ""}

    clerk.client.cookies["django_language"] = "en"
    page = clerk.client.post(reverse("note_contact", args=[customer.pk]), said, follow=True)

    assert "The application form names another number" in str(next(iter(page.context["messages"])))
    assert not ContactAttempt.objects.exists()
    listed = clerk.client.get(reverse("call_list")).context
    assert [[label for label, _number in phones] for _one, phones in listed["lines"]] == [["Landline"]]
    call = {"customer": customer, "channel": CALL, "result": NO_ANSWER, "actor": clerk.fresh(), "at": AT}
    assert contact_customer(**call, point=ContactPoint.LANDLINE).point == ContactPoint.LANDLINE
    correct_customer(
        customer=Customer.objects.get(pk=customer.pk),
        values={"mobile": "13920461857"},
        actor=manager.fresh(),
        at=AT + DAY,
        expected_version=Customer.objects.get(pk=customer.pk).version,
    )
    resweep_subjects(customer_ids=[customer.pk], policy_ids=[policy.pk], at=AT + DAY, actor=None)
    mended = {**call, "customer": Customer.objects.get(pk=customer.pk), "at": AT + DAY}
    assert contact_customer(**mended, point=ContactPoint.MOBILE).point == ContactPoint.MOBILE
