"""Reviewing one after the other: before, after and evidence in one look, the neighbours a key away."""

from datetime import date

import pytest
from django.urls import reverse

from audits.models import Rectification
from tests.rectification.scenes import in_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(here, clerk, manager):
    rows = [in_review(here, clerk=clerk, manager=manager) for _one in range(3)]
    for row, due in zip(rows, (date(2026, 12, 1), date(2026, 12, 2), None), strict=True):
        Rectification.objects.filter(pk=row.pk).update(due_on=due)
    return rows


def around(manager, row):
    page = manager.client.get(reverse("review", args=[row.pk]))
    return page.context["before"], page.context["after"]


def test_the_neighbours_are_by_due_date_the_undated_last(three, manager):
    first, second, undated = three
    assert [around(manager, row) for row in three] == [
        (None, second),
        (first, undated),
        (second, None),
    ]


def test_ones_own_is_no_neighbour(three, here, manager):
    own = in_review(here, clerk=manager, manager=manager)
    Rectification.objects.filter(pk=own.pk).update(due_on=date(2026, 12, 1))
    assert own not in {row for one in three for row in around(manager, one)}


def test_after_the_last_one_the_first_that_is_left_opens(three, manager):
    first, _second, undated = three
    done = manager.client.post(
        reverse("review_return", args=[undated.pk]), {"why": "other", "words": "请重拨"}
    )
    assert done.url == reverse("review", args=[first.pk])


def test_keys_stand_on_the_buttons(three, manager):
    page = manager.client.get(reverse("review", args=[three[1].pk])).content.decode()
    assert [f'data-key="{key}"' in page for key in "arjk"] == [True] * 4


def test_the_value_before_and_after_stand_unmasked_only_for_who_decides(three, clerk, manager):
    row = three[0]
    page = manager.client.get(reverse("review", args=[row.pk]))
    assert page.context["compared"][0].new.isdigit()
    own = in_review(row.branch, clerk=manager, manager=manager)
    masked = manager.client.get(reverse("review", args=[own.pk]))
    assert "*" in masked.context["compared"][0].new
