from datetime import date

import phonenumbers
import pytest

from authenticity import phones
from authenticity.inspection import inspect
from authenticity.texts import distinct_last, longest_run, longest_sequence

TODAY = date(2026, 11, 22)


def codes(kind: str, text: str) -> tuple[str, ...]:
    return inspect(kind, text, today=TODAY).codes


@pytest.mark.parametrize(
    "text",
    [
        "13812340987",
        "138 1234 0987",
        "138-1234-0987",
        "+8613812340987",
        "+86 138 1234 0987",
        "0086-13812340987",
        "8613812340987",
        "013812340987",
        "１３８１２３４０９８７",
        "(138)12340987",
        "\u200b13812340987",
    ],
)
def test_one_mobile_has_one_normal_form(text: str) -> None:
    read = phones.facts(text)
    assert (read.kind, read.normal, read.mobile_shape_ok, read.allocated) == (
        "mobile",
        "13812340987",
        True,
        True,
    )
    assert read.changed is (text != "13812340987")


@pytest.mark.parametrize(
    "text",
    ["+008613812340987", "17951138123409", "1795113812340987", "1259313812340987", "+86013812340987"],
)
def test_what_phonenumbers_would_strip_is_not_a_mobile(text: str) -> None:
    assert not phones.facts(text).mobile_shape_ok
    assert "PH-001" in codes("mobile", text)


@pytest.mark.parametrize("text", ["1381234098", "138123409877", "12812340987", "2381234098"])
def test_no_digit_more_or_less(text: str) -> None:
    assert codes("mobile", text) == ("PH-001",)


@pytest.mark.parametrize(
    "prefix", ["140", "146", "148", "149", "154", "160", "163", "164", "168", "169", "179", "194"]
)
def test_a_prefix_that_nobody_was_given_is_for_a_person_to_judge(prefix: str) -> None:
    assert codes("mobile", prefix + "02340987") == ("PH-002",)


@pytest.mark.parametrize(
    "number, given",
    [("16101234087", True), ("16111234087", False), ("17405234087", True), ("17406234087", False)],
)
def test_split_prefixes_are_told_apart_by_their_next_digits(number: str, given: bool) -> None:
    assert phones.facts(number).allocated is given


def test_five_digits_decide_as_the_whole_number_would() -> None:
    """The verdict is kept by five digits: equal to phonenumbers' on every prefix, whatever follows."""
    for prefix in range(13000, 20000):
        for tail in ("000000", "095519", "123456", "999999"):
            number = phonenumbers.PhoneNumber(country_code=86, national_number=int(f"{prefix}{tail}"))
            whole = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
            assert phones.is_allocated(f"{prefix}{tail}") is whole


@pytest.mark.parametrize(
    "text",
    [
        "01095519",
        "010-95519",
        "02195511",
        "9551812345",
        "95519",
        "4008123123",
        "800-810-1234",
        "10086",
        "12378",
        "010-12345",
        "96123",
        "10101234",
        "116114",
        "010-4008123123",
    ],
)
def test_a_hotline_is_found_before_a_landline_is(text: str) -> None:
    assert "PH-008" in codes("phone", text)


@pytest.mark.parametrize(
    "text, normal",
    [
        ("010-88993108", "010-88993108"),
        ("(010)88993108", "010-88993108"),
        ("+86-10-88993108", "010-88993108"),
        ("0915 3214579", "0915-3214579"),
        ("+86 10 88993108", "010-88993108"),
        ("0086755 88993108", "0755-88993108"),
        ("+860755 88993108", "0755-88993108"),
        ("010-12345678转1234", "010-12345678-1234"),
        ("010-88993108-123", "010-88993108-123"),
        ("010-88993108 ext 123", "010-88993108-123"),
        ("01088993108#123", "010-88993108-123"),
    ],
)
def test_a_landline_is_area_subscriber_and_extension(text: str, normal: str) -> None:
    read = phones.facts(text)
    assert (read.kind, read.normal, read.landline_valid) == ("landline", normal, True)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("88993108", ("PH-005",)),
        ("0755-8899310", ("PH-006",)),
        ("0915-32145790", ("PH-006",)),
        ("0565-3214579", ("PH-007",)),
        ("010-12345678", ("PH-010",)),
        ("13812340987", ("PH-005",)),
        ("04043214579", ("PH-005",)),
        ("010-889931081", ("PH-006",)),
    ],
)
def test_each_defect_of_a_landline_has_its_code(text: str, expected: tuple[str, ...]) -> None:
    assert codes("landline", text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "13812340987/13912340987",
        "13812340987 13912340987",
        "1381234098713912340987",
        "13812340987、010-88993108",
    ],
)
def test_two_numbers_in_one_field_are_several(text: str) -> None:
    assert phones.facts(text).kind == "several"
    assert "PH-012" in codes("phone", text)


@pytest.mark.parametrize("text", ["00852 91234567", "+852 9123 4567", "+1 650 253 0000"])
def test_a_foreign_number_is_foreign(text: str) -> None:
    assert phones.facts(text).kind == "foreign"


@pytest.mark.parametrize("text", ["1064712345678", "1440012345678", "1410012345678"])
def test_thirteen_digits_of_a_thing_are_no_person(text: str) -> None:
    assert codes("mobile", text) == ("PH-003",)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("13800138000", ("PH-009",)),
        ("13977777772", ("PH-010",)),
        ("13912345670", ("PH-010",)),
        ("13987654321", ("PH-010",)),
        ("13913131313", ("PH-010",)),
        ("13811222283", ()),
    ],
)
def test_invented_patterns_are_found(text: str, expected: tuple[str, ...]) -> None:
    assert codes("mobile", text) == expected


def test_six_in_a_row_is_only_doubtful() -> None:
    result = inspect("mobile", "13977777702", today=TODAY)
    assert (result.verdict, result.codes) == ("warn", ("PH-010",))


def test_prefixes_to_strip_are_the_callers() -> None:
    assert phones.facts("17951" + "13812340987", strip_prefixes=("17951",)).normal == "13812340987"
    assert not phones.facts("8613812340987", strip_prefixes=()).mobile_shape_ok


def test_runs_and_sequences_are_counted() -> None:
    assert [longest_run(text) for text in ("", "1", "1223334", "5555")] == [0, 1, 3, 4]
    assert [longest_sequence(text) for text in ("", "7", "123789", "12321", "1357", "98766")] == [
        0,
        1,
        3,
        3,
        1,
        4,
    ]
    assert distinct_last("13812121212") == 2


def test_all_area_codes_are_here() -> None:
    codes_by_state = phones.area_codes()
    assert {code for code, (_, gone) in codes_by_state.items() if gone} == {"0565", "0634", "0852", "0853"}
    assert sum(8 in lengths for lengths, _ in codes_by_state.values()) == 54
