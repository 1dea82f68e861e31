"""A form may differ in a field that only the customer has: the sweep judges the customer's value."""

import pytest

from audits.models import Finding
from tests.factories import AT, make_form
from tests.rules.book import clean_book
from tests.sweep.sweeping import sweep
from workplace.choices import JobState

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("field", ["mobile", "landline", "address", "postcode", "email", "name"])
def test_a_form_that_says_another_value_is_a_finding_on_the_policy(field: str) -> None:
    book = clean_book()
    make_form(policy=book.policy, says={f"holder.{field}": "另一个"}, received_on=AT.date())

    job = sweep()

    assert job.state == JobState.DONE
    found = Finding.objects.get(rule="PO-001")
    assert (found.subject_key, found.field) == (book.policy.number, f"holder.{field}")
    assert bool(found.value_hash) == bool(getattr(book.holder, field))
