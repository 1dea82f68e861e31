"""Mistakes that published libraries make, so that nobody here makes them again."""

from datetime import date, timedelta

import pytest

from authenticity import documents, names, phones
from authenticity.divisions import default_index
from authenticity.inspection import inspect
from authenticity.masking import mask
from authenticity.validity import parse_valid_to
from tests.authenticity.numbers import citizen_number

TODAY = date(2026, 11, 22)


def codes(kind: str, text: str) -> tuple[str, ...]:
    return inspect(kind, text, today=TODAY).codes


def test_no_valid_number_is_refused_for_its_county_code() -> None:
    """Every county that ever was, with births before it began, after it ended, and while it was."""
    index = default_index()
    counties = [code for code in index.by_code if index.knows_county(code)]
    assert len(counties) > 3000
    for place, county in enumerate(counties):
        for born in (date(1931, 2, 3), date(1984, 7, 9), date(2020, 3, 5)):
            day = born + timedelta(days=place % 900)
            assert codes("resident_id", citizen_number(county, f"{day:%Y%m%d}")) == ()


@pytest.mark.parametrize("district", ["810000", "820000", "830000"])
def test_no_residence_permit_is_refused(district: str) -> None:
    number = citizen_number(district)
    assert codes("residence_permit", number) == ()
    assert documents.facts("residence_permit", number).fit == "ok"


@pytest.mark.parametrize(
    "text",
    ["+008613812340987", "17951138123409", "1795113812340987", "1259313812340987", "+86013812340987"],
)
def test_a_prefix_of_another_network_makes_no_mobile(text: str) -> None:
    assert not phones.facts(text).mobile_shape_ok
    assert inspect("mobile", text, today=TODAY).verdict == "error"


@pytest.mark.parametrize("text", ["01095519", "02195511", "9551812345", "010-95519"])
def test_an_insurers_hotline_is_no_landline(text: str) -> None:
    for kind in ("phone", "mobile", "landline"):
        assert "PH-008" in codes(kind, text)


@pytest.mark.parametrize("text", ["1381234098", "+86 1381234098", "138 1234 098"])
def test_a_mobile_of_ten_digits_is_one_digit_short(text: str) -> None:
    assert "PH-001" in codes("mobile", text)


@pytest.mark.parametrize("name", ["刘欣䶮", "刘欣\U00031350", "𠮷𠮷野", "阿不都热合曼·买买提"])
def test_a_rare_character_is_no_fault(name: str) -> None:
    assert codes("name", name) == ()


def test_wide_digits_are_digits() -> None:
    assert phones.facts("１３８１２３４０９８７").normal == "13812340987"
    assert codes("name", "王１") == ("NM-004",)
    assert codes("resident_id", citizen_number().translate({48 + d: 0xFF10 + d for d in range(10)})) == ()


def test_an_extension_is_read_and_kept() -> None:
    read = phones.facts("010-12345678转1234")
    assert (read.kind, read.normal, read.extension) == ("landline", "010-12345678-1234", "1234")


def test_no_mask_shows_six_and_four() -> None:
    """Beside a birth date six and four hide nothing."""
    number = citizen_number()
    for how in ("", "partial"):
        shown = mask("id_no", number, how) if how else mask("id_no", number)
        assert number[:6] not in shown
        assert number[-4:] not in shown


def test_a_middle_dot_in_any_spelling_is_one() -> None:
    assert len({names.normalise(f"阿凡提{dot}买买提") for dot in "•‧∙・･·．."}) == 1


def test_validity_without_end_has_no_date() -> None:
    for text in ("9999-99-99", "9999/99/99", "9999-12-31", "9999-12-30", "长期", "长期有效", "permanent"):
        assert parse_valid_to(text) == (None, True, "")
