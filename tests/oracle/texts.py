"""Verdicts on texts, made from RULES alone: nothing of the product's kernel is asked."""

from __future__ import annotations

import csv
import re
import unicodedata
from datetime import date
from functools import lru_cache
from itertools import groupby, pairwise
from pathlib import Path

import phonenumbers

from tests.oracle.export import age

TODAY = date(2026, 11, 20)
DATA = Path(__file__).resolve().parents[2] / "authenticity" / "data"
PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
FILLER_SHAPE = re.compile(r"-+|/+|\.+|\*+|0+|1+|x+", re.IGNORECASE)
FILLER_WORDS = frozenset(["无", "不详", "未知", "暂无", "待补", "null", "n/a", "na", "none", "test"])
SAMPLES = ("11010519491231002X", "440524188001010014", "110101199003072113")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")
RESIDENT_LIKE = ("resident_id", "household_register")


def folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def is_filler(text: str) -> bool:
    plain = folded(text)
    return bool(FILLER_SHAPE.fullmatch(plain)) or plain.lower() in FILLER_WORDS


def is_blank(text: str) -> bool:
    return not folded(text) or is_filler(text)


# -- document numbers ---------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def counties() -> frozenset[str]:
    """Codes that are or were a county or a place like one."""
    found: set[str] = set()
    for name in ("divisions.csv", "former_names.csv"):
        with (DATA / name).open(encoding="utf-8", newline="") as lines:
            found |= {row["code"] for row in csv.DictReader(lines) if not row["code"].endswith("0000")}
    return frozenset(found | {"441900", "442000", "460400", "620200"})


@lru_cache(maxsize=1)
def prefectures() -> frozenset[str]:
    return frozenset(code[:4] for code in counties() if code[2:4] != "00")


def number_of(text: str) -> str:
    return re.sub(r"\s", "", INVISIBLE.sub("", folded(text))).upper()


def check_sign(body: str) -> str:
    return "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def key_of(kind: str, text: str) -> str:
    """By which two numbers are the same: fifteen digits of a citizen number as eighteen."""
    number = number_of(text)
    if kind in RESIDENT_LIKE and re.fullmatch("[0-9]{15}", number):
        body = number[:6] + "19" + number[6:]
        return body + check_sign(body)
    return number


def citizen_birth(number: str) -> tuple[str, date | None]:
    """What stands in the number, and the day if there is one."""
    text = number[6:14] if len(number) == 18 else "19" + number[6:12]
    try:
        return text, date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return text, None


def is_citizen_shaped(number: str) -> bool:
    return bool(re.fullmatch("[0-9]{17}[0-9X]|[0-9]{15}", number))


def birth_fails(number: str) -> bool:
    """ID-007."""
    born = citizen_birth(number)[1]
    return born is None or born > TODAY or age(born, TODAY) > 120 or born.year < 1900


def check_fails(number: str) -> bool:
    return len(number) == 18 and check_sign(number[:17]) != number[17]


def citizen_codes(number: str) -> set[str]:
    """ID-001 to ID-007 of a resident's number."""
    if not is_citizen_shaped(number):
        return {"ID-001"}
    codes = {"ID-002"} if len(number) == 15 else set()
    tests = (
        ("ID-003", number[:2] not in PROVINCES),
        ("ID-004", check_fails(number)),
        ("ID-005", number[:4] not in prefectures()),
        ("ID-006", number[:6] not in counties()),
        ("ID-007", birth_fails(number)),
    )
    return codes | {code for code, fails in tests if fails}


def is_citizen_number(number: str) -> bool:
    """Eighteen signs in which nothing is wrong that makes a number impossible (ID-001, 003, 004, 005, 007)."""
    return len(number) == 18 and not citizen_codes(number) - {"ID-006"}


def foreign_short_fails(number: str) -> bool:
    if not re.fullmatch("[A-Z]{3}[0-9]{12}", number):
        return True
    signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return str(sum(signs.index(s) * (7, 3, 1)[p % 3] for p, s in enumerate(number[:14])) % 10) != number[14]


def permit_fails(number: str) -> bool:
    shaped = re.fullmatch("8[123]0000[0-9]{11}[0-9X]", number)
    return not shaped or check_fails(number) or birth_fails(number)


def foreign_long_fails(number: str) -> bool:
    shaped = re.fullmatch("9[0-9]{16}[0-9X]", number)
    return not shaped or number[1:3] not in PROVINCES or check_fails(number) or birth_fails(number)


NEVER_A_CITIZENS = (
    "passport", "foreign_passport", "residence_permit", "foreign_pr", "hk_macau_permit", "taiwan_permit",
    "birth_certificate",
    "other",
)  # fmt: skip
SHAPES = {
    "hk_macau_permit": ("ID-023", "[HM]([0-9]{8}|[0-9]{10})"),
    "taiwan_permit": ("ID-024", "[0-9]{8}|[0-9]{10}"),
    "passport": ("ID-025", "[EG][0-9]{8}|E[A-HJ-NP-Z][0-9]{7}"),
    "foreign_passport": ("ID-026", "[A-Z0-9]{5,18}"),
    "military": ("ID-027", ".{1,2}字第[0-9A-Za-z]{6,8}号?"),
    "birth_certificate": ("ID-029", "[A-Z][0-9]{9}|(19|20)[0-9]{6}"),
}


@lru_cache(maxsize=200_000)
def document_codes(kind: str, text: str) -> frozenset[str]:
    """Codes on the number; ID-012 stands on the type, as it does in a finding."""
    number = number_of(text)
    codes: set[str] = set()
    if number in SAMPLES or re.fullmatch("11010119900307.*", number):
        codes.add("ID-013")
    if kind == "resident_id":
        codes |= citizen_codes(number)
        if re.match("8[123]0000", number) or (number.startswith("9") and is_citizen_shaped(number)):
            codes.add("ID-012")
    elif kind == "residence_permit" and permit_fails(number):
        codes.add("ID-020")
    elif kind == "foreign_pr":
        long = len(number) == 18
        if foreign_long_fails(number) if long else foreign_short_fails(number):
            codes.add("ID-021" if long else "ID-022")
    elif kind == "household_register" and not is_citizen_number(number):
        codes.add("ID-028")
    elif kind in SHAPES and not re.fullmatch(SHAPES[kind][1], number):
        codes.add(SHAPES[kind][0])
    if kind in NEVER_A_CITIZENS and is_citizen_number(number):
        codes.add("ID-012")
    return frozenset(codes)


def said_by_number(kind: str, text: str) -> tuple[date | None, str]:
    """Birth date and sex in the number; nothing where the document's number says none."""
    number = number_of(text)
    if kind not in (*RESIDENT_LIKE, "residence_permit", "foreign_pr") or not is_citizen_shaped(number):
        return None, ""
    order = number[16] if len(number) == 18 else number[14]
    return citizen_birth(number)[1], "M" if int(order) % 2 else "F"


# -- names --------------------------------------------------------------------------------------------

HAN = "\u3007\u3400-\u9fff\U00020000-\U000323af\U0002f800-\U0002fa1f"
DOTS = re.compile("[•‧∙・･．.。·]")


def name_of(text: str) -> str:
    """By which two names are the same."""
    plain = INVISIBLE.sub("", folded(text))
    if re.search(f"[{HAN}]", plain):
        return re.sub(r"\s", "", DOTS.sub("·", plain)).strip("·")
    return re.sub(r"\s+", " ", plain).strip()


@lru_cache(maxsize=200_000)
def name_codes(text: str, kind: str, words: tuple[frozenset[str], ...]) -> frozenset[str]:
    """`words`: titles, test names (with those of examples)."""
    plain = INVISIBLE.sub("", folded(text))
    name = name_of(text)
    han, latin = bool(re.search(f"[{HAN}]", plain)), bool(re.search("[A-Za-z]", plain))
    digit = bool(re.search(r"\d", plain))
    titles, tests = words
    inner = text.strip() if not han else text
    checks = (
        ("NM-001", han and not latin and not re.fullmatch(f"(?!〇|.*〇〇)[{HAN}]+(·[{HAN}]+)*", name)),
        ("NM-002", len(name) < 2 or len(name) > 50),
        ("NM-004", digit),
        ("NM-005", han and any(name.endswith(title) for title in titles)),
        ("NM-006", name.lower() in tests),
        ("NM-007", (han and latin) or (latin and not han and kind in RESIDENT_LIKE)),
        ("NM-008", latin and not han and not re.fullmatch("[A-Za-z ,.'-]+", name)),
        (
            "NM-009",
            bool(INVISIBLE.search(text)) or text != text.strip() or (han and bool(re.search(r"\s", inner))),
        ),
        ("NM-010", len(name) >= 3 and len(set(name)) == 1),
    )
    return frozenset(code for code, holds in checks if holds)


# -- phones -------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def area_codes() -> dict[str, tuple[tuple[int, ...], bool]]:
    with (DATA / "area_codes.csv").open(encoding="utf-8", newline="") as lines:
        return {
            row["area_code"]: (
                tuple(int(n) for n in re.findall(r"\d+", row["lengths"])),
                row["abolished"] == "1",
            )
            for row in csv.DictReader(lines)
        }


def area_of(number: str) -> str:
    return next((number[:size] for size in (4, 3) if number[:size] in area_codes()), "")


@lru_cache(maxsize=200_000)
def phone_of(text: str) -> str:
    """The number without separators, prefix and extension; several or foreign ones stay as written."""
    plain = INVISIBLE.sub("", folded(text))
    found = re.fullmatch(
        r"(\(?0[0-9]{2,3}\)?[- ]?[0-9]{7,8})(?:[-#转]|ext\.?)[0-9]{1,6}", plain, re.IGNORECASE
    )
    bare = re.sub(r"[\s()\-]", "", found[1] if found else plain)
    prefixed = re.fullmatch(r"(?:\+86|0086|86|0)(1[0-9]{10})", bare)
    return prefixed[1] if prefixed else bare


def runs(number: str) -> tuple[int, int]:
    """The longest run of one digit, and the longest sequence that rises or falls by one."""
    steps = [int(other) - int(one) for one, other in pairwise(number)]
    longest = {step: max((len(list(run)) for one, run in groupby(steps) if one == step), default=0)
               for step in (0, 1, -1)}  # fmt: skip
    return longest[0] + 1, max(longest[1], longest[-1]) + 1


def is_service(number: str) -> bool:
    shape = r"(400|800)[0-9]{7}|95[0-9]{3,4}|96[0-9]{3,4}|10[0-9]{3}|11[0-9]|12[0-9]{1,3}"
    behind = number[len(area_of(number)) :] if area_of(number) else ""
    return bool(re.fullmatch(shape, number) or (behind and re.fullmatch(shape, behind)))


def is_several(text: str) -> bool:
    """Two numbers, letters or another country's."""
    plain = INVISIBLE.sub("", folded(text))
    parts = [part for part in re.split(r"[/,;、，；]", plain) if len(re.sub(r"\D", "", part)) >= 5]
    letters = re.search(r"[A-Za-z]", re.sub(r"ext\.?", "", plain, flags=re.IGNORECASE))
    bare = re.sub(r"[\s()\-]", "", plain)
    abroad = re.match(r"\+|00", bare) and not re.match(r"(\+|00)86", bare)
    return len(parts) > 1 or bool(letters) or bool(abroad)


def is_allocated(number: str) -> bool:
    parsed = phonenumbers.parse(number, "CN")
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return phonenumbers.is_valid_number(parsed) and phonenumbers.number_type(parsed) in kinds


@lru_cache(maxsize=300_000)
def phone_codes(text: str, mobile: bool, placeholders: frozenset[str]) -> frozenset[str]:
    number = phone_of(text)
    if is_several(text):
        return frozenset({"PH-012"})
    digits = bool(re.fullmatch("[0-9]+", number))
    device = bool(re.fullmatch("0?10647[0-9]{8}|(1410|144[01])[0-9]{9}|(146|148)[0-9]{10}", number))
    codes = {
        code
        for code, holds in (
            ("PH-003", device),
            ("PH-008", is_service(number)),
            ("PH-009", number in placeholders),
        )
        if holds
    }
    codes |= (mobile_codes if mobile else landline_codes)(number)
    return frozenset(codes | ({"PH-010"} if digits and is_pattern(number) else set()))


def is_pattern(number: str) -> bool:
    run, sequence = runs(number)
    return run >= 6 or sequence >= 6 or (len(number) >= 8 and len(set(number[-8:])) <= 2)


def mobile_codes(number: str) -> set[str]:
    if not re.fullmatch("1[3-9][0-9]{9}", number):
        return {"PH-001"}
    return set() if is_allocated(number) else {"PH-002"}


def landline_codes(number: str) -> set[str]:
    area = area_of(number)
    if not area:
        return {"PH-005"}
    lengths, abolished = area_codes()[area]
    wrong = len(number) - len(area) not in lengths
    return ({"PH-006"} if wrong else set()) | ({"PH-007"} if abolished else set())
