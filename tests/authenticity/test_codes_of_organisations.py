from datetime import date

import pytest
from stdnum import luhn

from authenticity import bank_cards, credit_codes, emails, postcodes, relations
from authenticity.inspection import inspect

TODAY = date(2026, 11, 22)
GOOD = "91110000600037341L"  # the example in the standard library of number formats


def test_a_credit_code_is_folded_and_checked() -> None:
    read = credit_codes.facts(" 9111 0000-6000 37341l ")
    assert (read.normal, read.shape_ok, read.check_ok, read.inner_ok, read.category_ok) == (
        GOOD,
        True,
        True,
        True,
        True,
    )


@pytest.mark.parametrize(
    "code, verdict, codes",
    [
        (GOOD, "ok", ()),
        (GOOD[:-1] + "M", "error", ("ORG-002",)),
        ("I" + GOOD[1:], "error", ("ORG-001",)),
        (GOOD[:-1], "error", ("ORG-001",)),
        ("", "error", ("ORG-001",)),
    ],
)
def test_each_defect_of_a_credit_code_has_its_code(code: str, verdict: str, codes: tuple[str, ...]) -> None:
    result = inspect("uscc", code, today=TODAY)
    assert (result.verdict, result.codes) == (verdict, codes)


def test_early_pilot_codes_are_only_doubtful() -> None:
    result = inspect("uscc", "91350100M000100Y43", today=TODAY)
    assert "ORG-001" not in result.codes
    assert result.verdict != "error"


def test_a_card_is_sixteen_to_nineteen_digits_with_a_luhn_digit() -> None:
    body = "622202123456789012"
    good = body + luhn.calc_check_digit(body)
    assert bank_cards.facts(f"{good[:4]} {good[4:8]}-{good[8:]}") == bank_cards.BankCardFacts(
        good, True, True
    )
    assert inspect("bank_card", body + str((int(good[-1]) + 1) % 10), today=TODAY).codes == ("BK-002",)
    assert inspect("bank_card", good[:15], today=TODAY).codes == ("BK-001",)


@pytest.mark.parametrize(
    "text, good",
    [("100000", True), ("999077", True), ("000000", False), ("10000", False), ("１０００００", True)],
)
def test_postcodes(text: str, good: bool) -> None:
    assert postcodes.is_valid(text) is good


@pytest.mark.parametrize(
    "text, good", [("a.b@Mail.COM", True), ("a@b", False), ("a..b@c.cn", False), ("@c.cn", False)]
)
def test_email_addresses(text: str, good: bool) -> None:
    assert emails.is_valid(text) is good


@pytest.mark.parametrize(
    "text, code",
    [
        ("本人", "self"),
        ("self", "self"),
        ("儿子", "son"),
        ("夫妻", "spouse"),
        ("岳母", "parent_in_law"),
        ("朋友", ""),
        ("", ""),
    ],
)
def test_relations_are_read_in_chinese_and_as_code(text: str, code: str) -> None:
    assert relations.parse_relation(text) == code


def test_what_a_relation_implies() -> None:
    assert [relations.implied_sex(code) for code in ("father", "daughter", "spouse", "none")] == [
        "M",
        "F",
        "",
        "",
    ]
    assert [relations.implied_age(code) for code in ("mother", "child", "sibling")] == [
        "elder",
        "younger",
        "",
    ]
    assert relations.is_insurable("employee")
    assert not relations.is_insurable("employer")
    assert relations.are_inverse("father", "son")
    assert not relations.are_inverse("father", "father")


def test_every_inverse_is_mutual() -> None:
    for relation in relations.RELATIONS.values():
        for other in relation.inverse:
            assert relations.are_inverse(other, relation.code)
