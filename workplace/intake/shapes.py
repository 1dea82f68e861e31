"""Cells of a file turned into values; what has no shape is refused with a code that a person can be told."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from authenticity import validity
from authenticity.texts import compact

# The name under which a row keeps that it has a cell to the right of the header.
EXTRA = "+"


class Misshapen(ValueError):
    """A value that is no value of its field; `code` and `params` are put into words when shown."""

    def __init__(self, code: str, *, field: str = "", **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.params = params


class NumberText(str):
    """The text of a cell held as a number: leading zeros or last digits may be gone."""

    __slots__ = ()


def written_text(value: Any) -> str:
    """The text of one value as written: outer blanks gone, dates in ISO form."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


def plain_text(value: str, *, limit: int) -> str:
    text = written_text(value)
    if len(text) > limit:
        raise Misshapen("too_long", limit=limit)
    return text


def day(value: str) -> date | None:
    return _day(written_text(value))


@lru_cache(maxsize=4_096)
def _day(text: str) -> date | None:
    parsed = validity.parse_date(text)
    if parsed.problem in ("format", "impossible"):
        raise Misshapen(f"date_{parsed.problem}", value=text)
    return parsed.value


def last_day(value: str) -> date | None:
    """As `day`; a date without end (长期, 9999/99/99) is no date."""
    end, _, problem = validity.parse_valid_to(written_text(value))
    if problem in ("format", "impossible"):
        raise Misshapen(f"date_{problem}", value=value)
    return end


def whole_number(value: str, *, least: int = 0, most: int = 32_767) -> int | None:
    text = compact(value).replace(",", "")
    if not text:
        return None
    if text.endswith(".0"):
        text = text[:-2]
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or not least <= int(text) <= most:
        raise Misshapen("not_whole_number", least=least, most=most)
    return int(text)


def amount(value: str, *, digits: int, most: Decimal | None = None) -> Decimal | None:
    """A number of at most two decimals, never below zero; a percent sign and separators are read over."""
    text = compact(value).replace(",", "").rstrip("%元")
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise Misshapen("not_amount") from error
    if not number.is_finite() or number < 0 or abs(number) >= Decimal(10) ** (digits - 2):
        raise Misshapen("not_amount")
    if number != number.quantize(Decimal("0.01")):
        raise Misshapen("too_many_decimals")
    if most is not None and number > most:
        raise Misshapen("above_most", most=str(most))
    return number.quantize(Decimal("0.01"))


_YES = frozenset({"1", "y", "yes", "true", "是"})
_NO = frozenset({"", "0", "n", "no", "false", "否"})


def yes_or_no(value: str) -> bool:
    text = compact(value).lower()
    if text not in _YES | _NO:
        raise Misshapen("not_allowed", allowed=[["1", "是"], ["0", "否"]])
    return text in _YES
