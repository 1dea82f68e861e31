"""Failed debits are told on the policy whose account they were of, not on the holder's others."""

import pytest

from authenticity.hashing import stable_hash
from customers.models import FailedContact
from tests.factories import AT, make_policy
from tests.rules.book import amend, clean_book, codes_found

pytestmark = pytest.mark.django_db
ONE, OTHER = "6222021234567894", "6222026000000008"


def test_one_failure_of_this_account_and_two_of_another() -> None:
    book = clean_book()
    amend(book.policy, account_no=ONE)
    other = make_policy(holder=book.holder, seller=book.seller, account_no=OTHER)
    for account, failures in ((ONE, 1), (OTHER, 2)):
        FailedContact.objects.create(
            customer=book.holder,
            point="account",
            key=stable_hash(account),
            failures=failures,
            last_failed_at=AT,
        )

    assert "BK-005" not in codes_found(customer_ids=(), policy_ids=[book.policy.pk])
    assert "BK-005" in codes_found(customer_ids=(), policy_ids=[other.pk])
