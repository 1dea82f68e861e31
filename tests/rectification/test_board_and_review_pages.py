"""The manager's pages: assign with a preview, review with four eyes by page, by bulk and by address."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from audits.choices import RectificationState as State
from audits.models import Rectification
from tests.factories import make_agency, make_staff
from tests.personas import log_in
from tests.rectification.scenes import given, in_review, opened
from workplace.choices import Role
from workplace.models import OutboxEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def second_clerk(here):
    return log_in(make_staff(Role.CLERK, branch=here, name="陈同事"))


def state_of(rectification):
    return Rectification.objects.get(pk=rectification.pk).state


def said(response):
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def test_the_preview_spreads_evenly_and_changes_nothing(here, clerk, second_clerk, manager):
    rows = [opened(here) for _one in range(4)]
    page = manager.client.get(
        reverse("assign_rectifications"),
        {"id": [row.pk for row in rows], "to": [clerk.staff.pk, second_clerk.staff.pk]},
    )
    assert [(p.pk, has, gets) for p, has, gets, _will in page.context["shares"]] == sorted(
        [(clerk.staff.pk, 0, 2), (second_clerk.staff.pk, 0, 2)],
        key=lambda one: {second_clerk.staff.pk: "陈同事", clerk.staff.pk: "段作业"}[one[0]],
    )
    assert {state_of(row) for row in rows} == {State.OPEN}


def test_only_who_reaches_it_can_be_picked(here, clerk, clerk_elsewhere, outsider, manager):
    row = opened(here)
    page = manager.client.get(reverse("assign_rectifications"), {"id": row.pk})
    assert {p.pk for p, _has, _picked in page.context["people"]} == {clerk.staff.pk, manager.staff.pk}
    manager.client.post(
        reverse("assign_rectifications"), {"id": row.pk, f"owner-{row.pk}": clerk_elsewhere.staff.pk}
    )
    assert state_of(row) == State.OPEN


def test_many_are_assigned_as_the_preview_said(here, clerk, second_clerk, manager):
    rows = [opened(here) for _one in range(3)]
    owners = [clerk.staff, second_clerk.staff, clerk.staff]
    data = {"id": [row.pk for row in rows], "note": "本周内完成"}
    data |= {f"owner-{row.pk}": owner.pk for row, owner in zip(rows, owners, strict=True)}
    page = manager.client.post(reverse("assign_rectifications"), data)
    assert [len(page.context["result"].done), page.context["result"].refused] == [3, []]
    assert [Rectification.objects.get(pk=row.pk).owner for row in rows] == owners
    assert rows[0].timeline.get(action="assign").reason == "本周内完成"


def test_a_stale_preview_is_told_who_was_faster(here, clerk, second_clerk, manager):
    row = opened(here)
    seen = row.version
    data = {"id": row.pk, f"owner-{row.pk}": clerk.staff.pk, f"version-{row.pk}": seen}
    manager.client.post(reverse("assign_rectifications"), data)
    late = manager.client.post(
        reverse("assign_rectifications"), {**data, f"owner-{row.pk}": second_clerk.staff.pk}
    )
    refused = late.context["result"].refused[0].reason
    assert ["段作业" in refused, "张主管" in refused] == [True, True]
    assert Rectification.objects.get(pk=row.pk).owner == clerk.staff


def test_all_are_taken_back(here, clerk, manager):
    row = given(here, clerk, manager)
    manager.client.post(reverse("take_back_rectifications"), {"id": row.pk})
    assert state_of(row) == State.OPEN


def test_a_clerk_neither_assigns_nor_reviews(here, clerk, manager):
    row, waiting = opened(here), in_review(here, clerk=clerk, manager=manager)
    assert clerk.client.get(reverse("team_board")).status_code == 403
    assert clerk.client.get(reverse("review_queue")).status_code == 403
    assert clerk.client.post(reverse("assign_rectifications"), {"id": row.pk}).status_code == 403
    assert clerk.client.post(reverse("review_accept", args=[waiting.pk])).status_code == 403
    assert clerk.client.post(reverse("review_accept_many"), {"id": waiting.pk}).status_code == 403
    assert state_of(waiting) == State.IN_REVIEW


def test_four_eyes_on_the_page_by_address_and_in_bulk(here, manager):
    own = in_review(here, clerk=manager, manager=manager)
    page = manager.client.get(reverse("review", args=[own.pk]))
    assert page.context["decides"] is False
    assert reverse("review_accept", args=[own.pk]) not in page.content.decode()
    refused = manager.client.post(reverse("review_accept", args=[own.pk]))
    assert refused.url == reverse("review", args=[own.pk])
    assert said(refused) != ""
    bulk = manager.client.post(reverse("review_accept_many"), {"id": [own.pk]})
    assert [one.rectification.pk for one in bulk.context["result"].refused] == [own.pk]
    returned = manager.client.post(
        reverse("review_return", args=[own.pk]), {"why": "other", "words": "自己退自己"}
    )
    assert said(returned) != ""
    assert state_of(own) == State.IN_REVIEW
    assert OutboxEntry.objects.count() == 0


def test_accepting_opens_the_next_review(here, clerk, manager):
    first, second = (in_review(here, clerk=clerk, manager=manager) for _one in range(2))
    assert manager.client.get(reverse("review", args=[first.pk])).context["decides"] is True
    done = manager.client.post(reverse("review_accept", args=[first.pk]), {"version": first.version})
    assert done.url == reverse("review", args=[second.pk])
    assert state_of(first) == State.CLOSED


def test_bulk_acceptance_lists_what_it_refused(here, clerk, manager):
    own = in_review(here, clerk=manager, manager=manager)
    theirs = in_review(here, clerk=clerk, manager=manager)
    page = manager.client.post(reverse("review_accept_many"), {"id": [own.pk, theirs.pk]})
    result = page.context["result"]
    assert [one.pk for one in result.done] == [theirs.pk]
    assert [one.rectification.pk for one in result.refused] == [own.pk]
    assert own.number in page.content.decode()


def test_a_return_needs_words(here, clerk, manager):
    row = in_review(here, clerk=clerk, manager=manager)
    manager.client.post(reverse("review_return", args=[row.pk]), {"why": "other", "words": " "})
    assert state_of(row) == State.IN_REVIEW
    manager.client.post(reverse("review_return", args=[row.pk]), {"why": "other", "words": "请重拨"})
    assert state_of(row) == State.RETURNED


def test_the_board_counts_by_person_and_each_number_opens_its_rows(here, clerk, manager):
    given(here, clerk, manager)
    in_review(here, clerk=clerk, manager=manager)
    opened(here)
    page = manager.client.get(reverse("team_board"))
    told = next(one for one in page.context["tallies"] if one.staff == clerk.staff).counts
    assert (told["all"], told["waiting"], page.context["numbers"]["unassigned"]) == (2, 1, 1)
    rows = manager.client.get(reverse("team_board"), {"owner": clerk.staff.pk, "tab": "all"})
    assert len(rows.context["page"].lines) == told["all"]


def test_a_filter_names_nobody_and_no_unit_out_of_sight(here, elsewhere, clerk, clerk_elsewhere, manager):
    agency = make_agency(branch=elsewhere)
    for page in ("team_board", "bulk_preview"):
        near = manager.client.get(reverse(page), {"owner": clerk.staff.pk})
        assert clerk.staff.name in near.context["chips"]
        asked = {"owner": clerk_elsewhere.staff.pk, "branch": elsewhere.pk, "agency": agency.pk}
        far = manager.client.get(reverse(page), asked).content.decode()
        for name in (clerk_elsewhere.staff.name, elsewhere.name, agency.name):
            assert name not in far


@pytest.mark.parametrize("address", ["rectification_queue", "team_board", "review_queue", "disputes"])
def test_pages_ask_the_database_as_often_for_one_row_as_for_many(
    address, here, clerk, manager, django_assert_max_num_queries
):
    def fill(count):
        for _one in range(count):
            in_review(here, clerk=clerk, manager=manager)
            given(here, manager, manager)

    def asked():
        with django_assert_max_num_queries(15) as asked:
            assert manager.client.get(reverse(address)).status_code == 200
        return len(asked.captured_queries)

    fill(1)
    asked()
    few = asked()
    fill(4)
    assert asked() == few
