"""What several holders have in common (policies/rules/contacts.py and shared.py)."""

from __future__ import annotations

from datetime import date

from agents.models import SalesAgentPhone
from policies.models import PolicyParty
from tests.factories import make_policy, resident_id
from tests.rules.book import Book, amend, another_holder, recorded, rewrite
from tests.rules.planting import plant


def _phone_of_three(book: Book) -> None:
    for name, born in (("吴长河", date(1979, 11, 23)), ("孙一山", date(1981, 2, 9))):
        another_holder(book, name=name, birth_date=born.isoformat(), id_no=resident_id(born=born))
    for party in PolicyParty.objects.filter(role="holder").select_related("customer"):
        rewrite(party.customer, mobile="13920461857")


def _phone_of_two(book: Book) -> None:
    other = another_holder(book)
    for customer in (book.holder, other):
        rewrite(customer, mobile="13920461857")


def _landline_of_two(book: Book) -> None:
    other = another_holder(book)
    for customer in (book.holder, other):
        rewrite(customer, landline="010-65128473")


def _same_number_two_names(book: Book) -> None:
    other = another_holder(book)
    rewrite(other, birth_date="1985-06-15", id_no=book.holder.id_no)


def _same_person_twice(book: Book) -> None:
    other = another_holder(book)
    rewrite(other, name=book.holder.name, birth_date="1985-06-15", id_no=book.holder.id_no)


def _sellers_phone(book: Book) -> None:
    rewrite(book.holder, mobile=SalesAgentPhone.objects.get(seller=book.seller).phone)


def _family(book: Book) -> None:
    """The insured holds a policy of her own and shares the husband's number."""
    make_policy(seller=book.seller, holder=book.insured, **recorded(book.agency_branch))
    for customer in (book.holder, book.insured):
        rewrite(customer, mobile="13920461857")


def _one_person_thrice(book: Book) -> None:
    _same_person_twice(book)
    _same_person_twice(book)
    for party in PolicyParty.objects.filter(role="holder").select_related("customer"):
        rewrite(party.customer, mobile="13920461857")


def _own_phone_of_the_seller(book: Book) -> None:
    _sellers_phone(book)
    amend(book.seller, id_no=book.holder.id_no, id_norm=book.holder.id_no)


PLANTS = (
    plant("ID-010", "one number, two names", _same_number_two_names, field="id_no"),
    plant("PH-020", "the seller's", _sellers_phone, field="mobile"),
    plant("PH-022", "of two", _phone_of_two, field="mobile"),
    plant("PH-022", "a landline of two", _landline_of_two, field="landline"),
    plant("PH-023", "of three", _phone_of_three, field="mobile"),
)
NEAR_MISSES = (
    ("ID-010", "the same name twice", _same_person_twice),
    ("PH-020", "the seller's own policy", _own_phone_of_the_seller),
    ("PH-022", "husband and wife", _family),
    ("PH-023", "one person three times", _one_person_thrice),
)
