"""The citizen number (customers/rules/numbers.py)."""

from __future__ import annotations

from datetime import date

from tests.factories import resident_id
from tests.rules.book import Book, rewrite, with_check_digit, wrong_check_digit
from tests.rules.planting import of_beneficiary, of_holder, of_insured, plant

BORN = date(1985, 6, 15)
# The insured is the wife of a man who is of age.
SPOUSE = ("RB-004", "insured.relation")
PASSPORT = {"id_type": "护照", "id_valid_from": "2020-06-15", "id_valid_to": "2030-06-15"}


def _wrong_check_digit(book: Book) -> None:
    rewrite(book.holder, id_no=wrong_check_digit(book.holder.id_no))


def _wrong_check_digit_and_sex(book: Book) -> None:
    rewrite(book.holder, id_no=wrong_check_digit(book.holder.id_no), sex="F")


PLANTS = (
    plant("ID-001", "seventeen signs", of_holder(id_no="11010119850615103"), field="id_no"),
    plant("ID-001", "a letter in it", of_holder(id_no="1101011985O6151031"), field="id_no"),
    plant(
        "ID-001",
        "of a beneficiary as written",
        of_beneficiary(id_no="11010119850615103"),
        field="beneficiary.id_no",
    ),
    plant("ID-002", "fifteen digits", of_holder(id_no="110101850615103"), field="id_no"),
    plant("ID-003", "no province", of_holder(id_no=resident_id(born=BORN, division="000101")), field="id_no"),
    plant("ID-004", "check digit", _wrong_check_digit, field="id_no"),
    plant(
        "ID-004", "check digit, and a sex that differs too", _wrong_check_digit_and_sex, SPOUSE, field="id_no"
    ),
    plant(
        "ID-005", "no prefecture", of_holder(id_no=resident_id(born=BORN, division="119901")), field="id_no"
    ),
    plant("ID-006", "no county", of_holder(id_no=resident_id(born=BORN, division="110199")), field="id_no"),
    plant(
        "ID-007",
        "born ahead of today",
        of_holder(birth_date="2027-06-15", id_no=resident_id(born=date(2027, 6, 15), order=1)),
        ("VAL-001", "id_valid_from"),
        ("RB-006", "holder.birth_date"),
        SPOUSE,
        field="id_no",
    ),
    plant(
        "ID-007", "born on 31 February", of_holder(id_no=with_check_digit("11010119850231123")), field="id_no"
    ),
    plant(
        "ID-007",
        "a hundred and twenty-one years old",
        of_holder(birth_date="1905-06-15", id_no=resident_id(born=date(1905, 6, 15)), id_valid_to="长期"),
        field="id_no",
    ),
    plant(
        "ID-007",
        "born before 1900",
        of_holder(birth_date="1899-06-15", id_no=resident_id(born=date(1899, 6, 15)), id_valid_to="长期"),
        field="id_no",
    ),
    plant("ID-008", "another birth date", of_holder(birth_date="1985-06-16"), field="birth_date"),
    plant("ID-009", "another sex", of_holder(sex="F"), SPOUSE, field="sex"),
    plant(
        "ID-009",
        "of a beneficiary",
        of_beneficiary(sex="F"),
        ("RB-004", "beneficiary.relation"),
        field="beneficiary.sex",
    ),
    plant("ID-013", "a number of the standard", of_holder(id_no="11010519491231002X"), field="id_no"),
    plant("ID-013", "any end of an example", of_holder(id_no="110101199003071234"), field="id_no"),
)
NEAR_MISSES = (
    ("ID-001", "small x and spaces", of_holder(id_no=" 110101 19850615 049x", sex="M")),
    (
        "ID-002",
        "fifteen digits of a foreign passport",
        of_insured(id_type="外国护照", id_no="110101870302122", nationality="USA"),
    ),
    ("ID-003", "the youngest province", of_holder(id_no=resident_id(born=BORN, division="460105"))),
    ("ID-004", "a passport has no check digit", of_holder(id_no="E12345678", **PASSPORT)),
    ("ID-005", "a prefecture of former days", of_holder(id_no=resident_id(born=BORN, division="342425"))),
    ("ID-006", "a county of former days", of_holder(id_no=resident_id(born=BORN, division="110103"))),
    (
        "ID-007",
        "a hundred and nineteen years old",
        of_holder(birth_date="1907-06-15", id_no=resident_id(born=date(1907, 6, 15)), id_valid_to="长期"),
    ),
    ("ID-008", "another way to write it", of_holder(birth_date="1985/6/15")),
    ("ID-009", "男", of_holder(sex="男")),
    ("ID-013", "one digit beside it", of_holder(id_no=resident_id(born=BORN, division="110105"))),
)
