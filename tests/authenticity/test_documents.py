from datetime import date

import pytest

from authenticity import documents
from authenticity.choices import DocumentType
from authenticity.inspection import inspect
from tests.authenticity.numbers import citizen_number, foreign_resident_number, spoiled

TODAY = date(2026, 11, 22)
PERMIT = citizen_number("830000", "19900101", "001")


def old_foreign_number(body: str) -> str:
    total = sum(int(sign, 36) * (7, 3, 1)[place % 3] for place, sign in enumerate(body))
    return body + str(total % 10)


@pytest.mark.parametrize(
    "kind, number, expected",
    [
        ("residence_permit", PERMIT, "ok"),
        ("residence_permit", spoiled(PERMIT), "error"),
        ("residence_permit", citizen_number(), "error"),
        ("residence_permit", citizen_number("830000", "19900231"), "error"),
        ("foreign_pr", foreign_resident_number(), "ok"),
        ("foreign_pr", spoiled(foreign_resident_number()), "error"),
        ("foreign_pr", foreign_resident_number(province="99"), "error"),
        ("foreign_pr", old_foreign_number("USA11008002151"), "ok"),
        ("foreign_pr", spoiled(old_foreign_number("USA11008002151")), "error"),
        ("foreign_pr", old_foreign_number("USA11008002301"), "error"),
        ("hk_macau_permit", "H12345678", "ok"),
        ("hk_macau_permit", "m1234567801", "ok"),
        ("hk_macau_permit", "C12345678", "warn"),
        ("hk_macau_permit", "H1234567", "error"),
        ("taiwan_permit", "12345678", "ok"),
        ("taiwan_permit", "1234567890", "ok"),
        ("taiwan_permit", "123456789", "error"),
        ("passport", "E12345678", "ok"),
        ("passport", "EA1234567", "ok"),
        ("passport", "EI1234567", "warn"),
        ("passport", "141234567", "warn"),
        ("passport", "E123", "error"),
        ("foreign_passport", "AB123", "ok"),
        ("foreign_passport", "AB-1", "error"),
        ("military", "军字第1234567号", "ok"),
        ("military", "1234", "warn"),
        ("birth_certificate", "A123456789", "ok"),
        ("birth_certificate", "20200101", "ok"),
        ("birth_certificate", "A1", "warn"),
        ("household_register", citizen_number(), "ok"),
        ("household_register", "123", "error"),
    ],
)
def test_a_number_has_the_shape_of_its_type(kind: str, number: str, expected: str) -> None:
    assert inspect(kind, number, today=TODAY).verdict == expected


@pytest.mark.parametrize(
    "kind, number, fits",
    [
        ("resident_id", citizen_number(), True),
        ("resident_id", PERMIT, False),
        ("resident_id", foreign_resident_number(), False),
        ("resident_id", spoiled(citizen_number()), True),
        ("passport", citizen_number(), False),
        ("other", citizen_number(), False),
        ("household_register", citizen_number(), True),
        ("passport", "H12345678", True),
        ("hk_macau_permit", "H12345678", True),
        ("taiwan_permit", "H12345678", False),
        ("passport", "", True),
        ("other", "whatever", True),
    ],
)
def test_a_type_that_does_not_fit_its_number_is_told(kind: str, number: str, fits: bool) -> None:
    assert documents.type_fits_number(kind, number) is fits


@pytest.mark.parametrize(
    "kind, nationality, fits",
    [
        ("resident_id", "CHN", True),
        ("resident_id", "USA", False),
        ("hk_macau_permit", "MAC", True),
        ("taiwan_permit", "CHN", False),
        ("foreign_passport", "FRA", True),
        ("foreign_pr", "CHN", False),
        ("other", "FRA", True),
        ("resident_id", "", True),
    ],
)
def test_a_nationality_fits_the_type_of_document(kind: str, nationality: str, fits: bool) -> None:
    assert documents.type_fits_nationality(kind, nationality) is fits


def test_the_kernel_knows_every_type_that_can_be_chosen() -> None:
    assert set(documents.TYPES) == set(DocumentType.values)
