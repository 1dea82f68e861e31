"""Lists of reviews ask as often for many as for one, and the work of a reviewer goes by the keys."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audits.models import SampleReview
from audits.sample_reviews import places_of
from tests.factories import make_customer, make_policy
from tests.sampling.scenes import given_to, make_run, with_form

pytestmark = pytest.mark.django_db
MOST = 15


def many(count, branch, reviewer):
    run = make_run([make_policy(holder=make_customer(home_branch=branch)) for _ in range(count)])
    return [given_to(reviewer, item) for item in run.items.order_by("place")]


def queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("address", ["/my-reviews/", "/badges/"])
def test_a_list_asks_as_often_for_many_as_for_one(address, here, clerk_elsewhere):
    many(1, here, clerk_elsewhere.staff)
    once = queries(clerk_elsewhere.client, address)
    many(6, here, clerk_elsewhere.staff)
    assert queries(clerk_elsewhere.client, address) == once
    assert once <= MOST


def test_the_queue_says_how_many_wait_and_opens_the_first(here, clerk_elsewhere):
    reviews = many(3, here, clerk_elsewhere.staff)
    page = clerk_elsewhere.client.get(reverse("my_reviews")).content.decode()
    for review in reviews:
        assert review.item.key in page
    first = reverse("sample_item", args=[reviews[0].item_id])
    assert f'href="{first}" data-key="s"' in page


def test_the_next_one_opens_by_itself(here, clerk_elsewhere):
    first, second = many(2, here, clerk_elsewhere.staff)
    for review in (first, second):
        with_form(review.item.policy, clerk_elsewhere.staff)
    for role, field in places_of(first.item):
        clerk_elsewhere.client.post(
            reverse("sample_key", args=[first.item_id]), {"role": role, "field": field, "typed": "?"}
        )
    answer = clerk_elsewhere.client.post(reverse("sample_finish", args=[first.item_id]), {"note": "影像模糊"})
    assert answer["Location"] == reverse("sample_item", args=[second.item_id])
    assert SampleReview.objects.get(pk=first.pk).outcome == "missing"


def test_the_badge_counts_what_the_queue_shows(here, clerk, clerk_elsewhere):
    many(2, here, clerk_elsewhere.staff)
    many(1, here, clerk.staff)
    assert clerk_elsewhere.client.get("/badges/").json()["my_reviews"]["count"] == 2
    assert clerk.client.get("/badges/").json()["my_reviews"]["count"] == 0


def test_an_unfinished_one_says_why(here, clerk_elsewhere):
    (review,) = many(1, here, clerk_elsewhere.staff)
    clerk_elsewhere.client.post(reverse("sample_finish", args=[review.item_id]))
    assert SampleReview.objects.get().state == "given"


def test_a_draws_page_says_who_reviews_and_how_far_two_agree(here, clerk_elsewhere, compliance):
    (review,) = many(1, here, clerk_elsewhere.staff)
    page = compliance.client.get(reverse("sampling_run", args=[review.item.run_id])).content.decode()
    assert clerk_elsewhere.staff.name in page
    assert reverse("form_images_upload", args=[review.item.run_id]) in page


def test_who_gives_samples_gives_one_to_somebody_else(here, elsewhere, clerk_elsewhere, compliance, auditor):
    (review,) = many(1, here, clerk_elsewhere.staff)
    item = reverse("sample_item", args=[review.item_id])
    assert auditor.client.get(item).status_code == 200
    posted = {"reviewer": compliance.staff.pk}
    assert auditor.client.post(reverse("sample_give", args=[review.item_id]), posted).status_code == 403
    compliance.client.post(reverse("sample_give", args=[review.item_id]), posted)
    assert SampleReview.objects.exclude(state="void").get().reviewer == compliance.staff
    assert clerk_elsewhere.client.get(item).status_code == 404
