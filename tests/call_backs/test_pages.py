"""The queue of call-backs: within one's scope, masked, narrowed, and from one call to the next."""

import pytest
from django.urls import reverse
from django.utils import timezone

from audits.models import CallBack, Finding
from audits.operations.call_backs import keep_call_backs
from customers.models import Customer
from tests.call_backs.scenes import BORN, DAY, called, sold
from tests.factories import make_branch
from workplace.models import AccessLog

pytestmark = pytest.mark.django_db


@pytest.fixture
def today_():
    """Pages read the clock."""
    return timezone.localdate()


def opened(branch, today, *, left, **values):
    """Its cooling-off ends in so many days."""
    policy = sold(branch, issued_on=today - (15 - left) * DAY, **values)
    keep_call_backs(at=timezone.now())
    return CallBack.objects.get(policy=policy)


def shown(who, **given):
    page = who.client.get(reverse("call_backs"), given)
    return [line.found.pk for line in page.context["lines"]]


def test_soonest_first_with_the_days_that_are_left(here, clerk, today_):
    later, sooner, over = (opened(here, today_, left=left) for left in (9, 2, -1))
    page = clerk.client.get(reverse("call_backs"), headers={"accept-language": "en"})
    lines = page.context["lines"]
    assert [(line.found.pk, line.days) for line in lines] == [(over.pk, -1), (sooner.pk, 2), (later.pk, 9)]
    assert page.context["numbers"] == {"all": 3, "soon": 1, "unreached": 0, "visit": 2, "overdue": 1}


def test_it_is_narrowed_by_days_state_and_branch(here, clerk, today_):
    office = make_branch(parent=here, level="office")
    late, soon, far = (opened(office if left == 6 else here, today_, left=left) for left in (-2, 6, 12))
    assert shown(clerk, tab="soon", days="7") == [soon.pk]
    assert shown(clerk, tab="overdue") == [late.pk]
    assert shown(clerk, tab="visit") == [late.pk]
    assert shown(clerk, branch=office.pk) == [soon.pk]
    clerk.client.post(reverse("call_back_made", args=[far.pk]), {"channel": "call", "result": "no_answer"})
    assert shown(clerk, tab="unreached") == [far.pk]
    called(soon, clerk, "confirmed")
    assert shown(clerk, tab="done") == [soon.pk]


def test_the_list_goes_on_where_it_ended(here, clerk, today_, monkeypatch):
    rows = [opened(here, today_, left=5 + turn // 2) for turn in range(5)]
    monkeypatch.setattr("workplace.paging.day_page.__kwdefaults__", {"day": "due_on", "size": 2})
    first = clerk.client.get(reverse("call_backs"))
    second = clerk.client.get(reverse("call_backs"), {"after": first.context["older"]})
    seen = [line.found.pk for page in (first, second) for line in page.context["lines"]]
    assert seen == [row.pk for row in rows[:4]]
    assert shown(clerk, after="nonsense") == seen[:2]


def test_whoever_is_elsewhere_sees_none_of_it(here, clerk, clerk_elsewhere, outsider, partner, today_):
    found = opened(here, today_, left=5)
    assert shown(clerk) == [found.pk]
    for who in (clerk_elsewhere, outsider):
        assert shown(who) == []
        assert who.client.get(reverse("call_back", args=[found.pk])).status_code == 404
        assert who.client.post(reverse("call_back_made", args=[found.pk])).status_code == 404
        assert who.client.get("/badges/").json()["call_backs"]["count"] == 0
    assert partner.client.get(reverse("call_backs")).status_code == 403


def test_the_badge_counts_what_waits_and_says_what_is_late(here, clerk, today_):
    for left in (5, -1):
        opened(here, today_, left=left)
    badge = clerk.client.get("/badges/").json()["call_backs"]
    assert (badge["count"], badge["urgent"]) == (2, True)


def test_who_calls_reads_the_number_and_never_the_birth_date(here, clerk, auditor, today_):
    found = opened(here, today_, left=5)
    holder = Customer.objects.get()
    address = reverse("call_back", args=[found.pk])
    page = clerk.client.get(address).content.decode()
    assert holder.mobile in page
    assert [born for born in (BORN, "1972年3月9日", holder.id_no) if born in page] == []
    assert AccessLog.objects.filter(record_kind="customer", record_id=holder.pk, access="open").count() == 1
    read = auditor.client.get(address).content.decode()
    assert (holder.mobile in read, holder.name in read) == (False, False)
    listed = clerk.client.get(reverse("call_backs")).content.decode()
    assert (holder.mobile in listed, holder.name in listed) == (False, False)


def test_the_next_one_opens_by_itself(here, clerk, today_):
    first, second = (opened(here, today_, left=left) for left in (4, 5))
    said = {"channel": "call", "result": "confirmed", "birth_date": BORN}
    answer = clerk.client.post(reverse("call_back_made", args=[first.pk]), said)
    assert answer.url == reverse("call_back", args=[second.pk])
    answer = clerk.client.post(
        reverse("call_back_made", args=[second.pk]), {"channel": "call", "result": "another"}
    )
    assert answer.url == reverse("call_backs")
    found = Finding.objects.select_related("rectification").get()
    assert found.rule == "PO-003"
    over = clerk.client.get(reverse("call_back", args=[second.pk])).content.decode()
    assert found.rectification.number in over


def test_what_is_refused_is_said_on_the_page(here, clerk, today_):
    found = opened(here, today_, left=5)
    address = reverse("call_back_made", args=[found.pk])
    for said in (
        {},
        {"channel": "letter", "result": "confirmed"},
        {"channel": "call", "result": "confirmed"},
    ):
        answer = clerk.client.post(address, said, follow=True)
        assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert CallBack.objects.get().state != "done"
