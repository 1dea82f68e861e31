"""Rates in per cent: as they were chosen, as they were measured, and the upper end of what is ruled out."""

from __future__ import annotations

import math
from decimal import Decimal

from django import template

from audits.sampling.bounds import Bounds

register = template.Library()
PLACES = 2
SIGN = "\u00a0%"
NONE = "–"


@register.filter
def percent(rate: float | Decimal | None) -> str:
    """0.0125 as 1.25 %, without noughts that say nothing: for what somebody chose, and for a scale."""
    return NONE if rate is None else _text(round(float(rate) * 100, PLACES))


@register.filter
def measured(rate: float | None, places: int = PLACES) -> str:
    """0.05 as 5.00 %, with all its places: for what was counted."""
    return NONE if rate is None else f"{100 * rate:.{places}f}{SIGN}"


@register.filter
def interval(said: Bounds) -> str:
    """In per cent, where the rate beside it has the sign already."""
    return f"{100 * said.lower:.1f}–{100 * said.upper:.1f}"


@register.filter
def below(rate: float) -> str:
    """Rounded up, so that no more than it says holds."""
    return _text(math.ceil(round(rate * 100 * 10**PLACES, 6)) / 10**PLACES)


def _text(number: float) -> str:
    return f"{number:.{PLACES}f}".rstrip("0").rstrip(".") + SIGN
