"""Bank card and account numbers."""

import re
from dataclasses import dataclass

from stdnum import luhn

from authenticity.texts import compact

_SEPARATORS = re.compile(r"[-‐-―]")
_SHAPE = re.compile(r"[0-9]{16,19}")


@dataclass(frozen=True, slots=True)
class BankCardFacts:
    normal: str
    shape_ok: bool = False
    luhn_ok: bool = False


def normalise(raw: str | None) -> str:
    return compact(_SEPARATORS.sub("", compact(raw)))


def facts(raw: str | None) -> BankCardFacts:
    """`luhn_ok` is false for old passbook accounts too, which carry no check digit."""
    normal = normalise(raw)
    shape_ok = _SHAPE.fullmatch(normal) is not None
    return BankCardFacts(normal, shape_ok, shape_ok and luhn.is_valid(normal))
