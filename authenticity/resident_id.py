"""The citizen number (GB 11643) and the permits that share its shape."""

import re
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

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
_CHECKS = "10X98765432"
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_FIFTEEN = re.compile(r"[0-9]{15}")
_PERMIT = re.compile(r"8[123]0000")
_FOREIGN_PROVINCE = slice(1, 3)
_PERMIT_PROVINCES = ("81", "82", "83")


class ResidentIdFacts(NamedTuple):
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
    return _CHECKS[total % 11]


def upgrade_15(number: str) -> str:
    """The 18-character form of a 15-digit number; empty when it is not one."""
    normal = normalise(number)
    if not _FIFTEEN.fullmatch(normal):
        return ""
    body = normal[:6] + "19" + normal[6:]
    return body + check_digit(body)


def facts(raw: str | None, index: DivisionIndex | None = None) -> ResidentIdFacts:
    """What the number itself says. Whether the birth date lies ahead of today is for the caller."""
    normal = raw if raw and _EIGHTEEN.fullmatch(raw) else normalise(raw)
    if not normal:
        return ResidentIdFacts("", "empty")
    check_ok: bool | None = None
    shape: Shape
    if _EIGHTEEN.fullmatch(normal):
        shape, full = "18", normal
    elif _FIFTEEN.fullmatch(normal):
        shape, full = "15", normal[:6] + "19" + normal[6:] + "0"
    else:
        return ResidentIdFacts(normal, "other")
    division = full[:6]
    place = _place(division, shape == "18") if index is None else _place_in(index, division, shape == "18")
    birth_date, birth_state, born_sum = _birth(full[6:14])
    if shape == "18":
        tail = int(full[14]) * 8 + int(full[15]) * 4 + int(full[16]) * 2
        check_ok = _CHECKS[(place.weighed + born_sum + tail) % 11] == full[17]
    return ResidentIdFacts(
        normal,
        shape,
        check_ok,
        birth_date,
        birth_state,
        "M" if full[16] in "13579" else "F",
        place.province,
        place.prefecture,
        place.county,
        division,
        place.permit,
        place.foreign,
    )


class _Place(NamedTuple):
    """What the first six digits say, and what they add to the check sum."""

    province: bool
    prefecture: bool
    county: bool
    permit: bool
    foreign: bool
    weighed: int


def _place_in(known: DivisionIndex, division: str, long: bool) -> _Place:
    weighed = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, division, strict=False))
    if long and division[0] == "9":
        named = known.knows_province(division[_FOREIGN_PROVINCE])
        return _Place(named, named, named, False, True, weighed)
    permit = _PERMIT.match(division) is not None
    return _Place(
        known.knows_province(division[:2]) or division[:2] in _PERMIT_PROVINCES,
        known.knows_prefecture(division[:4]) or permit,
        known.knows_county(division),
        long and permit,
        False,
        weighed,
    )


@lru_cache(maxsize=16_384)
def _place(division: str, long: bool) -> _Place:
    return _place_in(default_index(), division, long)


@lru_cache(maxsize=65_536)
def _birth(eight: str) -> tuple[date | None, BirthState, int]:
    weighed = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS[6:], eight, strict=False))
    try:
        born = date(int(eight[:4]), int(eight[4:6]), int(eight[6:]))
    except ValueError:
        return None, "impossible", weighed
    return born, "ancient" if born.year < 1900 else "ok", weighed
