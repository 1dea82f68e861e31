"""A beneficiary who stands as written alone has no customer whose rules would tell a filler or who it is."""

import pytest

from policies.choices import PartyRole, Relation
from tests.factories import make_party, resident_id
from tests.rules.book import amend, clean_book, places_found, rewrite_party

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("filler", ["--", "000", "无", "null", "n/a"])
@pytest.mark.parametrize("field", ["name", "id_no"])
def test_a_filler_is_a_missing_value_and_nothing_else(field: str, filler: str) -> None:
    book = clean_book()

    rewrite_party(book.beneficiary, **{field: filler})

    assert places_found(policy_ids=[book.policy.pk]) == {("REQ-006", f"beneficiary.{field}")}


def test_an_employee_who_is_the_beneficiary_is_one_whatever_the_relation_says() -> None:
    book = clean_book()
    amend(book.insured_party, relation=Relation.EMPLOYEE)
    book.beneficiary.delete()

    party = make_party(
        policy=book.policy,
        customer=book.insured,
        role=PartyRole.BENEFICIARY,
        benefit="survival",
        relation="other",
    )
    assert "RB-012" not in {code for code, _field in places_found(policy_ids=[book.policy.pk])}

    amend(party, customer=None, id_no=resident_id(order=777), id_key=resident_id(order=777))
    assert ("RB-012", "beneficiary.relation") in places_found(policy_ids=[book.policy.pk])
