"""Number and type of the other documents (customers/rules/documents.py, policies/rules/ages.py)."""

from __future__ import annotations

from datetime import date

from policies.choices import Relation
from tests.authenticity.numbers import citizen_number, foreign_resident_number, spoiled
from tests.factories import resident_id
from tests.rules.book import Book, amend, rewrite_party
from tests.rules.planting import Act, Place, Plant, of_beneficiary, of_holder, plant

PASSPORT = {"id_type": "passport", "id_valid_from": "2020-06-15", "id_valid_to": "2030-06-15"}
PERMIT = {"id_type": "residence_permit", "nationality": "HKG"}
TRAVEL = {"id_type": "hk_macau_permit", "nationality": "MAC"}
TAIWAN = {"id_type": "taiwan_permit", "nationality": "TWN"}
FOREIGN = {"id_type": "foreign_pr", "nationality": "USA"}
FOREIGN_PASSPORT = {"id_type": "foreign_passport", "nationality": "USA"}
MILITARY = {"id_type": "military"}
REGISTER = {"id_type": "household_register", "id_valid_to": "长期"}
CERTIFICATE = {"id_type": "birth_certificate", "id_valid_to": "长期"}
OF_BABY = {"id_type": "birth_certificate", "id_no": "A123456789", "id_valid_from": "2024-07-01"}
OF_BIRTH = "19850615"
OLD_ENOUGH = ("ID-028", "id_type")
NO_BABY = ("ID-029", "id_type")


def _number(code: str, name: str, number: str, document: dict[str, str], *more: Place) -> Plant:
    return plant(code, name, of_holder(id_no=number, **document), *more, field="id_no")


def _permit(ending: str = "") -> str:
    return citizen_number("810000", OF_BIRTH) + ending


def _child(born: date, **document: str) -> Act:
    """A beneficiary as written, with a guardian, at whose age the document is right."""

    def act(book: Book) -> None:
        rewrite_party(book.beneficiary, name="赵小禾", sex="M", birth_date=born.isoformat(), **document)
        amend(book.beneficiary, relation=Relation.SON, guardian_name="段思远", guardian_phone="13920461857")

    return act


PLANTS = (
    plant("ID-012", "a residence permit as resident ID", of_holder(id_no=_permit()), field="id_type"),
    plant(
        "ID-012",
        "a foreigner's card as resident ID",
        of_holder(id_no=foreign_resident_number(born=OF_BIRTH)),
        field="id_type",
    ),
    plant(
        "ID-012",
        "a citizen number as passport",
        of_holder(id_no=citizen_number(born=OF_BIRTH), **PASSPORT),
        field="id_type",
    ),
    _number("ID-020", "check character", spoiled(_permit()), PERMIT),
    _number("ID-021", "check character", spoiled(foreign_resident_number(born=OF_BIRTH)), FOREIGN),
    _number("ID-022", "check digit", "USA110085061511", FOREIGN),
    _number("ID-023", "seven digits", "H1234567", TRAVEL),
    _number("ID-023", "of the other direction", "C12345678", TRAVEL),
    _number("ID-024", "nine digits", "123456789", TAIWAN),
    _number("ID-025", "two signs", "E1", PASSPORT),
    _number("ID-025", "another series", "K12345678", PASSPORT),
    _number("ID-026", "two signs", "A1", FOREIGN_PASSPORT),
    _number("ID-027", "digits alone", "1234567", MILITARY),
    _number("ID-028", "check character", spoiled(citizen_number(born=OF_BIRTH)), REGISTER, OLD_ENOUGH),
    plant(
        "ID-028",
        "an adult's register",
        of_holder(id_no=citizen_number(born=OF_BIRTH), **REGISTER),
        field="id_type",
    ),
    plant(
        "ID-028",
        "an adult beneficiary's register",
        of_beneficiary(id_type="household_register", id_valid_to="长期", id_valid_from="2015-06-15"),
        field="beneficiary.id_type",
    ),
    _number("ID-029", "two digits", "12", CERTIFICATE, NO_BABY),
    plant("ID-029", "an adult's certificate", of_holder(id_no="A123456789", **CERTIFICATE), field="id_type"),
    plant(
        "ID-029",
        "a child of two",
        _child(date(2023, 2, 1), **OF_BABY),
        field="beneficiary.id_type",
    ),
    plant("ID-030", "a foreigner's resident ID", of_holder(nationality="USA"), field="nationality"),
    plant(
        "ID-030",
        "a Chinese with a foreign passport",
        of_holder(id_type="foreign_passport", id_no="X1234567"),
        field="nationality",
    ),
)
NEAR_MISSES = (
    ("ID-012", "a passport of nine signs", of_holder(id_no="E12345678", **PASSPORT)),
    ("ID-020", "a right one", of_holder(id_no=_permit(), **PERMIT)),
    ("ID-021", "a right one", of_holder(id_no=foreign_resident_number(born=OF_BIRTH), **FOREIGN)),
    ("ID-022", "a right one", of_holder(id_no="USA110085061510", **FOREIGN)),
    ("ID-023", "with the count of renewals", of_holder(id_no="M1234567801", **TRAVEL)),
    ("ID-024", "ten digits", of_holder(id_no="1234567801", **TAIWAN)),
    ("ID-025", "a letter second", of_holder(id_no="EA1234567", **PASSPORT)),
    ("ID-026", "five signs", of_holder(id_no="A1234", **FOREIGN_PASSPORT)),
    ("ID-027", "one with its words", of_holder(id_no="军字第1234567号", **MILITARY)),
    (
        "ID-028",
        "a child's register",
        _child(
            date(2015, 6, 15),
            id_type="household_register",
            id_no=resident_id(born=date(2015, 6, 15)),
            id_valid_from="2015-06-20",
            id_valid_to="长期",
        ),
    ),
    (
        "ID-029",
        "a baby's certificate",
        _child(date(2024, 6, 15), **OF_BABY),
    ),
    ("ID-030", "nobody says which", of_holder(nationality="")),
)
