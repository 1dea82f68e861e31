"""Dates as people write them, and documents that never expire."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from authenticity.texts import compact, fold

DateProblem = Literal["", "empty", "format", "impossible"]
LONG_TERM_TEXT = "9999/99/99"

_LONG_TERM = frozenset(
    {"99999999", "99991231", "99991230", "长期", "长期有效", "永久", "永久有效", "permanent", "longterm"}
)
_DATE = re.compile(
    r"([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日?|([0-9]{2})([0-9]{2}))"
)
_MIDNIGHT = re.compile(r"[ T]0?0:00(?::00(?:\.0+)?)?$")
_SIGNS = re.compile(r"[-/.年月日]")


@dataclass(frozen=True, slots=True)
class ParsedDate:
    value: date | None
    problem: DateProblem = ""


def parse_date(text: str | date | None) -> ParsedDate:
    """2026-11-22, 2026/11/22, 2026.11.22, 20261122 and 2026年11月22日, also with a midnight behind."""
    if isinstance(text, date):
        return ParsedDate(date(text.year, text.month, text.day))
    written = _written(text)
    if not written:
        return ParsedDate(None, "empty")
    found = _DATE.fullmatch(written)
    if not found:
        return ParsedDate(None, "format")
    month, day = found[3] or found[5] or found[7], found[4] or found[6] or found[8]
    try:
        return ParsedDate(date(int(found[1]), int(month), int(day)))
    except ValueError:
        return ParsedDate(None, "impossible")


def _written(text: str | None) -> str:
    return compact(_MIDNIGHT.sub("", fold(text)), 60)


def is_long_term(text: str | None) -> bool:
    """VAL-008: one of the ways in which a document is said to be valid without end."""
    return _SIGNS.sub("", _written(text).casefold()) in _LONG_TERM


def parse_valid_to(text: str | date | None) -> tuple[date | None, bool, DateProblem]:
    """(date, long-term, problem); the year 9999 in any spelling is long-term and has no date."""
    if not isinstance(text, date) and is_long_term(text):
        return None, True, ""
    parsed = parse_date(text)
    if parsed.value is not None and parsed.value.year == 9999:
        return None, True, ""
    return parsed.value, False, parsed.problem


def print_date(value: date | None) -> str:
    return value.strftime("%Y/%m/%d") if value else ""


def print_valid_to(value: date | None, long_term: bool) -> str:
    return LONG_TERM_TEXT if long_term else print_date(value)


def age_on(born: date, day: date) -> int:
    """Completed years; negative when born after the day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
