"""For each rule: what plants its defect, exactly which codes are then found, and what nearly is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from agents.choices import Standing
from agents.models import OutletName, SalesAgentPhone, SellerStanding
from policies.choices import Relation
from policies.models import PolicyParty
from tests.factories import resident_id
from tests.rules.book import (
    Book,
    amend,
    another_holder,
    beneficiary_with,
    rewrite,
    rewrite_party,
    with_check_digit,
    wrong_check_digit,
)

Act = Callable[[Book], object]


@dataclass(frozen=True)
class Plant:
    code: str
    name: str
    act: Act
    found: frozenset[tuple[str, str]]
    """The codes after precedence, each with its field."""


def plant(code: str, name: str, act: Act, *more: tuple[str, str], field: str) -> Plant:
    return Plant(code, name, act, frozenset({(code, field), *more}))


def of_holder(**written: str) -> Act:
    return lambda book: rewrite(book.holder, **written)


def of_insured(**written: str) -> Act:
    return lambda book: rewrite(book.insured, **written)


def of_policy(**columns: object) -> Act:
    return lambda book: amend(book.policy, **columns)


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


def _left_before_sale(book: Book) -> None:
    SellerStanding.objects.filter(seller=book.seller).update(valid_to=date(2025, 3, 1))
    SellerStanding.objects.create(seller=book.seller, standing=Standing.LEFT, valid_from=date(2025, 3, 1))


def _self_with_another_document(book: Book) -> None:
    amend(book.insured_party, relation=Relation.SELF)


def _other_with_the_same_document(book: Book) -> None:
    rewrite(
        book.insured,
        name=book.holder.name,
        sex=book.holder.sex,
        birth_date="1985-06-15",
        id_no=book.holder.id_no,
    )


PLANTS = (
    *(
        plant("REQ-001", f"holder's {field}", of_holder(**{field: ""}), *more, field=field)
        for field, more in (("name", ()), ("sex", ()), ("birth_date", ()), ("id_type", ()), ("id_no", ()))
    ),
    plant("REQ-001", "a filler as a name", of_holder(name="不详"), field="name"),
    plant("REQ-001", "a filler as a number", of_holder(id_no="无"), field="id_no"),
    plant("REQ-002", "no phone", of_holder(mobile="", landline=""), field="mobile"),
    plant("REQ-002", "a filler as a phone", of_holder(mobile="无", landline=""), field="mobile"),
    plant("REQ-003", "no address", of_holder(address=""), field="address"),
    plant("REQ-003", "a filler as an address", of_holder(address="不详"), field="address"),
    *(
        plant("REQ-004", f"insured's {field}", of_insured(**{field: ""}), field=field)
        for field in ("name", "sex", "birth_date", "id_type", "id_no")
    ),
    plant(
        "REQ-005",
        "no relation",
        lambda book: amend(book.insured_party, relation=""),
        field="insured.relation",
    ),
    plant("REQ-009", "no seller number", of_policy(seller_no="", seller=None), field="seller_no"),
    plant("REQ-009", "no seller name", of_policy(seller_name=""), field="seller_name"),
    plant("REQ-009", "no outlet number", of_policy(outlet_no="", outlet=None), field="outlet_no"),
    plant("REQ-009", "no outlet name", of_policy(outlet_name=""), field="outlet_name"),
    plant(
        "REQ-009",
        "no agency branch",
        of_policy(agency_branch_no="", agency_branch_name="", agency_branch=None),
        field="agency_branch_no",
    ),
    plant("REQ-009", "no agency", of_policy(agency_no="", agency_name=""), field="agency_no"),
    plant("ID-001", "seventeen signs", of_holder(id_no="11010119850615103"), field="id_no"),
    plant("ID-001", "a letter in it", of_holder(id_no="1101011985O6151031"), field="id_no"),
    plant(
        "ID-001",
        "of a beneficiary as written",
        lambda book: rewrite_party(book.beneficiary, id_no="11010119850615103"),
        field="beneficiary.id_no",
    ),
    plant(
        "ID-004",
        "check digit",
        lambda book: rewrite(book.holder, id_no=wrong_check_digit(book.holder.id_no)),
        field="id_no",
    ),
    plant(
        "ID-004",
        "check digit, and a sex that differs too",
        lambda book: rewrite(book.holder, id_no=wrong_check_digit(book.holder.id_no), sex="F"),
        field="id_no",
    ),
    plant(
        "ID-007",
        "born ahead of today",
        of_holder(birth_date="2027-06-15", id_no=resident_id(born=date(2027, 6, 15), order=1)),
        field="id_no",
    ),
    plant(
        "ID-007",
        "born on 31 February",
        lambda book: rewrite(book.holder, id_no=with_check_digit("11010119850231123")),
        field="id_no",
    ),
    plant("ID-008", "another birth date", of_holder(birth_date="1985-06-16"), field="birth_date"),
    plant("ID-009", "another sex", of_holder(sex="F"), field="sex"),
    plant("ID-010", "one number, two names", _same_number_two_names, field="id_no"),
    plant("VAL-002", "expired at application", of_holder(id_valid_to="2025-02-28"), field="id_valid_to"),
    plant("VAL-003", "expired since", of_holder(id_valid_to="2026-11-19"), field="id_valid_to"),
    plant("VAL-007", "a register with an end", of_holder(id_type="户口簿"), field="id_valid_to"),
    plant(
        "VAL-007",
        "a register without a beginning",
        of_holder(id_type="户口簿", id_valid_from="", id_valid_to="长期"),
        field="id_valid_from",
    ),
    plant("PH-001", "ten digits", of_holder(mobile="1392046185"), field="mobile"),
    plant("PH-002", "prefix of nobody", of_holder(mobile="14120461857"), field="mobile"),
    plant("PH-005", "no area code", of_holder(landline="65128473"), field="landline"),
    plant("PH-006", "a digit too few", of_holder(landline="010-6512847"), field="landline"),
    plant("PH-009", "what people type", of_holder(mobile="13800138000"), field="mobile"),
    plant("PH-009", "a listed run", of_holder(mobile="13333333333"), field="mobile"),
    plant("PH-010", "a run of seven", of_holder(mobile="13920000000"), field="mobile"),
    plant("PH-010", "a sequence of six", of_holder(mobile="13945678973"), field="mobile"),
    plant("PH-010", "two digits only", of_holder(mobile="13926622662"), field="mobile"),
    plant("PH-020", "the seller's", _sellers_phone, field="mobile"),
    plant("PH-022", "of two", _phone_of_two, field="mobile"),
    plant("PH-022", "a landline of two", _landline_of_two, field="landline"),
    plant("PH-023", "of three", _phone_of_three, field="mobile"),
    plant("AD-001", "no district", of_holder(address="江苏省苏州市人民路12号3栋401室"), field="address"),
    plant("AD-004", "no number", of_holder(address="北京市东城区东华门街道锡拉胡同里"), field="address"),
    plant("NM-001", "a sign in it", of_holder(name="段@思远"), field="name"),
    plant("NM-004", "a digit in it", of_holder(name="段思远1"), field="name"),
    plant("NM-004", "a full-width digit", of_holder(name="段思远１"), field="name"),
    plant("RB-003", "self, another document", _self_with_another_document, field="insured.relation"),
    plant("RB-003", "spouse, the same document", _other_with_the_same_document, field="insured.relation"),
    plant(
        "RB-007",
        "ninety in all",
        lambda book: amend(book.beneficiary, share=Decimal(90)),
        field="beneficiary.share",
    ),
    plant(
        "RB-007", "a hundred and ten", lambda book: beneficiary_with(book, "10"), field="beneficiary.share"
    ),
    plant("RN-001", "seller unknown", of_policy(seller_no="S-NONE", seller=None), field="seller_no"),
    plant("RN-001", "outlet unknown", of_policy(outlet_no="O-NONE", outlet=None), field="outlet_no"),
    plant(
        "RN-001",
        "agency branch unknown",
        of_policy(agency_branch_no="O-NONE", agency_branch=None),
        field="agency_branch_no",
    ),
    plant("RN-002", "seller's name", of_policy(seller_name="李消售"), field="seller_name"),
    plant("RN-002", "outlet's name", of_policy(outlet_name="别的网点"), field="outlet_name"),
    plant(
        "RN-002", "agency branch's name", of_policy(agency_branch_name="别的支行"), field="agency_branch_name"
    ),
    plant("RN-003", "seller left", _left_before_sale, field="seller_no"),
    plant(
        "RN-003",
        "outlet closed",
        lambda book: amend(book.outlet, closed_on=date(2025, 2, 28)),
        field="outlet_no",
    ),
    plant(
        "RN-003",
        "agency branch not open yet",
        lambda book: amend(book.agency_branch, opened_on=date(2025, 3, 2)),
        field="agency_branch_no",
    ),
)


def _family(book: Book) -> None:
    """The insured holds a policy of her own and shares the husband's number."""
    from tests.factories import make_policy
    from tests.rules.book import recorded

    make_policy(seller=book.seller, holder=book.insured, **recorded(book.agency_branch))
    for customer in (book.holder, book.insured):
        rewrite(customer, mobile="13920461857")


def _one_person_thrice(book: Book) -> None:
    _same_person_twice(book)
    _same_person_twice(book)
    for party in PolicyParty.objects.filter(role="holder").select_related("customer"):
        rewrite(party.customer, mobile="13920461857")


def _holder_insured(book: Book) -> None:
    amend(book.insured_party, relation=Relation.SELF, customer=book.holder)


def _former_name(book: Book) -> None:
    OutletName.objects.create(outlet=book.outlet, name="旧网点", valid_to=date(2026, 1, 1))
    amend(book.policy, outlet_name="旧网点")


def _own_phone_of_the_seller(book: Book) -> None:
    _sellers_phone(book)
    amend(book.seller, id_no=book.holder.id_no, id_norm=book.holder.id_no)


def _left_on_the_day_after(book: Book) -> None:
    SellerStanding.objects.filter(seller=book.seller).update(valid_to=date(2025, 3, 2))


def _two_halves(book: Book) -> None:
    amend(book.beneficiary, share=Decimal("33.33"))
    beneficiary_with(book, "66.67")


def _no_shares(book: Book) -> None:
    amend(book.beneficiary, share=None)
    beneficiary_with(book, None)


def _two_orders(book: Book) -> None:
    beneficiary_with(book, "100", order=2)


NEAR_MISSES: tuple[tuple[str, str, Act], ...] = (
    ("REQ-001", "a one-sign surname", of_holder(name="无双")),
    ("REQ-002", "a landline alone", of_holder(mobile="", landline="010-65128473")),
    ("REQ-003", "a village", of_holder(address="河南省郑州市中牟县官渡镇前城村")),
    ("REQ-004", "a foreign passport", of_insured(id_type="外国护照", id_no="X1234567", nationality="USA")),
    ("REQ-005", "another relation", lambda book: amend(book.insured_party, relation=Relation.OTHER)),
    (
        "REQ-009",
        "an individual agent has no outlet",
        of_policy(
            channel="individual",
            agency=None,
            agency_no="",
            agency_name="",
            outlet=None,
            outlet_no="",
            outlet_name="",
            agency_branch=None,
            agency_branch_no="",
            agency_branch_name="",
        ),
    ),
    ("ID-001", "small x and spaces", of_holder(id_no=" 110101 19850615 049x", sex="M")),
    ("ID-004", "a passport has no check digit", of_holder(id_type="护照", id_no="E12345678")),
    ("ID-007", "born today", of_holder(birth_date="2026-11-20", id_no=resident_id(born=date(2026, 11, 20)))),
    ("ID-008", "another way to write it", of_holder(birth_date="1985/6/15")),
    ("ID-009", "男", of_holder(sex="男")),
    ("ID-010", "the same name twice", _same_person_twice),
    ("VAL-002", "expires on the day", of_holder(id_valid_to="2026-11-20")),
    ("VAL-003", "long-term", of_holder(id_valid_to="9999-99-99")),
    ("VAL-007", "a register as it should be", of_holder(id_type="户口簿", id_valid_to="9999/99/99")),
    ("PH-001", "with +86 and hyphens", of_holder(mobile="+86 139-2046-1857")),
    ("PH-002", "a young prefix", of_holder(mobile="19320461857")),
    ("PH-005", "brackets", of_holder(landline="(010)65128473")),
    ("PH-006", "seven digits where seven are right", of_holder(landline="0915-3212347")),
    ("PH-009", "one digit beside it", of_holder(mobile="13800138291")),
    ("PH-010", "a run of five", of_holder(mobile="13920000046")),
    ("PH-020", "the seller's own policy", _own_phone_of_the_seller),
    ("PH-022", "husband and wife", _family),
    ("PH-023", "one person three times", _one_person_thrice),
    ("AD-001", "a municipality has no city", of_holder(address="上海市浦东新区张江路88弄3号401室")),
    ("AD-004", "a village without a number", of_holder(address="河南省郑州市中牟县官渡镇前城村")),
    ("NM-001", "a rare character and a dot", of_holder(name="阿卜杜拉·䶮")),
    ("NM-004", "numbers in Chinese", of_holder(name="段三七")),
    ("RB-003", "self with the same person", _holder_insured),
    ("RB-007", "thirds that make a whole", _two_halves),
    ("RB-007", "no shares at all", _no_shares),
    ("RB-007", "each order has its own", _two_orders),
    ("RN-001", "spaces in the name", lambda book: amend(book.policy, seller_name="李 销售")),
    ("RN-002", "the outlet's former name", _former_name),
    ("RN-003", "left the day after", _left_on_the_day_after),
)  # fmt: skip
