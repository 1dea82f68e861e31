from datetime import date

import pytest

from authenticity import resident_id
from authenticity.divisions import CITIES_WITHOUT_DISTRICTS, default_index
from authenticity.inspection import inspect
from tests.authenticity.numbers import citizen_number, foreign_resident_number, spoiled

TODAY = date(2026, 11, 22)


def codes(number: str) -> tuple[str, ...]:
    return inspect("resident_id", number, today=TODAY).codes


def test_a_sound_number_tells_birth_sex_and_county() -> None:
    read = resident_id.facts(citizen_number("110105", "19800215", "123"))
    assert (read.shape, read.check_ok, read.birth_date, read.birth_state) == (
        "18",
        True,
        date(1980, 2, 15),
        "ok",
    )
    assert (read.sex, read.division) == ("M", "110105")
    assert (read.province_known, read.prefecture_known, read.county_known) == (True, True, True)
    assert codes(read.normal) == ()


def test_an_even_seventeenth_digit_is_a_woman() -> None:
    assert resident_id.facts(citizen_number(sequence="124")).sex == "F"


def test_full_width_lower_case_and_spaces_are_folded() -> None:
    number = next(n for s in range(100, 999) if (n := citizen_number(sequence=str(s))).endswith("X"))
    written = " ".join(number.lower()).translate({ord(str(d)): 0xFF10 + d for d in range(10)})
    assert resident_id.facts(written).normal == number


@pytest.mark.parametrize("born", ["19300101", "19650630", "19991231", "20200229"])
def test_no_county_code_is_refused_for_a_birth_before_or_after_its_time(born: str) -> None:
    """The number follows the registration, not the birth: county code × birth year is no defect (ID-015)."""
    index = default_index()
    counties = [
        code
        for code, row in index.by_code.items()
        if row.level == "district" or code in CITIES_WITHOUT_DISTRICTS
    ]
    assert len(counties) > 6000
    assert [county for county in counties if codes(citizen_number(county, born))] == []


@pytest.mark.parametrize("place", range(17))
def test_every_single_digit_typed_wrong_is_found(place: int) -> None:
    number = citizen_number()
    wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
    assert resident_id.facts(wrong).check_ok is False


def test_a_wrong_check_digit_alone_is_one_finding() -> None:
    assert codes(spoiled(citizen_number())) == ("ID-004",)


def test_a_fifteen_digit_number_is_told_its_longer_form() -> None:
    number = citizen_number(born="19800215")
    old = number[:6] + number[8:17]
    assert resident_id.upgrade_15(old) == number
    assert resident_id.facts(old).birth_date == date(1980, 2, 15)
    assert codes(old) == ("ID-002",)


@pytest.mark.parametrize(
    "number, expected",
    [
        (citizen_number("000101"), ("ID-003",)),
        (citizen_number("119901"), ("ID-005",)),
        (citizen_number("110199"), ("ID-006",)),
        (citizen_number(born="20990101"), ("ID-007",)),
        (citizen_number(born="19800230"), ("ID-007",)),
        (citizen_number(born="19010101"), ("ID-007",)),
        (citizen_number(born="19061123"), ()),
        (citizen_number("810000"), ("ID-012",)),
        (foreign_resident_number(), ("ID-012",)),
        ("H12345678", ("ID-001",)),
        (spoiled(citizen_number("810000")), ("ID-004", "ID-012")),
        ("1101011980021512", ("ID-001",)),
        ("11010119800215１23A", ("ID-001",)),
        ("不详", ("REQ-008",)),
        ("", ("REQ-001",)),
        *((sample.replace("*", "0011"), ("ID-013",)) for sample in resident_id.SAMPLE_NUMBERS[2:]),
    ],
)
def test_each_defect_has_its_code(number: str, expected: tuple[str, ...]) -> None:
    assert codes(number) == expected


def test_a_birth_before_1900_is_only_doubtful() -> None:
    result = inspect("resident_id", citizen_number(born="18991231"), today=TODAY)
    assert (result.verdict, result.codes) == ("warn", ("ID-007",))


def test_cities_without_districts_stand_for_their_county() -> None:
    assert all(resident_id.facts(citizen_number(code)).county_known for code in CITIES_WITHOUT_DISTRICTS)


@pytest.mark.parametrize("text", ["", "1" * 16, "1" * 18, "１" * 17, "abc", "-" * 17])
def test_a_check_digit_of_what_is_no_number_is_empty(text: str) -> None:
    assert resident_id.check_digit(text) == ""
