"""Where the number plainly belongs to another type of document, nothing else is said of it."""

import pytest

from tests.rules.book import clean_book, codes_found, rewrite, with_check_digit

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("body", ["81000019851332146", "83000018900101146", "91184019851332146"])
def test_its_birth_date_is_not_judged(body: str) -> None:
    book = clean_book()

    rewrite(book.holder, id_no=with_check_digit(body))

    assert codes_found(customer_ids=[book.holder.pk], policy_ids=()) == {"ID-012"}
