"""The citizen number (GB 11643) and the permits that share its shape."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from authenticity.divisions import DivisionIndex, default_index
from authenticity.texts import compact

Shape = Literal["18", "15", "other", "empty"]
BirthState = Literal["ok", "ancient", "impossible", "none"]
Sex = Literal["M", "F"]

# ID-013: numbers printed in standards and libraries, * for any end; compliance edits the list.
SAMPLE_NUMBERS = (
    "11010519491231002X",
    "440524188001010014",
    "110101199003072113",
    "11010119900307*",
)

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_FIFTEEN = re.compile(r"[0-9]{15}")
_PERMIT = re.compile(r"8[123]0000")
_FOREIGN_PROVINCE = slice(1, 3)
_PERMIT_PROVINCES = ("81", "82", "83")


@dataclass(frozen=True, slots=True)
class ResidentIdFacts:
    normal: str
    shape: Shape
    check_ok: bool | None = None
    birth_date: date | None = None
    birth_state: BirthState = "none"
    sex: Sex | None = None
    province_known: bool = False
    prefecture_known: bool = False
    county_known: bool = False
    division: str = ""
    is_residence_permit: bool = False
    is_foreign_pr: bool = False


def normalise(raw: str | None) -> str:
    """Upper case, half width, no spaces; other characters stay, so that a wrong number keeps its look."""
    return compact(compact(raw).upper())


def check_digit(seventeen: str) -> str:
    """MOD 11-2 of the first 17 digits; empty when they are not 17 digits."""
    body = seventeen[:18]
    if len(body) != 17 or not (body.isascii() and body.isdigit()):
        return ""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
    return "10X98765432"[total % 11]


def upgrade_15(number: str) -> str:
    """The 18-character form of a 15-digit number; empty when it is not one."""
    normal = normalise(number)
    if not _FIFTEEN.fullmatch(normal):
        return ""
    body = normal[:6] + "19" + normal[6:]
    return body + check_digit(body)


def facts(raw: str | None, index: DivisionIndex | None = None) -> ResidentIdFacts:
    """What the number itself says. Whether the birth date lies ahead of today is for the caller."""
    normal = normalise(raw)
    if not normal:
        return ResidentIdFacts("", "empty")
    shape: Shape
    if _EIGHTEEN.fullmatch(normal):
        shape, full = "18", normal
        check_ok: bool | None = check_digit(normal[:17]) == normal[17]
    elif _FIFTEEN.fullmatch(normal):
        shape, full, check_ok = "15", upgrade_15(normal), None
    else:
        return ResidentIdFacts(normal, "other")
    birth_date, birth_state = _birth(full[6:14])
    foreign = shape == "18" and normal[0] == "9"
    known = index or default_index()
    division = full[:6]
    if foreign:
        province = prefecture = county = known.knows_province(full[_FOREIGN_PROVINCE])
    else:
        province = known.knows_province(division[:2]) or division[:2] in _PERMIT_PROVINCES
        prefecture = known.knows_prefecture(division[:4]) or bool(_PERMIT.match(division))
        county = known.knows_county(division)
    return ResidentIdFacts(
        normal=normal,
        shape=shape,
        check_ok=check_ok,
        birth_date=birth_date,
        birth_state=birth_state,
        sex="M" if int(full[16]) % 2 else "F",
        province_known=province,
        prefecture_known=prefecture,
        county_known=county,
        division=division,
        is_residence_permit=shape == "18" and _PERMIT.match(normal) is not None,
        is_foreign_pr=foreign,
    )


def _birth(eight: str) -> tuple[date | None, BirthState]:
    try:
        born = date(int(eight[:4]), int(eight[4:6]), int(eight[6:]))
    except ValueError:
        return None, "impossible"
    return born, "ancient" if born.year < 1900 else "ok"
