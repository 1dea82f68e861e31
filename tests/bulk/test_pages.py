"""The pages of a bulk action: an honest number, who gets what, what became of each, and the way back."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from agents.choices import Post
from audits.models import BulkAction
from tests.bulk.scenes import bulk, finished, over, owners, several
from tests.factories import make_rectification, make_staff
from tests.personas import log_in
from workplace.choices import AbsenceReason, Role
from workplace.models import Absence

pytestmark = pytest.mark.django_db


@pytest.fixture
def second_clerk(here):
    return log_in(make_staff(Role.CLERK, branch=here, name="陈同事"))


def said(response):
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def order(*people, seen, **given):
    return {"kind": "reassign", "to": [one.staff.pk for one in people], "seen": seen, **given}


def test_the_preview_tells_the_number_and_who_gets_what_and_changes_nothing(
    here, clerk, second_clerk, manager
):
    rows = several(here, 3)
    page = manager.client.get(
        reverse("bulk_preview"), {"kind": "reassign", "to": [clerk.staff.pk, second_clerk.staff.pk]}
    )
    assert page.context["count"] == 3
    assert sorted(gets for _name, _has, gets, _will in page.context["shares"]) == [1, 2]
    assert owners(rows) == [None] * 3


def test_the_preview_and_the_job_give_alike(here, clerk, second_clerk, manager):
    several(here, 2, owner=clerk.staff)
    several(here, 7)
    given = {"owner": "none", "kind": "reassign", "to": [clerk.staff.pk, second_clerk.staff.pk]}
    page = manager.client.get(reverse("bulk_preview"), given)
    told = {name: gets for name, _has, gets, _will in page.context["shares"]}
    answer = manager.client.post(reverse("bulk_preview"), {**given, "seen": 7})
    action = finished(BulkAction.objects.get())
    assert answer.url == reverse("bulk_action", args=[action.pk])
    result = manager.client.get(answer.url)
    assert dict(result.context["gifts"]) == told
    assert (action.done, action.refused) == (7, 0)


def test_a_number_that_changed_is_asked_again(here, clerk, manager):
    several(here, 3)
    page = manager.client.post(reverse("bulk_preview"), order(clerk, seen=2))
    assert (page.status_code, page.context["count"], BulkAction.objects.count()) == (409, 3, 0)
    assert ["2" in said(page), "3" in said(page)] == [True, True]


def test_whoever_is_away_is_given_nothing(here, clerk, second_clerk, manager):
    rows = several(here, 2)
    Absence.objects.create(
        staff=second_clerk.staff, since="2020-01-01", until="2099-12-31", reason=AbsenceReason.LEAVE,
        recorded_by=manager.staff, recorded_at="2020-01-01T00:00Z",
    )  # fmt: skip
    manager.client.post(reverse("bulk_preview"), order(clerk, second_clerk, seen=2))
    finished(BulkAction.objects.get())
    assert owners(rows) == [clerk.staff] * 2


def test_weights_are_taken_from_the_form(here, clerk, second_clerk, manager):
    several(here, 6)
    given = order(clerk, second_clerk, seen=6, spread="weight")
    given |= {f"weight-{clerk.staff.pk}": 2, f"weight-{second_clerk.staff.pk}": 1}
    manager.client.post(reverse("bulk_preview"), given)
    action = finished(BulkAction.objects.get())
    page = manager.client.get(reverse("bulk_action", args=[action.pk]))
    assert page.context["gifts"] == [("段作业", 4), ("陈同事", 2)]


def test_the_result_lists_the_refused_by_reason(here, clerk, manager):
    stays = make_rectification(branch=here, owner=clerk.staff)
    several(here, 2)
    done = bulk(manager, spreading=over(clerk))
    page = manager.client.get(reverse("bulk_action", args=[done.pk]))
    assert page.context["counts"] == {"done": 2, "refused": 1}
    assert stays.number in page.content.decode()
    reason = page.context["reasons"][0][0]
    narrowed = manager.client.get(reverse("bulk_action", args=[done.pk]), {"why": reason})
    assert [line.rectification for line in narrowed.context["page"].rows] == [stays]


def test_undoing_by_the_page_and_only_once(here, clerk, manager):
    rows = several(here, 2)
    done = bulk(manager, spreading=over(clerk))
    answer = manager.client.post(reverse("bulk_undo", args=[done.pk]))
    undo = finished(BulkAction.objects.get(undoes=done))
    assert answer.url == reverse("bulk_action", args=[undo.pk])
    assert owners(rows) == [None, None]
    again = manager.client.post(reverse("bulk_undo", args=[done.pk]))
    assert "张主管" in said(again)
    assert BulkAction.objects.count() == 2


def test_others_do_not_see_it(here, elsewhere, clerk, manager):
    several(here, 1)
    done = bulk(manager, spreading=over(clerk))
    far = log_in(make_staff(Role.MANAGER, branch=elsewhere, post=Post.MANAGEMENT, name="远主管"))
    for name in ("bulk_action", "bulk_progress"):
        assert manager.client.get(reverse(name, args=[done.pk])).status_code == 200
        assert far.client.get(reverse(name, args=[done.pk])).status_code == 404
        assert clerk.client.get(reverse(name, args=[done.pk])).status_code == 403
    assert far.client.post(reverse("bulk_undo", args=[done.pk])).status_code == 404
    assert clerk.client.get(reverse("bulk_preview")).status_code == 403
    assert clerk.client.post(reverse("bulk_preview"), order(clerk, seen=1)).status_code == 403
    assert BulkAction.objects.count() == 1


def test_whatever_the_board_asks_its_bulk_action_is_about_the_same_rows(here, clerk, manager):
    several(here, 2, owner=clerk.staff)
    several(here, 1)
    for given in ({"owner": str(clerk.staff.pk)}, {"owner": "none"}, {"tab": "unassigned"}, {"age": "week"}):
        board = manager.client.get(reverse("team_board"), given)
        preview = manager.client.get(reverse("bulk_preview"), {**board.context["filters"].said()})
        assert preview.context["count"] == board.context["matching"] == len(board.context["page"].lines)
