"""What is read once by its beginning is what would have been read from the whole."""

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from authenticity import addresses, phones, resident_id
from authenticity.divisions import default_index
from authenticity.texts import digit_pattern, longest_run, longest_sequence

INDEX = default_index()
DISTRICTS = [row for row in INDEX.current if row.level == "district"]
FORMER = sorted(row.name for row in INDEX.by_code.values() if row.valid_to)
SIGNS = sorted({sign for scope in list(INDEX.scopes.values()) for name in scope.names for sign in name})
TAILS = [
    "建国路100号2栋301室",
    "区",
    "市辖区人民路1号",
    "市中区1号",
    "县城关镇",
    "村",
    "",
    "新区8号",
    ",1号",
    "100022朝阳路",
]


def spelled(district: int, city: bool, province: bool, tail: str) -> str:
    path = [step.name for step in INDEX.path(DISTRICTS[district % len(DISTRICTS)].code)]
    kept = [path[-1]] if not (city or province) else path if province and city else [path[0], path[-1]]
    return "".join(name for name in kept if not name.startswith("省直辖")) + tail


ADDRESSES = st.builds(
    spelled,
    st.integers(0, 10_000),
    st.booleans(),
    st.booleans(),
    st.one_of(
        st.sampled_from(TAILS),
        st.text(st.sampled_from(SIGNS), max_size=6),
        st.sampled_from(FORMER),
        st.builds(spelled, st.integers(0, 10_000), st.booleans(), st.booleans(), st.just("1号")),
    ),
)


@given(text=ADDRESSES)
@settings(max_examples=1500)
@example(text="吉林省吉林市昌邑区吉林大街1号")
@example(text="山东省济南市中区经七路1号")
@example(text="北京市北京市朝阳区1号")
def test_an_address_of_a_known_beginning_reads_as_the_parser_reads_it(text: str) -> None:
    slow = addresses.parse(text, INDEX)
    assert addresses.parse(text) == slow
    assert addresses.parse(text) == slow


@pytest.mark.parametrize("turn", range(4))
def test_every_district_is_known_after_one_reading(turn: int) -> None:
    """Whatever character of any division's name follows."""
    for place, row in list(enumerate(DISTRICTS))[turn::4]:
        path = INDEX.path_text(row.code)
        addresses.parse(path + "建国路100号")
        text = path + SIGNS[place * 7 % len(SIGNS)] + SIGNS[place % len(SIGNS)] + "8号"
        assert addresses.parse(text) == addresses.parse(text, INDEX)


def test_every_mobile_prefix_is_allocated_as_phonenumbers_says() -> None:
    for prefix in range(10_000, 20_000):
        number = phonenumbers.PhoneNumber(country_code=86, national_number=prefix * 1_000_000 + 95_519)
        whole = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
        assert phones.is_allocated(f"{prefix}095519") is whole, prefix


@pytest.mark.parametrize("digit", "0123456789")
def test_every_subscriber_number_of_every_city_is_judged_as_phonenumbers_does(digit: str) -> None:
    """All area codes, both lengths, three first digits; the tail of each is another one."""
    for area in phones.area_codes():
        for head in range(100):
            for length in (7, 8):
                tail = str(head * 7919 + int(area) * 31).zfill(5)[-(length - 3) :].zfill(length - 3)
                subscriber = f"{digit}{head:02d}{tail}"
                number = phonenumbers.PhoneNumber(country_code=86, national_number=int(area[1:] + subscriber))
                whole = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.FIXED_LINE
                assert phones.is_fixed_line(area, subscriber) is whole, (area, subscriber)


DIGITS = st.text("0123456789", max_size=24)
LINES = st.one_of(
    st.builds("1{}".format, st.text("0123456789", min_size=10, max_size=10)),
    st.builds("{}-{}".format, st.sampled_from(sorted(phones.area_codes())), DIGITS),
    st.builds("0{}-{}".format, st.text("0123456789", max_size=3), DIGITS),
)


@given(text=LINES)
def test_a_plainly_written_number_reads_as_one_with_a_sign_too_many(text: str) -> None:
    """The invisible sign leads it past every short cut."""
    assert phones.facts(text)._replace(changed=True) == phones.facts("\u200b" + text)


@given(digits=DIGITS)
@example(digits="13912345678")
@example(digits="11223344556")
def test_a_pattern_of_digits_is_what_counting_them_finds(digits: str) -> None:
    assert digit_pattern(digits) == (longest_run(digits), longest_sequence(digits))


@given(number=st.from_regex(r"[0-9]{15}|[0-9]{17}[0-9X]", fullmatch=True))
def test_a_citizen_number_reads_the_same_from_an_index_of_its_own(number: str) -> None:
    read = resident_id.facts(number)
    assert read == resident_id.facts(number, INDEX)
    assert read.check_ok is (
        resident_id.check_digit(number[:17]) == number[17:] if len(number) == 18 else None
    )


def test_the_province_of_a_mobile_is_the_one_that_phonenumbers_tells() -> None:
    told = {"13800138000": "110000", "13812340987": "320000", "18682012345": "440000", "19912345678": ""}
    assert {number: phones.province_of(number) for number in told} == told
    assert [phones.province_of(text) for text in ("", "1", "010-88993108", "１３８００１３８０００")] == [
        ""
    ] * 4
