"""Who has seen a customer's values does not type them blind, and nothing shows them before."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from audits.operations.sample_reviews import ReviewRefused, finish_review, key_field
from audits.sample_reviews import places_of
from customers.revealing import revealed
from tests.factories import (
    AT,
    head_office,
    make_policy,
    make_rectification,
    make_staff,
)
from tests.personas import log_in
from tests.sampling.scenes import given_to, holder_of, make_run, with_form
from workplace.choices import Role
from workplace.operations.access_log import record_look

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
HOUR = timedelta(hours=1)


def test_whoever_had_the_values_shown_elsewhere_does_not_type_blind(policy, compliance):
    customer = holder_of(policy)
    review = given_to(compliance.staff, make_run([policy]).items.get())
    revealed(
        record=customer,
        record_kind="customer",
        field="mobile",
        purpose="audit",
        staff=compliance.fresh(),
        at=AT + HOUR,
    )
    with pytest.raises(ReviewRefused, match="not blind any more"):
        key_field(
            review=review, role="holder", field="name", typed="段", actor=compliance.fresh(), at=AT + HOUR
        )


@pytest.mark.parametrize("purpose", ["rectification", "verification"])
@pytest.mark.parametrize("minutes", [60, -9])
def test_whoever_opened_the_values_for_other_work_does_not_type_blind(policy, compliance, purpose, minutes):
    review = given_to(compliance.staff, make_run([policy]).items.get())
    record_look(
        staff=compliance.staff,
        access="open",
        purpose=purpose,
        record_kind="customer",
        record_id=holder_of(policy).pk,
        at=AT + minutes * HOUR / 60,
    )
    with pytest.raises(ReviewRefused, match="not blind any more"):
        key_field(
            review=review, role="holder", field="name", typed="段", actor=compliance.fresh(), at=AT + HOUR
        )


@pytest.mark.parametrize("page", ["customer", "policy", "rectification"])
def test_whoever_opens_a_page_of_the_customer_before_typing_does_not_type_blind(policy, compliance, page):
    customer = holder_of(policy)
    about = {"customer": customer, "policy": policy, "rectification": make_rectification(customer=customer)}
    review = given_to(compliance.staff, make_run([policy]).items.get())
    opened = compliance.client.get(reverse(page, args=[about[page].pk]))
    assert opened.status_code == 200
    assert len(opened.context["messages"]) == 1
    with override("en"), pytest.raises(ReviewRefused, match="not blind any more"):
        key_field(
            review=review, role="holder", field="name", typed="段", actor=compliance.fresh(), at=AT + HOUR
        )


def test_a_list_keeps_back_what_is_still_to_be_typed_and_nothing_afterwards(policy, compliance):
    review = given_to(compliance.staff, make_run([policy]).items.get())
    other = log_in(make_staff(Role.COMPLIANCE, branch=head_office()))
    assert (kept_back(compliance), kept_back(other)) == (2, 0)
    for role, field in places_of(review.item):
        said = {"role": role, "field": field, "verdict": "illegible"}
        key_field(review=review, **said, actor=compliance.fresh(), at=AT)
    assert kept_back(compliance) == 0
    opened = compliance.client.get(reverse("customer", args=[holder_of(policy).pk]))
    assert len(opened.context["messages"]) == 0


def kept_back(person):
    """Of sex and kind of document, in the list of customers."""
    page = person.client.get(reverse("customers")).content.decode()
    return len(re.findall(r">\s*\*\*\*\s*<", page))


def test_the_list_of_policies_keeps_the_seller_back_until_that_is_typed(policy, compliance):
    other = make_policy(holder=holder_of(policy), seller=policy.seller)
    review = given_to(compliance.staff, make_run([policy], purpose="seller").items.get())
    assert shown_sellers(compliance) == {policy.number: "***", other.number: policy.seller_no}
    for role, field in places_of(review.item):
        held = getattr(policy, field)
        key_field(review=review, role=role, field=field, typed=held, actor=compliance.fresh(), at=AT)
    finish_review(review=review, actor=compliance.fresh(), at=AT)
    assert shown_sellers(compliance) == {policy.number: policy.seller_no, other.number: policy.seller_no}


def shown_sellers(person):
    page = person.client.get(reverse("policies")).content.decode()
    rows = re.findall(r'data-open>([^<]+)</a>.*?<td class="zx-nowrap">([^<]*)</td>\s*</tr>', page, re.DOTALL)
    return {number: seller.split()[0] for number, seller in rows}


def test_opening_the_sample_itself_leaves_one_blind(policy, compliance):
    with_form(policy, compliance.staff)
    review = given_to(compliance.staff, make_run([policy]).items.get())
    compliance.client.get(reverse("sample_item", args=[review.item_id]))
    key_field(review=review, role="holder", field="name", typed="段", actor=compliance.fresh(), at=AT + HOUR)
