"""Defects of people, each with near misses beside it: what is written in place of a customer's clean fields."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

TODAY = date(2026, 11, 20)
Row = dict[str, Any]
Spoil = Callable[[random.Random, Row], Any]
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Plant:
    name: str
    spoil: Spoil


def check_sign(body: str) -> str:
    return "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def whole(body: str) -> str:
    return body + check_sign(body)


def put(name: str, /, **columns: Any) -> Plant:
    """A value may be a function of the chance and the row."""

    def spoil(chance: random.Random, row: Row) -> None:
        for column, value in columns.items():
            row[column] = value(chance, row) if callable(value) else value

    return Plant(name, spoil)


def each(name: str, column: str, *values: Any) -> list[Plant]:
    return [put(f"{name} {place}", **{column: value}) for place, value in enumerate(values)]


def digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def day(years: float) -> str:
    """That many years after today; fewer than none lie behind."""
    return (TODAY + timedelta(days=round(365.25 * years))).isoformat()


# -- what is blank or a filler -----------------------------------------------------------------------

FILLERS = ("无", "不详", "--", "...", "///", "000", "111", "xxx", "N/A", "null", "NONE", "Test", "*")
BLANKS = [
    *[put(f"blank {field}", **{field: ""}) for field in ("name", "sex", "birth_date", "id_type", "id_no")],
    *each("name filler", "name", *FILLERS),
    *each("number filler", "id_no", *FILLERS),
    *each("mobile filler", "mobile", "", *FILLERS),
    *each("address filler", "address", "", *FILLERS),
    *[
        put(f"landline and mobile {place}", landline="0551-6286" + "3397", mobile=text)
        for place, text in enumerate(("", "无", "000"))
    ],
    *[put(f"landline filler {place}", landline=text) for place, text in enumerate(("无", "0000", "-"))],
    put("two fillers", landline="无", mobile="无"),
    *each("postcode", "postcode", "000000", "无", "230001", "999077", "990001", "23001", "2300011", "080000"),
    *each("email", "email", "无", "-", "N/A"),
]

# -- document numbers ---------------------------------------------------------------------------------


def other_check(chance: random.Random, row: Row) -> str:
    return row["id_no"][:17] + chance.choice([s for s in "0123456789X" if s != row["id_no"][17:18]])


def fifteen(chance: random.Random, row: Row) -> str:
    return row["id_no"][:6] + row["id_no"][8:17]


def begun(prefix: str) -> Spoil:
    return lambda chance, row: whole(prefix + row["id_no"][len(prefix) : 17])


def born(text: str) -> Spoil:
    return lambda chance, row: whole(row["id_no"][:6] + text + row["id_no"][14:17])


def birth_of(row: Row) -> str:
    return row["birth_date"].replace("-", "")


def numbered(prefix: str, row: Row, chance: random.Random) -> str:
    """Eighteen signs with the row's birth date and sex, and a right check sign."""
    odd = chance.randrange(0, 498) * 2 + (row["sex"] == "M")
    return whole(f"{prefix}{birth_of(row)}{odd:03d}")


def permit(chance: random.Random, row: Row) -> str:
    return numbered(chance.choice(("810000", "820000", "830000")), row, chance)


def foreign(chance: random.Random, row: Row) -> str:
    return numbered(
        f"9{chance.choice(('11', '31', '44'))}{chance.choice(('840', '826', '392'))}", row, chance
    )


def short_foreign(chance: random.Random, row: Row) -> str:
    body = f"USA{chance.choice(('1100', '3100'))}{birth_of(row)[2:]}1"
    return body + short_check(body)


def short_check(body: str) -> str:
    signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return str(sum(signs.index(s) * (7, 3, 1)[p % 3] for p, s in enumerate(body)) % 10)


def wrong_end(make: Spoil) -> Spoil:
    def spoil(chance: random.Random, row: Row) -> str:
        number = make(chance, row)
        return number[:-1] + chance.choice([s for s in "0123456789" if s != number[-1]])

    return spoil


def document(name: str, kind: str, number: Any, /, **more: Any) -> Plant:
    return put(f"{kind} {name}", id_no=number, id_type=kind, **more)


NUMBERS = [
    *each("shape", "id_no", lambda c, r: r["id_no"][:17], lambda c, r: r["id_no"] + "1",
          lambda c, r: "A" + r["id_no"][1:], lambda c, r: r["id_no"][:16], lambda c, r: r["id_no"][:14]),
    *each("fine shape", "id_no", lambda c, r: r["id_no"].lower(), lambda c, r: " " + r["id_no"],
          lambda c, r: r["id_no"][:6] + " " + r["id_no"][6:]),
    put("fifteen", id_no=fifteen),
    put("fifteen and unlike", id_no=fifteen, birth_date="1979-02-03"),
    *[put(f"begins {p}", id_no=begun(p)) for p in ("00", "16", "38", "70", "3499", "1199", "340199", "110199")],
    put("other check", id_no=other_check),
    put("other check and province", id_no=lambda c, r: "38" + r["id_no"][2:]),
    *[put(f"born {b}", id_no=born(b)) for b in ("19851332", "20301201", "19050101", "18900101", "19850229")],
    put("another day", birth_date=lambda c, r: (date.fromisoformat(r["birth_date"]) - timedelta(c.randrange(1, 200)))
        .isoformat()),
    put("other sex", sex=lambda c, r: "F" if r["sex"] == "M" else "M"),
    *each("sample", "id_no", "11010519491231002X", "440524188001010014", "110101199003072113",
          whole("11010119900307123")),
]  # fmt: skip
DOCUMENTS = [
    document("of a permit", "resident_id", permit),
    document("of a foreigner", "resident_id", foreign),
    document("of a citizen", "passport", lambda c, r: r["id_no"]),
    document("right", "residence_permit", permit, nationality="HKG"),
    document("wrong end", "residence_permit", wrong_end(permit), nationality=""),
    document(
        "no date", "residence_permit", lambda c, r: whole("81000019851332" + digits(c, 3)), nationality=""
    ),
    document("unlike", "residence_permit", permit, nationality="", birth_date="1977-07-08"),
    document("right", "foreign_pr", foreign, nationality="USA"),
    document("wrong end", "foreign_pr", wrong_end(foreign), nationality="USA"),
    document("short", "foreign_pr", short_foreign, nationality="USA"),
    document("short, wrong end", "foreign_pr", wrong_end(short_foreign), nationality="USA"),
    document("unlike", "foreign_pr", foreign, nationality="USA", birth_date="1977-07-08"),
    document("right", "hk_macau_permit", lambda c, r: c.choice("HM") + digits(c, 8), nationality="HKG"),
    document("renewed", "hk_macau_permit", lambda c, r: c.choice("HM") + digits(c, 10), nationality="MAC"),
    document("nine", "hk_macau_permit", lambda c, r: "H" + digits(c, 9), nationality="HKG"),
    document("other way", "hk_macau_permit", lambda c, r: "C" + digits(c, 8), nationality="HKG"),
    document("right", "taiwan_permit", lambda c, r: digits(c, 8), nationality="TWN"),
    document("ten", "taiwan_permit", lambda c, r: digits(c, 10), nationality="TWN"),
    document("nine", "taiwan_permit", lambda c, r: digits(c, 9), nationality="TWN"),
    document("lettered", "taiwan_permit", lambda c, r: "T" + digits(c, 8), nationality="TWN"),
    document("right", "passport", lambda c, r: c.choice("EG") + digits(c, 8)),
    document("second series", "passport", lambda c, r: "EB" + digits(c, 7)),
    document("forbidden letter", "passport", lambda c, r: "EI" + digits(c, 7)),
    document("service", "passport", lambda c, r: "S" + digits(c, 8)),
    document("short", "passport", lambda c, r: "E" + digits(c, 5)),
    document("right", "foreign_passport", lambda c, r: digits(c, 9), nationality="USA"),
    document("lowered", "foreign_passport", lambda c, r: "ab" + digits(c, 5), nationality="GBR"),
    document("four", "foreign_passport", lambda c, r: digits(c, 4), nationality="USA"),
    document("nineteen", "foreign_passport", lambda c, r: "K" + digits(c, 18), nationality="USA"),
    document("right", "military", lambda c, r: "军字第" + digits(c, 7) + "号"),
    document("without a word", "military", lambda c, r: "军" + digits(c, 7)),
    document("nine", "military", lambda c, r: "士字第" + digits(c, 9)),
    document("of a grown-up", "household_register", lambda c, r: r["id_no"], id_valid_to="长期"),
    document("wrong end", "household_register", other_check, id_valid_to="长期"),
    document("no number", "household_register", lambda c, r: "H" + digits(c, 6), id_valid_to="长期"),
    document("of a grown-up", "birth_certificate", lambda c, r: "A" + digits(c, 9), id_valid_to=""),
    document("a date", "birth_certificate", lambda c, r: birth_of(r), id_valid_to=""),
    document("no number", "birth_certificate", lambda c, r: "AB" + digits(c, 6), id_valid_to=""),
    document("other", "other", lambda c, r: "Z" + digits(c, 6)),
]
CHILDREN = [
    *[put(f"minor {birth}", birth_date=birth, id_no=lambda c, r: numbered(r["id_no"][:6], r, c),
          id_valid_from="2024-01-01", id_valid_to="2029-01-01")
      for birth in ("2009-06-01", "2010-02-02", "2013-03-03", "2017-04-04", "2020-05-05")],
    put("register of a child", birth_date="2015-05-04", id_type="household_register", id_valid_to="长期",
        id_no=lambda c, r: numbered(r["id_no"][:6], r, c)),
    put("birth certificate of a baby", birth_date="2025-05-04", id_type="birth_certificate",
        id_no=lambda c, r: "C" + digits(c, 9), id_valid_from="", id_valid_to=""),
]  # fmt: skip
NATIONS = [
    put("foreign citizen", nationality="USA"),
    put(
        "foreign passport holder",
        id_type="passport",
        id_no=lambda c, r: "E" + digits(c, 8),
        nationality="JPN",
    ),
    put(
        "citizen of Hong Kong",
        id_type="hk_macau_permit",
        id_no=lambda c, r: "H" + digits(c, 8),
        nationality="USA",
    ),
    put("citizen of Taiwan", id_type="taiwan_permit", id_no=lambda c, r: digits(c, 8), nationality="USA"),
    put(
        "foreigner from here", id_type="foreign_passport", id_no=lambda c, r: digits(c, 9), nationality="CHN"
    ),
    put("foreigner from Macau", id_type="foreign_pr", id_no=foreign, nationality="MAC"),
    put("no nationality", nationality=""),
]

# -- days of the document -----------------------------------------------------------------------------


def age_at(row: Row, issued: date) -> int:
    birth = date.fromisoformat(row["birth_date"])
    return issued.year - birth.year - ((issued.month, issued.day) < (birth.month, birth.day))


def card(years: int, slack: int = 0, issued: date = date(2019, 3, 1)) -> Callable[[random.Random, Row], None]:
    def spoil(chance: random.Random, row: Row) -> None:
        row["id_valid_from"] = issued.isoformat()
        row["id_valid_to"] = (issued.replace(year=issued.year + years) + timedelta(days=slack)).isoformat()

    return spoil


DAYS = [
    put("ends first", id_valid_from="2031-01-01", id_valid_to="2030-01-01"),
    put("ends before it begins", id_valid_from="2021-01-01", id_valid_to="2020-01-01"),
    put("begins ahead", id_valid_from=day(0.01), id_valid_to=day(10.01)),
    put("begins today", id_valid_from=TODAY.isoformat(), id_valid_to="2036-11-20"),
    put("begins before birth", id_valid_from="1975-01-01"),
    put("ended long ago", id_valid_from="2004-06-01", id_valid_to="2014-06-01"),
    put("ended lately", id_valid_from="2006-11-19", id_valid_to="2026-11-19"),
    put("ends today", id_valid_to=TODAY.isoformat()),
    put("ends in thirty days", id_valid_to=(TODAY + timedelta(30)).isoformat()),
    put("ends in thirty-one", id_valid_to=(TODAY + timedelta(31)).isoformat()),
    *[Plant(f"card {years} {slack}", card(years, slack))
      for years in (5, 10, 20) for slack in (-3, -2, -1, 0, 2, 3)],
    put("for life", id_valid_to="长期"),
    put("for life, old", id_valid_to="9999-12-31", birth_date="1960-05-05", id_valid_from="2012-02-02"),
    put("not for life, old", birth_date="1960-05-05", id_valid_from="2012-02-02", id_valid_to="2032-02-02"),
    put("first generation", id_valid_from="2003-12-31"),
    put("second generation", id_valid_from="2004-01-01", id_valid_to="2034-01-01"),
    put("no first day", id_valid_from=""),
    put("no last day", id_valid_to=""),
    put("no day", id_valid_from="", id_valid_to=""),
    put("register with an end", id_type="household_register", id_valid_from="2010-01-01", id_valid_to="2030-01-01"),
    put("register without a start", id_type="household_register", id_valid_from="", id_valid_to="长期"),
    put("passport of ten", id_type="passport", id_no=lambda c, r: "E" + digits(c, 8),
        id_valid_from="2019-05-05", id_valid_to="2029-05-04"),
    put("passport of five", id_type="passport", id_no=lambda c, r: "E" + digits(c, 8),
        id_valid_from="2023-05-05", id_valid_to="2028-05-04"),
    put("other document without days", id_type="other", id_no=lambda c, r: "Q" + digits(c, 6), id_valid_from="",
        id_valid_to=""),
]  # fmt: skip

# -- names --------------------------------------------------------------------------------------------


def name(make: Callable[[str], str]) -> Spoil:
    return lambda chance, row: make(row["name"])


FOREIGNER = {"id_type": "foreign_passport", "nationality": "GBR", "id_no": lambda c, r: "P" + digits(c, 8)}
NAMES = [
    *[put(f"sign {s}", name=name(lambda n, s=s: n[:1] + s + n[1:])) for s in "&#，（/"],
    *[put(f"fine {t}", name=t) for t in ("阿卜杜拉·买买提", "刘欣䶮", "欧阳修文", "尼玛•次仁", "𠮷田")],
    *[put(f"one sign {s}", name=s) for s in ("王", "李", "䶮")],
    put("too long", name="Abcdefghi Jklmnopqr " * 3, **FOREIGNER),
    *[put(f"digit {d}", name=name(lambda n, d=d: n + d)) for d in ("1", "２", "7 ")],
    *[put(f"title {t}", name=name(lambda n, t=t: n[:1] + t)) for t in ("先生", "女士", "老师", "总", "经理")],
    *[put(f"test {t}", name=t) for t in ("测试", "某某", "投保人", "匿名", "张三", "李四", "无名氏")],
    *[put(f"no test {t}", name=t) for t in ("张三丰", "测试者明")],
    *[put(f"mixed {t}", name=name(lambda n, t=t: n + t)) for t in ("A", "Tom")],
    put("Latin on a card", name="John Smith"),
    put("Latin", name="John Smith", **FOREIGNER),
    put("Latin, pointed", name="O'Brien-Jones, Mary A.", **FOREIGNER),
    put("Latin with a sign", name="John_Smith", **FOREIGNER),
    put("Latin with another", name="John & Smith", **FOREIGNER),
    *[put(f"space {place}", name=name(lambda n, s=s: n[:1] + s + n[1:]))
      for place, s in enumerate((" ", "  ", "\u3000", "\u200b"))],
    put("space before", name=name(lambda n: " " + n)),
    put("space behind", name=name(lambda n: n + " ")),
    *[put(f"again {t}", name=t) for t in ("啊啊啊", "明明明明")],
    put("twice", name="莉莉"),
]  # fmt: skip
