from datetime import date

import pytest

from authenticity import names
from authenticity.inspection import inspect

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    "name",
    [
        "刘欣䶮",
        "欧阳",
        "李〇",
        "李〇明",
        "阿不都·热合曼",
        "\U00020164\U0002a6a5",
        "王\U00031350",
        "Tom Smith",
        "O'Neil",
        "José García",
    ],
)
def test_living_peoples_names_pass(name: str) -> None:
    assert inspect("name", name, today=TODAY).codes == ()


@pytest.mark.parametrize("dot", [*"•‧∙・･．.。·", "··", " · "])
def test_every_middle_dot_becomes_the_one(dot: str) -> None:
    assert names.facts(f"阿不都{dot}热合曼").normal == "阿不都·热合曼"


def test_dots_at_the_ends_go() -> None:
    assert names.facts("·王明.").normal == "王明"


@pytest.mark.parametrize(
    "name, expected",
    [
        ("王?明", ("NM-001",)),
        ("李〇〇", ("NM-001",)),
        ("〇李", ("NM-001",)),
        ("李○", ("NM-001",)),
        ("李◯", ("NM-001",)),
        ("李0", ("NM-004",)),
        ("---", ("REQ-008",)),
        ("王", ("NM-002",)),
        ("王明1", ("NM-004",)),
        ("王明１", ("NM-004",)),
        ("王先生", ("NM-005",)),
        ("测试", ("NM-006",)),
        ("不详", ("REQ-008",)),
        ("某某", ("NM-006",)),
        ("张三", ("NM-006",)),
        ("王Tom", ("NM-007",)),
        ("Tom!", ("NM-008",)),
        ("王 明", ("NM-009",)),
        ("王\u200b明", ("NM-009",)),
        ("啊啊啊", ("NM-010",)),
        ("", ("REQ-001",)),
    ],
)
def test_each_defect_of_a_name_has_its_code(name: str, expected: tuple[str, ...]) -> None:
    assert inspect("name", name, today=TODAY).codes == expected


def test_spaces_around_are_trimmed_and_only_doubtful() -> None:
    result = inspect("name", " 王明　", today=TODAY)
    assert (result.normal, result.verdict, result.codes) == ("王明", "warn", ("NM-009",))


def test_names_are_compared_without_spaces_dots_and_case() -> None:
    assert names.same_name("阿不都•热合曼", "阿不都・热合曼 ")
    assert names.same_name("Tom SMITH", "tom smith")
    assert not names.same_name("王明", "王鸣")
