"""What a value breaks by fixed standards, whatever compliance may set and whatever day it is."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authenticity import addresses, documents, marks, names, phones
from authenticity.inspection import KINDS, inspect
from tests.authenticity.numbers import citizen_number, foreign_resident_number, spoiled
from tests.authenticity.test_kernel_is_total import TEXTS

TODAY = date(2026, 11, 22)
# What needs a list that compliance edits or today's date; REQ-001 to 003 tell an empty value.
NOT_OF_THE_VALUE_ALONE = {
    "ID-013", "PH-009", "PH-010", "NM-005", "NM-006", "AD-007", "REQ-001", "REQ-002", "REQ-003",
}  # fmt: skip
CARD = "6222021001116245702"


@pytest.mark.parametrize(
    "name, expected",
    [
        ("王小明", ()),
        ("刘欣䶮", ()),
        ("𠮷田", ()),
        ("阿凡提·买买提", ()),
        ("阿凡提•买买提", ()),
        ("John Smith", ()),
        ("王", ("NM-002?",)),
        ("A", ("NM-002", "NM-008")),
        ("王" * 3, ("NM-010",)),
        ("欧" + "阳" * 50, ("NM-002",)),
        ("王小明1", ("NM-004",)),
        ("王小明１", ("NM-004",)),
        ("王Tom", ("NM-007",)),
        ("王 小明", ("NM-009",)),
        ("王\u200b小明", ("NM-009",)),
        (" 王小明", ("NM-009?",)),
        ("王小明\u3000", ("NM-009?",)),
        ("王小明!", ("NM-001",)),
        ("Иван", ("NM-001",)),
        ("--", ("REQ-008",)),
        ("", ()),
        ("王先生", ("NM-005?",)),
        ("王小生", ("NM-005?",)),
        ("测试", ()),
    ],
)
def test_what_a_name_breaks(name: str, expected: tuple[str, ...]) -> None:
    assert marks.name_marks(names.facts(name)) == expected


@pytest.mark.parametrize(
    "kind, number, expected",
    [
        ("resident_id", citizen_number(), ()),
        ("resident_id", citizen_number().lower(), ()),
        ("resident_id", citizen_number(born="20990101"), ()),
        ("resident_id", "11010119900307211X3", ("ID-001",)),
        ("resident_id", "110101800215123", ("ID-002",)),
        ("resident_id", citizen_number("990101"), ("ID-012",)),
        ("resident_id", citizen_number("050101"), ("ID-003",)),
        ("resident_id", spoiled(citizen_number()), ("ID-004",)),
        ("resident_id", citizen_number("119901"), ("ID-005",)),
        ("resident_id", citizen_number("110199"), ("ID-006",)),
        ("resident_id", citizen_number(born="19800230"), ("ID-007",)),
        ("resident_id", citizen_number(born="18991231"), ("ID-007?",)),
        ("resident_id", citizen_number("810000"), ("ID-012",)),
        ("resident_id", "000000", ("REQ-008",)),
        ("residence_permit", citizen_number("830000"), ()),
        ("residence_permit", spoiled(citizen_number("810000")), ("ID-020",)),
        ("residence_permit", citizen_number(), ("ID-012", "ID-020")),
        ("foreign_pr", foreign_resident_number(), ()),
        ("foreign_pr", spoiled(foreign_resident_number()), ("ID-021",)),
        ("foreign_pr", "USA110180021512", ("ID-022",)),
        ("hk_macau_permit", "H12345678", ()),
        ("hk_macau_permit", "M1234567801", ()),
        ("hk_macau_permit", "H1234567", ("ID-023",)),
        ("hk_macau_permit", "C12345678", ("ID-023?",)),
        ("taiwan_permit", "12345678", ()),
        ("taiwan_permit", "123456789", ("ID-024",)),
        ("passport", "E12345678", ()),
        ("passport", "EA1234567", ()),
        ("passport", "G12345678", ()),
        ("passport", "K12345678", ("ID-025?",)),
        ("passport", "E1234567890", ("ID-025",)),
        ("passport", citizen_number(), ("ID-012", "ID-025")),
        ("foreign_passport", "AB1234567", ()),
        ("foreign_passport", "AB12", ("ID-026",)),
        ("military", "军字第1234567号", ()),
        ("military", "军1234567", ("ID-027?",)),
        ("household_register", citizen_number(), ()),
        ("household_register", "110101800215123", ("ID-028",)),
        ("household_register", citizen_number("119901"), ("ID-028",)),
        ("household_register", citizen_number("110199"), ("ID-006",)),
        ("birth_certificate", "R123456789", ()),
        ("birth_certificate", "20240131", ()),
        ("birth_certificate", "12", ("ID-029?",)),
        ("other", "whatever", ()),
        ("", "whatever", ()),
        ("", "0000", ("REQ-008",)),
        ("resident_id", "", ()),
    ],
)
def test_what_a_number_breaks_under_its_type(kind: str, number: str, expected: tuple[str, ...]) -> None:
    assert set(marks.document_marks(kind, number)) == set(expected)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("13812340987", ()),
        ("+8613812340987", ("PH-011",)),
        ("1381234098", ("PH-001",)),
        ("14902340987", ("PH-002",)),
        ("17012340987", ("PH-004",)),
        ("1440012345678", ("PH-003",)),
        ("4008123123", ("PH-008",)),
        ("+85291234567", ("PH-012",)),
        ("13812340987/13912340987", ("PH-012",)),
        ("13812340987王", ("PH-001", "PH-012")),
        ("13800138000", ()),
        ("13333333333", ()),
        ("11111111111", ("REQ-008",)),
        ("", ()),
    ],
)
def test_what_a_mobile_breaks(text: str, expected: tuple[str, ...]) -> None:
    assert marks.mobile_marks(phones.facts(text)) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("010-88993108", ()),
        ("01088993108", ("PH-011",)),
        ("88993108", ("PH-005",)),
        ("0755-8899310", ("PH-006",)),
        ("0565-3214579", ("PH-007",)),
        ("01095519", ("PH-008",)),
        ("010-12345678转1234", ("PH-011",)),
        ("", ()),
    ],
)
def test_what_a_landline_breaks(text: str, expected: tuple[str, ...]) -> None:
    assert marks.landline_marks(phones.facts(text)) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("北京市朝阳区建国路100号2栋301室", ()),
        ("建国路100号2栋301室", ("AD-001",)),
        ("江苏省南京市姑苏区人民路100号", ("AD-002",)),
        ("湖北省襄樊市襄城区檀溪路100号", ("AD-003",)),
        ("北京市朝阳区建国路", ("AD-004", "AD-005", "AD-006")),
        ("北京市朝阳区建国大道中段", ("AD-004",)),
        ("北京市朝阳区建国路100号附近", ("AD-005",)),
        ("北京市朝阳区1号", ("AD-006",)),
        ("北京市朝阳区建国路啊啊啊啊100号", ("AD-010",)),
        ("北京市朝阳区邮政支局100号", ("AD-007?",)),
        ("0000", ("REQ-008",)),
        ("//", ()),
        ("", ()),
    ],
)
def test_what_an_address_breaks(text: str, expected: tuple[str, ...]) -> None:
    assert marks.address_marks(addresses.parse(text)) == expected


@pytest.mark.parametrize(
    "number, expected",
    [
        (CARD, ()),
        ("6222 0210 0111 6245 702", ()),
        (CARD[:-1] + "3", ("BK-002",)),
        ("622202", ("BK-001",)),
        ("----", ("REQ-008",)),
        ("", ()),
    ],
)
def test_what_an_account_breaks(number: str, expected: tuple[str, ...]) -> None:
    assert marks.account_marks(number) == expected


@pytest.mark.parametrize(
    "code, expected",
    [
        ("91110000600037341L", ()),
        ("91110000600037341M", ("ORG-002",)),
        ("9111000060003734", ("ORG-001",)),
        ("", ()),
    ],
)
def test_what_a_credit_code_breaks(code: str, expected: tuple[str, ...]) -> None:
    assert marks.uscc_marks(code) == expected


def test_an_early_code_of_one_province_is_only_doubtful() -> None:
    assert "ORG-002?" in marks.uscc_marks("91350100M000100Y44")


@pytest.mark.parametrize("postcode, expected", [("100022", ()), ("980022", ()), ("990000", ("AD-011",)),
                                                ("000000", ("REQ-008",)), ("", ())])  # fmt: skip
def test_what_a_postcode_breaks(postcode: str, expected: tuple[str, ...]) -> None:
    assert marks.postcode_marks(postcode) == expected


OF_KIND = {
    **{kind: kind for kind in documents.TYPES if kind in KINDS},
    "mobile": "mobile",
    "landline": "landline",
    "name": "name",
    "address": "address",
    "uscc": "uscc",
    "bank_card": "bank_card",
    "postcode": "postcode",
}


def marks_of(kind: str, text: str) -> marks.Marks:
    if kind in ("mobile", "landline"):
        of_line = marks.mobile_marks if kind == "mobile" else marks.landline_marks
        return of_line(phones.facts(text))
    if kind == "name":
        return marks.name_marks(names.facts(text))
    if kind == "address":
        return marks.address_marks(addresses.parse(text))
    others = {"uscc": marks.uscc_marks, "bank_card": marks.account_marks, "postcode": marks.postcode_marks}
    return others[kind](text) if kind in others else marks.document_marks(kind, text)


@pytest.mark.parametrize("kind", OF_KIND)
@given(text=TEXTS)
@settings(max_examples=80)
def test_inspecting_tells_the_marks_and_what_lists_and_today_add(kind: str, text: str) -> None:
    told = set(inspect(kind, text, today=TODAY).codes)
    plain = {mark.removesuffix("?") for mark in marks_of(kind, text)}
    if told == {"REQ-008"} or not inspect(kind, text, today=TODAY).normal:
        return
    ahead = {"ID-007", "ID-020", "ID-021", "ID-028"}
    assert plain - told <= {"PH-001", "PH-005"}
    assert told - plain <= NOT_OF_THE_VALUE_ALONE | ahead


@given(text=TEXTS, kind=st.sampled_from(sorted(documents.TYPES)))
def test_the_county_code_alone_never_refuses_a_number(text: str, kind: str) -> None:
    assert "ID-015" not in marks.document_marks(kind, text)
