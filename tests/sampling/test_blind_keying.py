"""What the system says is nowhere before the field was typed, and what was typed stays."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from audits.models import KeyedField
from audits.operations.sample_reviews import ReviewRefused, finish_review, key_field
from customers.models import CustomerGrant
from tests.factories import AT, make_correction, mobile
from tests.sampling.scenes import given_to, holder_of, make_run, with_form

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
HOLDER = (
    "name",
    "sex",
    "birth_date",
    "id_type",
    "id_no",
    "id_valid_to",
    "mobile",
    "landline",
    "address",
    "postcode",
)


@pytest.fixture
def review(policy, clerk_elsewhere):
    with_form(policy, clerk_elsewhere.staff)
    return given_to(clerk_elsewhere.staff, make_run([policy]).items.get())


@pytest.fixture
def by(clerk_elsewhere):
    """Types one field as the form shows it."""
    return lambda review, field, typed="", verdict="": key_field(
        review=review,
        role="holder",
        field=field,
        typed=typed,
        verdict=verdict,
        actor=clerk_elsewhere.fresh(),
        at=AT,
    )


def values_of(customer):
    return {
        "name": customer.name,
        "sex": {"M": "男", "F": "女"}[customer.sex],
        "birth_date": customer.birth_date.isoformat(),
        "id_type": "居民身份证",
        "id_no": customer.id_no,
        "id_valid_to": customer.id_valid_to.isoformat(),
        "mobile": customer.mobile,
        "landline": customer.landline,
        "address": customer.address,
        "postcode": customer.postcode,
    }


def secrets(customer):
    """What no page may hold before it was typed."""
    plain = values_of(customer)
    wanted = ("name", "birth_date", "id_no", "mobile", "address")
    return [plain[name] for name in wanted] + [
        customer.id_no_raw,
        customer.mobile_raw,
        customer.address_detail,
    ]


def held_in(content, customer):
    return [value for value in secrets(customer) if value and value in content]


def pages_of(client, review):
    """Every place where a reviewer could look for it."""
    item = review.item_id
    policy = review.item.policy
    yield client.get(reverse("sample_item", args=[item]))
    yield client.get(reverse("my_reviews"))
    yield client.get(reverse("policy", args=[policy.pk]))
    yield client.get(reverse("customer", args=[holder_of(policy).pk]))
    yield client.get("/search/", {"q": policy.number})
    yield client.get("/search/", {"q": holder_of(policy).mobile})
    yield client.get(reverse("record_history", args=["customer", holder_of(policy).pk]))
    yield client.post(
        reverse("sample_key", args=[item]),
        {"role": "holder", "field": "mobile", "typed": "13900000000"},
        headers={"HX-Request": "true"},
    )


def test_nothing_of_the_system_is_on_any_page_before_it_was_typed(review, clerk_elsewhere):
    customer = holder_of(review.item.policy)
    answers = list(pages_of(clerk_elsewhere.client, review))
    assert answers[0].status_code == 200
    assert answers[-1].status_code == 200
    texts = [answer.content.decode() for answer in answers]
    assert [held_in(text.replace(customer.mobile, "", 1), customer) for text in texts[:4]] == [[]] * 4
    assert [held_in(text, customer) for text in texts[6:]] == [[]] * 2
    assert not CustomerGrant.objects.exists()


def test_the_answer_shows_what_was_typed_and_nothing_of_the_next_fields(review, clerk_elsewhere):
    customer = holder_of(review.item.policy)
    answer = clerk_elsewhere.client.post(
        reverse("sample_key", args=[review.item_id]),
        {"role": "holder", "field": "name", "typed": "王五五"},
        headers={"HX-Request": "true"},
    ).content.decode()
    assert "王五五" in answer
    assert customer.name in answer
    assert held_in(answer, customer) == [customer.name]


def test_a_field_out_of_turn_is_refused(review, by):
    with pytest.raises(ReviewRefused, match="in their order"):
        by(review, "mobile", "13800000000")
    assert not KeyedField.objects.exists()


def test_the_comparison_is_by_normal_form(review, by):
    customer = holder_of(review.item.policy)
    told = values_of(customer)
    wide = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
    born = customer.birth_date.strftime("%Y年%m月%d日")
    typed = {**told, "birth_date": born, "id_no": told["id_no"].translate(wide)}
    found = [by(review, field, typed[field]) for field in HOLDER[:5]]
    assert [one.verdict for one in found] == ["same"] * 5
    assert [one.error for one in found] == ["right"] * 5


def test_another_value_differs_and_is_kept_as_fingerprint_and_mask(review, by):
    customer = holder_of(review.item.policy)
    keyed = by(review, "name", "赵六六")
    assert (keyed.verdict, keyed.error) == ("differs", "false")
    assert keyed.system_masked == customer.name[0] + "*" * (len(customer.name) - 1)
    assert customer.name not in keyed.system_hash


def test_what_was_changed_since_by_a_correction_counts_as_changed(review, by, manager, clerk):
    customer = holder_of(review.item.policy)
    told, before = values_of(customer), mobile()
    make_correction(customer=customer, proposed_by=clerk.staff, decided_by=manager.staff, old_normal=before)
    for field in HOLDER[:6]:
        by(review, field, told[field])
    assert by(review, "mobile", before).error == "changed"


@pytest.mark.parametrize(
    "field, verdict, error",
    [("name", "illegible", "missing"), ("name", "absent", "missing")],
)
def test_what_cannot_be_read_or_is_not_there_proves_nothing(review, by, field, verdict, error):
    assert by(review, field, verdict=verdict).error == error


def test_contact_data_that_no_form_says_are_anothers(review, by):
    told = values_of(holder_of(review.item.policy))
    for field in HOLDER[:6]:
        by(review, field, told[field])
    assert by(review, "mobile", verdict="absent").error == "false"
    assert by(review, "landline", verdict="absent").error == "right"


@pytest.mark.parametrize("typed", ["2026-02-30", "…", ""])
def test_what_is_no_value_is_not_compared(review, by, typed):
    told = values_of(holder_of(review.item.policy))
    for field in HOLDER[:2]:
        by(review, field, told[field])
    with pytest.raises(ReviewRefused):
        by(review, "birth_date", typed)
    assert KeyedField.objects.count() == 2


def test_what_was_typed_cannot_be_brought_into_line(review, by):
    keyed = by(review, "name", "赵六六")
    with pytest.raises(ReviewRefused, match="stays"):
        by(review, "name", holder_of(review.item.policy).name)
    keyed.typed = holder_of(review.item.policy).name
    with pytest.raises(DatabaseError), transaction.atomic():
        keyed.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        keyed.delete()


def test_a_sign_alone_says_that_it_cannot_be_read(review, clerk_elsewhere):
    address = reverse("sample_key", args=[review.item_id])
    clerk_elsewhere.client.post(address, {"role": "holder", "field": "name", "typed": "？"})
    assert KeyedField.objects.get().verdict == "illegible"


def test_sight_of_the_customer_comes_when_all_was_typed_and_ends_with_the_review(review, by, clerk_elsewhere):
    told = values_of(holder_of(review.item.policy))
    for field in HOLDER:
        assert not CustomerGrant.objects.exists()
        by(review, field, told[field], "" if told[field] else "absent")
    assert CustomerGrant.objects.filter(ended_at__isnull=True, staff=clerk_elsewhere.staff).count() == 1
    finish_review(review=review, actor=clerk_elsewhere.fresh(), at=AT)
    assert not CustomerGrant.objects.filter(ended_at__isnull=True).exists()


def test_fields_left_to_type_do_not_let_it_end(review, clerk_elsewhere):
    with pytest.raises(ReviewRefused, match="left to type"):
        finish_review(review=review, actor=clerk_elsewhere.fresh(), at=AT)


def test_the_typed_values_are_masked_once_it_is_done(review, by, clerk_elsewhere):
    customer = holder_of(review.item.policy)
    told = values_of(customer)
    for field in HOLDER:
        by(review, field, told[field], "" if told[field] else "absent")
    page = reverse("sample_item", args=[review.item_id])
    assert held_in(clerk_elsewhere.client.get(page).content.decode(), customer) != []
    finish_review(review=review, actor=clerk_elsewhere.fresh(), at=AT)
    answer = clerk_elsewhere.client.get(page)
    assert answer.status_code == 200
    assert held_in(answer.content.decode(), customer) == []
