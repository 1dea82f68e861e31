from datetime import date

import pytest

from authenticity.hashing import value_hash
from authenticity.masking import KINDS, mask
from tests.authenticity.numbers import citizen_number


@pytest.mark.parametrize(
    "kind, value, listed, partial",
    [
        ("name", "段誉", "段*", "段*"),
        ("name", "段誉之", "段**", "段**"),
        ("name", "段", "段*", "段*"),
        ("mobile", "18012341999", "180****1999", "180****1999"),
        ("landline", "0915-1234579", "0915*****79", "0915*****79"),
        ("phone", "0915-1234579", "0915*****79", "0915*****79"),
        ("phone", "18012341999", "180****1999", "180****1999"),
        ("address", "北京市朝阳区建国路88号", "北京市朝阳区******", "北京市朝阳区建国路***"),
        ("address", "某处88号", "*****", "*****"),
        ("bank_card", "6222021234567890123", "***************0123", "622202*********0123"),
        ("email", "dora@126.com", "d********@126.com", "d********@126.com"),
        ("birth_date", date(1978, 1, 2), "1978-**-**", "1978-01-02"),
        ("birth_date", "1978/01/02", "1978-**-**", "1978/01/02"),
        ("passport photo", "secret", "******", "******"),
    ],
)
def test_each_kind_shows_what_the_table_allows(kind: str, value: object, listed: str, partial: str) -> None:
    assert (mask(kind, value), mask(kind, value, "partial")) == (listed, partial)


def test_a_number_shows_three_characters_or_five_and_never_the_birth_date() -> None:
    number = citizen_number("321081", "19780102", "121")
    assert mask("id_no", number) == "3" + "*" * 15 + number[-2:]
    assert mask("id_no", number, "partial") == "321" + "*" * 13 + number[-2:]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_has_no_mask(kind: str) -> None:
    assert mask(kind, None) == mask(kind, "") == ""


@pytest.mark.parametrize("kind", ["id_no", "mobile", "bank_card", "landline", "phone"])
@pytest.mark.parametrize("length", range(1, 7))
def test_a_number_too_short_to_hide_shows_nothing(kind: str, length: int) -> None:
    assert mask(kind, "7" * length) == "*" * length


def test_an_unreadable_birth_date_shows_nothing() -> None:
    assert mask("birth_date", "born in 1978") == "********"


def test_fingerprints_depend_on_kind_value_and_key() -> None:
    one = value_hash("mobile", "18012341999", b"key")
    assert one == value_hash("mobile", "18012341999", b"key")
    others = {
        value_hash("landline", "18012341999", b"key"),
        value_hash("mobile", "18012341998", b"key"),
        value_hash("mobile", "18012341999", b"other"),
    }
    assert len(others | {one}) == 4
    assert len(one) == 64
    assert value_hash("mobile", "", b"key") == ""
