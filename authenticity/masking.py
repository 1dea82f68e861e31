"""What a screen shows of personal data; an unknown kind shows nothing."""

import re
from collections.abc import Callable
from typing import Literal

from authenticity.addresses import parse
from authenticity.phones import area_of
from authenticity.texts import compact, fold

Level = Literal["list", "partial"]
STAR = "*"
_DATE = re.compile(r"([0-9]{4})([-/.年]?)([0-9]{1,2})([-/.月]?)([0-9]{1,2})(日?)")
_ROAD = re.compile(r"^[^0-9]*?(?:路|街道|大道|街|道|巷|弄|镇|乡|村)")
_DIGITS = re.compile(r"[0-9]+")


def _stars(count: int) -> str:
    return STAR * max(count, 0)


def mask_all(value: str | None) -> str:
    """Nothing but stars, never more than eight, so that the length tells little."""
    return _stars(min(len(fold(value)), 8))


def mask_name(value: str | None, level: Level = "list") -> str:
    """The first character."""
    name = fold(value)
    return name[:1] + _stars(min(max(len(name) - 1, 1), 20)) if name else ""


def mask_id_no(value: str | None, level: Level = "list") -> str:
    """1 + 2 characters, or 3 + 2; short numbers show nothing."""
    number = compact(value)
    head = 3 if level == "partial" else 1
    if len(number) < 8:
        return _stars(len(number))
    return number[:head] + _stars(len(number) - head - 2) + number[-2:]


def mask_mobile(value: str | None, level: Level = "list") -> str:
    """3 + 4 of eleven digits."""
    digits = compact(value)
    if len(digits) < 11:
        return _stars(len(digits))
    return digits[:3] + _stars(len(digits) - 7) + digits[-4:]


def mask_landline(value: str | None, level: Level = "list") -> str:
    """The area code and the last two digits."""
    number = compact(value).split("-")
    digits = "".join(number[:2])
    area = area_of(digits)
    if len(digits) < max(len(area) + 5, 7):
        return _stars(len(digits))
    return area + _stars(len(digits) - len(area) - 2) + digits[-2:]


def mask_phone(value: str | None, level: Level = "list") -> str:
    """A landline's mask after a leading zero and a known area code, else a mobile's."""
    text = compact(value)
    digits = text.replace("-", "")
    return mask_landline(text) if digits[:1] == "0" and area_of(digits) else mask_mobile(text)


def mask_address(value: str | None, level: Level = "list") -> str:
    """Down to the district, or to the street; cut by division, not by length."""
    facts = parse(value)
    if not facts.normal:
        return ""
    shown = facts.normal[: len(facts.normal) - len(facts.detail)] if facts.province_code else ""
    detail = facts.detail
    if level == "partial" and (road := _ROAD.match(detail)):
        shown, detail = shown + road[0], detail[road.end() :]
    return shown + _stars(min(len(detail), 8))


def mask_bank_card(value: str | None, level: Level = "list") -> str:
    """The last four digits, or the first six too."""
    number = compact(value).replace("-", "")
    if len(number) < 12:
        return _stars(len(number))
    head = 6 if level == "partial" else 0
    return number[:head] + _stars(len(number) - head - 4) + number[-4:]


def mask_email(value: str | None, level: Level = "list") -> str:
    """The first letter and the domain."""
    local, at, domain = compact(value).rpartition("@")
    if not at or not local:
        return mask_all(value)
    return local[:1] + _stars(8) + "@" + domain


def mask_birth_date(value: str | None, level: Level = "list") -> str:
    """The year only; else the masked ID number could be completed."""
    text = compact(value)
    if level == "partial":
        return text
    found = _DATE.fullmatch(text)
    return f"{found[1]}-**-**" if found else mask_all(text)


_MASKS: dict[str, Callable[[str | None, Level], str]] = {
    "name": mask_name,
    "id_no": mask_id_no,
    "mobile": mask_mobile,
    "landline": mask_landline,
    "phone": mask_phone,
    "address": mask_address,
    "bank_card": mask_bank_card,
    "email": mask_email,
    "birth_date": mask_birth_date,
}
KINDS = tuple(_MASKS)


def mask(kind: str, value: object, level: Level = "list") -> str:
    """`value` is turned into text first (a date too); None gives an empty text."""
    text = "" if value is None else str(value)
    masker = _MASKS.get(kind)
    return masker(text, level) if masker else mask_all(text)
