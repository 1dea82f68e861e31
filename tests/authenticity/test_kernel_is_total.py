"""Whatever text comes in, the kernel answers, and its normal form is the normal form of itself."""

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authenticity import (
    addresses,
    bank_cards,
    credit_codes,
    documents,
    emails,
    hashing,
    names,
    phones,
    postcodes,
    relations,
    resident_id,
    texts,
    validity,
)
from authenticity.inspection import KINDS, inspect
from authenticity.masking import KINDS as MASKED_KINDS
from authenticity.masking import mask

TODAY = date(2026, 11, 22)

PIECES = st.sampled_from(
    [
        "110101",
        "19800215",
        "138",
        "0086",
        "+86",
        "0",
        "010",
        "转12",
        "#",
        "-",
        " ",
        "·",
        "•",
        ".",
        "x",
        "X",
        "北京市",
        "北京",
        "市辖区",
        "朝阳",
        "朝阳区",
        "南京",
        "江苏",
        "鼓楼区",
        "襄樊市",
        "临安市",
        "省直辖县级行政区划",
        "吉林",
        "吉林市",
        "县",
        "路",
        "亳州市",
        "重庆市",
        "江北县",
        "城关",
        "东莞",
        "仙桃市",
        "中国",
        "88号",
        "村",
        "王",
        "䶮",
        "Tom",
        "1",
        "长期",
        "9999",
        "/",
        "年",
        "月",
        "@",
        "\u200b",
        "\ufeff",
        "\u3000",
        "\x00",
        "\u0301",
        "\ud800",
        "１",
        "Ⅷ",
        "㍿",
        "\u3164",
        "´",
        "ﬁ",
        "\u0345",
        "ß",
        "İ",
        "ŉ",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join))

NORMALISERS: dict[str, Callable[[str], str]] = {
    "fold": texts.fold,
    "compact": texts.compact,
    "resident_id": lambda text: resident_id.facts(text).normal,
    "phone": lambda text: phones.facts(text).normal,
    "name": lambda text: names.facts(text).normal,
    "address": lambda text: addresses.parse(text).normal,
    "uscc": lambda text: credit_codes.facts(text).normal,
    "bank_card": lambda text: bank_cards.facts(text).normal,
    "postcode": postcodes.normalise,
    "email": emails.normalise,
    **{kind: partial(documents.normalise, kind) for kind in documents.TYPES},
}

HOSTILE = [
    "1" * 100_000,
    "0" * 100_000,
    "-" * 100_000,
    " " * 100_000,
    "北京市" * 33_000,
    "市辖区" * 33_000,
    "·" * 100_000,
    "a@" * 50_000,
    "1," * 50_000,
    "13812340987" * 9_000,
    "\u0301" * 100_000,
    "\ufdfa" * 100_000,
    "转1" * 50_000,
    "\x00" * 100_000,
]


@pytest.mark.parametrize("name", NORMALISERS)
@given(text=TEXTS)
def test_a_normal_form_is_its_own_normal_form(name: str, text: str) -> None:
    normal = NORMALISERS[name](text)
    assert NORMALISERS[name](normal) == normal


@pytest.mark.parametrize("kind", KINDS)
@given(text=TEXTS)
@settings(max_examples=60)
def test_every_kind_can_be_inspected_whatever_the_text(kind: str, text: str) -> None:
    result = inspect(kind, text, today=TODAY)
    assert result.value == text
    assert inspect(kind, text, today=TODAY) == result


@given(text=TEXTS)
def test_dates_documents_relations_and_placeholders_answer_for_any_text(text: str) -> None:
    validity.parse_valid_to(text)
    relations.parse_relation(text)
    texts.is_placeholder(text)
    emails.is_valid(text)
    for kind in documents.TYPES:
        documents.type_fits_number(kind, text)
        documents.type_fits_nationality(kind, text)


@pytest.mark.parametrize("kind", [*MASKED_KINDS, "unheard of"])
@given(text=TEXTS)
@settings(max_examples=60)
def test_every_mask_answers_for_any_text(kind: str, text: str) -> None:
    assert isinstance(mask(kind, text), str)
    assert isinstance(mask(kind, text, "partial"), str)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_normal_form_stays_short_however_long_the_text(text: str) -> None:
    for kind in KINDS:
        assert len(inspect(kind, text, today=TODAY).normal) <= 300
    for kind in MASKED_KINDS:
        assert len(mask(kind, text)) <= texts.MAX_CHARS
    assert len(texts.fold(text)) <= texts.MAX_CHARS


@pytest.mark.parametrize("name", NORMALISERS)
@given(text=TEXTS)
def test_a_normal_form_can_be_stored(name: str, text: str) -> None:
    normal = NORMALISERS[name](text)
    assert "\x00" not in normal
    normal.encode()


@given(text=TEXTS)
def test_what_values_are_compared_by_is_told_of_any_text_and_of_its_normal_form_alike(text: str) -> None:
    read = addresses.parse(text)
    assert addresses.key(read) == addresses.key(addresses.parse(read.normal))
    assert -(2**63) <= hashing.stable_hash(text) < 2**63
    assert names.is_plain(text) <= (names.facts(text).normal == text)
    assert phones.province_of(text) == phones.province_of(phones.facts(text).normal) or text != texts.fold(
        text
    )
    for kind in documents.TYPES:
        normal = documents.normalise(kind, text)
        key = documents.key(kind, normal)
        assert documents.key(kind, key) == key
