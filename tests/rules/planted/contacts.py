"""Contacts that are somebody else's, or that nobody answers (policies/rules/contacts.py)."""

from __future__ import annotations

from datetime import date

from agents.models import OutletPhone, SalesAgentPhone
from authenticity.hashing import stable_hash
from authenticity.models import Word
from authenticity.models.word import WordList
from customers.choices import ContactPoint
from customers.models import Customer, FailedContact
from policies.choices import Relation
from tests.factories import AT
from tests.rules.book import Book, amend, another_holder, rewrite
from tests.rules.planting import Act, plant

ACCOUNT = "6222021234567894"
OFFICE = "北京市东城区东华门街道锡拉胡同5号院3号楼1单元101室"
NEARLY = "北京市东城区东华门街道锡拉胡同5号院3号楼1单元102室"


def _sellers_phone(book: Book) -> None:
    rewrite(book.holder, mobile=SalesAgentPhone.objects.get(seller=book.seller).phone)


def _own_phone_of_the_seller(book: Book) -> None:
    _sellers_phone(book)
    amend(book.seller, id_no=book.holder.id_no, id_norm=book.holder.id_no)


def _former_phone_of_the_seller(book: Book) -> None:
    SalesAgentPhone.objects.filter(seller=book.seller).update(valid_to=date(2021, 1, 1))
    _sellers_phone(book)


def _outlets_phone(book: Book) -> None:
    rewrite(book.holder, landline="010-65128473")
    OutletPhone.objects.create(
        outlet=book.outlet, phone="010-65128473", phone_norm=book.holder.landline, valid_to=date(2020, 1, 1)
    )


def _former_phone_of_the_branch(book: Book) -> None:
    rewrite(book.holder, landline="010-65128473")
    amend(book.branch, phone="010-65128473", phone_norm=book.holder.landline)
    amend(book.branch, phone="", phone_norm="")


def _companys_phone(book: Book) -> None:
    Word.objects.create(list=WordList.COMPANY_PHONE, text="010-65128473", effective_from=date(2020, 1, 1))
    rewrite(book.holder, landline="010-65128473")


def _next_to_the_branch(book: Book) -> None:
    rewrite(book.holder, landline="010-65128473")
    amend(book.branch, phone="010-65128473", phone_norm=book.holder.landline)
    rewrite(book.holder, landline="010-65128475")


def _failed(book: Book, point: str, key: int | None, times: int) -> None:
    FailedContact.objects.create(
        customer=book.holder, point=point, key=key or 0, failures=times, last_failed_at=AT
    )


def _sms_failed(times: int) -> Act:
    return lambda book: _failed(book, ContactPoint.MOBILE, stable_hash(book.holder.mobile), times)


def _letters_failed(book: Book) -> None:
    _failed(book, ContactPoint.ADDRESS, book.holder.address_key, 3)


def _mails_failed(book: Book) -> None:
    rewrite(book.holder, email="duan@example.cn")
    _failed(book, ContactPoint.EMAIL, stable_hash("duan@example.cn"), 2)


def _failed_before_the_correction(book: Book) -> None:
    _sms_failed(4)(book)
    rewrite(book.holder, mobile="13920461857")


def _debits_failed(times: int, tried: str = ACCOUNT) -> Act:
    def act(book: Book) -> None:
        amend(book.policy, account_no=ACCOUNT, account_no_raw=ACCOUNT, account_holder_name=book.holder.name)
        _failed(book, ContactPoint.ACCOUNT, stable_hash(tried), times)

    return act


def _insured_has_it(birth_date: str) -> Act:
    def act(book: Book) -> None:
        rewrite(book.insured, mobile=book.holder.mobile)
        amend(book.insured, birth_date=birth_date, id_birth_date=birth_date)

    return act


def _insured_shares(book: Book) -> None:
    rewrite(book.insured, mobile=book.holder.mobile)


def _insured_is_the_same_person(book: Book) -> None:
    amend(book.insured_party, relation=Relation.SELF, customer=book.holder, id_key=book.holder.id_key)
    amend(book.beneficiary, relation=Relation.SIBLING)


def _at_the_outlet(book: Book) -> None:
    rewrite(book.holder, address=OFFICE)
    amend(book.outlet, address=OFFICE, address_key=book.holder.address_key, district_code="110101")


def _three_beside_the_outlet(book: Book) -> None:
    _neighbours(book, 3)


def _neighbours(book: Book, count: int) -> list[Customer]:
    amend(book.outlet, address=OFFICE, address_key=1, district_code="110101")
    people = [book.holder]
    for name, birth_date in (("吴长河", "1979-11-23"), ("孙一山", "1979-11-23"))[: count - 1]:
        people.append(another_holder(book, name=name, birth_date=birth_date))
    for customer in people:
        rewrite(customer, address=NEARLY)
    return people


def _two_beside_the_outlet(book: Book) -> None:
    _neighbours(book, 2)


PLANTS = (
    plant("PH-020", "the seller's", _sellers_phone, field="mobile"),
    plant("PH-020", "once the seller's", _former_phone_of_the_seller, field="mobile"),
    plant("PH-021", "once an outlet's", _outlets_phone, field="landline"),
    plant("PH-021", "once a branch's", _former_phone_of_the_branch, field="landline"),
    plant("PH-021", "the company's", _companys_phone, field="landline"),
    plant("PH-026", "two messages", _sms_failed(2), field="mobile"),
    plant("PH-026", "letters", _letters_failed, field="address"),
    plant("PH-026", "e-mails", _mails_failed, field="email"),
    plant("BK-005", "two debits", _debits_failed(2), field="account_no"),
    plant("PH-027", "husband and wife", _insured_shares, field="mobile"),
    plant("AD-008", "an outlet's", _at_the_outlet, field="address"),
    plant(
        "AD-008", "next door to an outlet", _three_beside_the_outlet, ("AD-009", "address"), field="address"
    ),
)
NEAR_MISSES = (
    ("PH-020", "the seller's own policy", _own_phone_of_the_seller),
    ("PH-021", "two numbers beside it", _next_to_the_branch),
    ("PH-026", "one message", _sms_failed(1)),
    ("PH-026", "before the number was corrected", _failed_before_the_correction),
    ("BK-005", "one debit", _debits_failed(1)),
    ("BK-005", "another account", _debits_failed(3, tried="6222021234567890")),
    ("PH-027", "the holder is insured", _insured_is_the_same_person),
    ("AD-008", "two next door", _two_beside_the_outlet),
)
