"""Phone numbers: one national form, what kind of line it is, and how invented it looks."""

import csv
import re
import zlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from phonenumbers import PhoneNumber, PhoneNumberType, number_type

from authenticity.texts import digit_pattern, distinct_last, fold

PhoneKind = Literal["empty", "mobile", "landline", "hotline", "iot", "foreign", "several", "unknown"]

DATA = Path(__file__).parent / "data"
FIRST_MOBILE = 1_300_000
DEFAULT_STRIP_PREFIXES = ("+86", "0086", "86", "0")
# PH-009: numbers that people type when they have none; compliance edits the list that rules read.
PLACEHOLDER_NUMBERS = (
    "13800138000", "13800000000", "13900000000", "15000000000", "18800000000",
    "13812345678", "13912345678", "12345678901", "13333333333", "18888888888",
)  # fmt: skip

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_PLAIN_LANDLINE = re.compile(r"(0[0-9]{2,3})-([0-9]{7,8})")
_TWO_MOBILES = re.compile(r"(?:1[3-9][0-9]{9}){2,}")
_IOT = re.compile(r"(?:10647[0-9]{8}|(?:1410|144[01]|146[0-9]|148[0-9])[0-9]{9})")
_HOTLINE = re.compile(
    r"(?:[48]00[0-9]{7}|9[56][0-9]{3,8}|100[0-9]{2,3}|10[1-9][0-9]{2}|1010[0-9]{4}|11[0-9]|11[68][0-9]{3}|12[0-9]{1,3})"
)
_HOTLINE_BEHIND_AREA = re.compile(r"(?:[48]00[0-9]{7}|9[56][0-9]{3,4}|10[0-9]{3}|11[0-9]|12[0-9]{1,3})")
_SEPARATORS = re.compile(r"[\s\-‐-―−ー()\[\]{}【】._·]+")
_LISTED = re.compile(r"[,;/\\|、，；或和与及&]+|\s+")
_EXTENSION = re.compile(r"(?:转|分机|内线|#|ext\.?|x)[:. ]*([0-9]{1,6})$", re.IGNORECASE)
_DASH_EXTENSION = re.compile(r"^(\(?0[0-9]{2,3}\)?[- ]?[0-9]{7,8})-([0-9]{1,6})$")
_DIGITS = re.compile(r"[0-9]+")
_COUNTRY = re.compile(r"^(?:\+|00)86")
_FOREIGN = re.compile(r"(?:\+|00)(?!86)[1-9][0-9]{5,16}")


class PhoneFacts(NamedTuple):
    raw: str
    normal: str
    kind: PhoneKind
    mobile_shape_ok: bool = False
    allocated: bool = False
    area_code: str = ""
    area_known: bool = False
    area_abolished: bool = False
    landline_valid: bool = False
    extension: str = ""
    longest_run: int = 0
    longest_sequence: int = 0
    distinct_last8: int = 0
    changed: bool = False
    has_letters: bool = False


@lru_cache(maxsize=1)
def area_codes() -> dict[str, tuple[tuple[int, ...], bool]]:
    """Area code to the lengths of its subscriber numbers and whether it was abolished."""
    with (DATA / "area_codes.csv").open(encoding="utf-8", newline="") as lines:
        return {
            row["area_code"]: (tuple(map(int, row["lengths"].split("/"))), bool(row["abolished"]))
            for row in csv.DictReader(lines)
        }


def area_of(digits: str) -> str:
    """The area code at the start of a national number, or empty."""
    known = area_codes()
    return digits[:3] if digits[:3] in known else digits[:4] if digits[:4] in known else ""


@lru_cache(maxsize=4096)
def _prefix_allocated(five: str) -> bool:
    return number_type(PhoneNumber(country_code=86, national_number=int(five + "000000"))) == (
        PhoneNumberType.MOBILE
    )


def is_allocated(mobile: str) -> bool:
    """phonenumbers' verdict on an 11-digit mobile; its patterns look at five digits only (held by a test)."""
    return _MOBILE.fullmatch(mobile) is not None and _prefix_allocated(mobile[:5])


@lru_cache(maxsize=1)
def _provinces() -> tuple[bytes, tuple[str, ...]]:
    """For each seven digits from 1300000 on the place in the list of provinces; 0 where none is known."""
    places = zlib.decompress((DATA / "mobile_provinces.bin").read_bytes())
    return places, tuple((DATA / "mobile_provinces.txt").read_text(encoding="ascii").split())


def province_of(mobile: str) -> str:
    """Where the number was first given out, by its first seven digits (it may since have been carried on)."""
    places, provinces = _provinces()
    place = places[int(mobile[:7]) - FIRST_MOBILE] if _MOBILE.fullmatch(mobile) else 0
    return provinces[place - 1] if place else ""


@lru_cache(maxsize=32_768)
def _fixed_line_begins(area: str, head: str, length: int) -> bool:
    number = PhoneNumber(country_code=86, national_number=int(area[1:] + head.ljust(length, "0")))
    return number_type(number) == PhoneNumberType.FIXED_LINE


def is_fixed_line(area: str, subscriber: str) -> bool:
    """phonenumbers' verdict on a subscriber number of 7 or 8 digits behind an area code.

    Its patterns look at no more than three digits of it, and at one where that is 2 to 7 (held by a test).
    """
    head = subscriber[0] if subscriber[0] in "234567" else subscriber[:3]
    return len(subscriber) in (7, 8) and _fixed_line_begins(area, head, len(subscriber))


def facts(raw: str | None, *, strip_prefixes: Iterable[str] = DEFAULT_STRIP_PREFIXES) -> PhoneFacts:
    """Normalises and checks the length first; only then is phonenumbers asked."""
    if raw and _MOBILE.fullmatch(raw):
        return _mobile(raw, raw, "", raw)
    parts = _PLAIN_LANDLINE.fullmatch(raw) if raw else None
    if raw and parts and area_of(parts[1]) == parts[1]:
        return _landline(raw, parts[1], parts[2], "", raw)
    text = fold(raw)[:200]
    if not text:
        return PhoneFacts("", "", "empty", changed=bool(raw))
    if _is_several(text):
        return PhoneFacts(text, text, "several", changed=text != raw)
    main, extension = _split_extension(text)
    bare = _SEPARATORS.sub("", main)
    if not _DIGITS.fullmatch(bare.lstrip("+")) or bare.count("+") > 1:
        return PhoneFacts(text, text, "unknown", changed=text != raw, has_letters=True)
    stripped = _strip(bare, strip_prefixes)
    facts_of = _mobile if _MOBILE.fullmatch(stripped) else _landline_or_other
    return facts_of(text, stripped, extension, raw)


def _is_several(text: str) -> bool:
    parts = [_SEPARATORS.sub("", part) for part in _LISTED.split(text)]
    long_parts = [part for part in parts if len(_COUNTRY.sub("", part)) >= 7 and _DIGITS.search(part)]
    return len(long_parts) > 1 or _TWO_MOBILES.fullmatch("".join(parts)) is not None


def _split_extension(text: str) -> tuple[str, str]:
    for pattern in (_EXTENSION, _DASH_EXTENSION):
        found = pattern.search(text)
        if found:
            main = text[: found.start()] if pattern is _EXTENSION else found[1]
            return main.strip(), found[found.lastindex or 1]
    return text, ""


def _strip(bare: str, prefixes: Iterable[str]) -> str:
    """Removes one prefix before a mobile; an international prefix also before a landline or hotline."""
    for prefix in sorted(prefixes, key=len, reverse=True):
        if prefix and bare.startswith(prefix) and _MOBILE.fullmatch(bare[len(prefix) :]):
            return bare[len(prefix) :]
    for prefix in ("+86", "0086"):
        if bare.startswith(prefix):
            return _national(bare[len(prefix) :]) or bare
    return bare


def _national(rest: str) -> str:
    """What follows the country code, with the 0 of its area code; empty when it is no number of ours."""
    if rest.startswith("1") and not 9 <= len(rest) <= 10:
        return rest
    if _HOTLINE.fullmatch(rest) or area_of(rest):
        return rest
    if area_of("0" + rest) and 9 <= len(rest) <= 11:
        return "0" + rest
    return rest if rest.startswith("1") else ""


def _mobile(text: str, digits: str, extension: str, raw: str | None) -> PhoneFacts:
    run, sequence = digit_pattern(digits)
    return PhoneFacts(
        text,
        digits,
        "mobile",
        mobile_shape_ok=True,
        allocated=_prefix_allocated(digits[:5]),
        extension=extension,
        longest_run=run,
        longest_sequence=sequence,
        distinct_last8=distinct_last(digits),
        changed=digits != raw,
    )


def _landline(text: str, area: str, subscriber: str, extension: str, raw: str | None) -> PhoneFacts:
    """A number behind a known area code that is no hotline."""
    lengths, abolished = area_codes()[area]
    full = len(subscriber) in (7, 8)
    normal = f"{area}-{subscriber}" + (f"-{extension}" if extension and full else "")
    normal = normal.removesuffix("-")
    run, sequence = digit_pattern(subscriber)
    return PhoneFacts(
        text,
        normal,
        "landline",
        area_code=area,
        area_known=True,
        area_abolished=abolished,
        landline_valid=len(subscriber) in lengths and is_fixed_line(area, subscriber),
        extension=extension,
        longest_run=run,
        longest_sequence=sequence,
        distinct_last8=distinct_last(subscriber),
        changed=normal != raw,
    )


def _landline_or_other(text: str, digits: str, extension: str, raw: str | None) -> PhoneFacts:
    area = area_of(digits) if digits[:1] == "0" else ""
    subscriber = digits[len(area) :]
    kind = _kind(digits, area, subscriber)
    if kind == "landline" and area:
        return _landline(text, area, subscriber, extension, raw)
    known = kind == "hotline" and bool(area)
    run, sequence = digit_pattern(subscriber.lstrip("+"))
    return PhoneFacts(
        text,
        digits,
        kind,
        area_code=area if known else "",
        area_known=known,
        area_abolished=known and area_codes()[area][1],
        extension=extension,
        longest_run=run,
        longest_sequence=sequence,
        distinct_last8=distinct_last(subscriber),
        changed=digits != raw,
    )


def _kind(digits: str, area: str, subscriber: str) -> PhoneKind:
    if _FOREIGN.fullmatch(digits):
        return "foreign"
    if _IOT.fullmatch(digits) or _IOT.fullmatch(digits[1:]):
        return "iot"
    if _HOTLINE.fullmatch(digits) or (area and _HOTLINE_BEHIND_AREA.fullmatch(subscriber)):
        return "hotline"
    if digits[:1] == "1":
        return "mobile" if 8 <= len(digits) <= 13 else "unknown"
    if area:
        return "landline"
    return "landline" if 7 <= len(digits) <= 12 and digits[:2] != "00" and digits[:1] != "+" else "unknown"
