"""One call: known by the birth date, in the contact log, asked to be visited in time, with four ends."""

import pytest

from audits.call_backs import attempts_for, holder_of, made_in_time, visit_is_asked
from audits.models import CallBack, Finding, RectificationSettings
from audits.operations.call_backs import CallBackRefused, keep_call_backs, report_missed
from audits.queries import rectification_settings
from customers.models import ContactAttempt
from customers.operations.contacts import ContactRefused, ask_for_quiet
from tests.call_backs.scenes import BORN, DAY, VISIT, called, sold, waiting
from tests.factories import AT, TODAY, make_form, make_seller
from tests.sweep.sweeping import sweep
from workplace.models import Staff

pytestmark = pytest.mark.django_db


def test_a_visit_is_asked_for_after_three_calls_or_three_days_before_the_end():
    settings = RectificationSettings(calls_before_visit=3, visit_days=3)

    def asked(calls, days):
        return visit_is_asked(calls=calls, ends_on=TODAY + days * DAY, today=TODAY, settings=settings)

    assert [asked(2, 4), asked(3, 4), asked(0, 3), asked(0, -1)] == [False, True, True, True]


def test_the_holder_who_says_the_birth_date_confirms_it(here, clerk):
    found = called(waiting(here), clerk, "confirmed", note="逐项回答，均已知悉")
    assert (found.state, found.outcome, found.done_by, found.done_at) == (
        "done",
        "confirmed",
        clerk.staff,
        AT,
    )
    attempt = ContactAttempt.objects.get()
    assert (attempt.channel, attempt.result, attempt.origin) == ("call", "reached", found.origin)
    assert not Finding.objects.exists()


@pytest.mark.parametrize("said", ["", "1972-03-19", "nineteen"])
def test_without_the_right_birth_date_nobody_is_the_holder(here, clerk, said):
    found = waiting(here)
    for result in ("confirmed", "denied"):
        with pytest.raises(CallBackRefused):
            called(found, clerk, result, birth_date=said)
    assert not ContactAttempt.objects.exists()


@pytest.mark.parametrize("said", ["1972年3月9日", "19720309", BORN])
def test_a_birth_date_is_known_however_it_is_written(here, clerk, said):
    assert called(waiting(here), clerk, "confirmed", birth_date=said).outcome == "confirmed"


@pytest.mark.parametrize(
    "result, logged", [("another", "wrong"), ("unknown", "wrong"), ("denied", "reached")]
)
def test_whoever_is_not_the_holder_becomes_a_finding_with_its_rectification(here, clerk, result, logged):
    found = called(waiting(here), clerk, result)
    assert (found.state, found.outcome) == ("done", result)
    assert ContactAttempt.objects.get().result == logged
    finding = Finding.objects.get()
    assert (finding.rule, finding.source, finding.policy, finding.severity) == (
        "PO-003",
        "sample",
        found.policy,
        "ERROR",
    )
    assert finding.rectification is not None
    assert (finding.rectification.state, finding.rectification.branch) == ("open", here)
    sweep()
    finding.refresh_from_db()
    assert finding.state == "open"


def test_three_calls_in_vain_ask_for_a_visit_and_a_visit_in_vain_ends_it(here, clerk):
    found = waiting(here)
    states = [called(found, clerk, "no_answer", days=day).state for day in range(3)]
    assert states == ["unreached", "unreached", "visit"]
    ended = called(found, clerk, "no_answer", days=3, channel=VISIT)
    assert (ended.state, ended.outcome) == ("done", "unreached")
    assert len(attempts_for(ended, holder_of(found.policy))) == 4


def test_a_visit_nobody_asked_for_ends_nothing_in_vain(here, clerk):
    assert called(waiting(here), clerk, "no_answer", channel=VISIT).state == "unreached"


def test_three_days_before_the_end_a_visit_is_asked_for_by_itself(here, clerk):
    found = waiting(here, days_ago=3)
    seen = []
    for day in (8, 9):
        keep_call_backs(at=AT + day * DAY)
        found.refresh_from_db()
        seen.append(found.state)
    assert seen == ["due", "visit"]
    assert called(found, clerk, "confirmed", days=9, channel=VISIT).outcome == "confirmed"


def test_compliance_says_how_many_days_before(here):
    RectificationSettings.objects.update(visit_days=5)
    assert [waiting(here, days_ago=9).state, waiting(here, days_ago=10).state] == ["due", "visit"]
    assert rectification_settings().visit_days == 5


def test_who_refuses_to_talk_was_not_called_back(here, clerk):
    assert called(waiting(here), clerk, "refused").state == "unreached"


def test_what_the_log_refuses_leaves_the_call_back_as_it_was(here, clerk):
    found = waiting(here)
    holder = holder_of(found.policy)
    ask_for_quiet(customer=holder, reason="住院", actor=clerk.fresh(), at=AT)
    with pytest.raises(ContactRefused):
        called(found, clerk, "confirmed")
    assert CallBack.objects.get().state == "due"
    assert called(found, clerk, "confirmed", asked="客户来电要求回访").outcome == "confirmed"


def test_only_the_number_on_file_is_called(here, clerk):
    found = waiting(here)
    with pytest.raises(ContactRefused):
        called(found, clerk, "no_answer", note="打13826740001")
    make_form(policy=found.policy, says={"holder.mobile": "13826740001"})
    sweep()
    assert Finding.objects.filter(rule="PO-001").exists()
    with pytest.raises(ContactRefused):
        called(found, clerk, "confirmed")


def test_who_sold_it_does_not_call_back(here, clerk):
    seller = make_seller(branch=here)
    found = waiting(here, seller=seller)
    Staff.objects.filter(pk=clerk.staff.pk).update(staff_no=seller.staff_no)
    with pytest.raises(CallBackRefused):
        called(found, clerk, "confirmed")


def test_who_cannot_see_it_or_only_reads_cannot_call(here, clerk_elsewhere, auditor):
    found = waiting(here)
    for who in (clerk_elsewhere, auditor):
        with pytest.raises(CallBackRefused):
            called(found, who, "no_answer")


def test_of_two_who_call_at_once_the_second_reads_who_was_first(here, clerk, manager):
    found = waiting(here)
    called(found, clerk, "confirmed")
    with pytest.raises(CallBackRefused) as refusal:
        called(found, manager, "another")
    assert clerk.staff.name in str(refusal.value)
    assert not Finding.objects.exists()


def test_a_policy_without_its_holder_has_nobody_to_call(here, clerk):
    found = waiting(here)
    found.policy.parties.all().delete()
    with pytest.raises(CallBackRefused):
        called(found, clerk, "no_answer")


def missed(found):
    return list(Finding.objects.filter(policy=found.policy).values_list("rule", "kind", "state"))


def test_what_was_not_confirmed_by_the_last_day_becomes_a_finding_once(here, clerk):
    found, confirmed = waiting(here), called(waiting(here), clerk, "confirmed")
    told = [report_missed(at=AT + days * DAY) for days in (12, 13, 14)]
    assert told == [0, 1, 0]
    assert (missed(found), missed(confirmed)) == ([("PO-002", "missing", "open")], [])
    assert Finding.objects.get().rectification is not None
    called(found, clerk, "confirmed", days=14)
    assert missed(found) == [("PO-002", "missing", "open")]


def test_what_came_here_after_its_last_day_accuses_nobody(here):
    found = waiting(here, days_ago=20)
    assert report_missed(at=AT + DAY) == 0
    assert missed(found) == []


def test_the_share_counts_what_the_holder_confirmed_by_the_last_day(here, clerk):
    in_time, late, never, surrendered = (waiting(here, days_ago=days) for days in (12, 12, 12, 12))
    called(in_time, clerk, "confirmed")
    called(late, clerk, "confirmed", days=4)
    CallBack.objects.filter(pk=surrendered.pk).update(state="done", outcome="ended", done_at=AT)
    share = made_in_time(clerk.fresh(), today=TODAY + 5 * DAY)
    assert (share.made, share.of, share.percent) == (1, 3, 33)
    assert made_in_time(clerk.fresh(), today=never.ends_on).of == 0
    assert sold(here).pk
