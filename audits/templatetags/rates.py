"""Rates in per cent: as they are, and as the upper end of what is ruled out."""

from __future__ import annotations

import math
from decimal import Decimal

from django import template

register = template.Library()
PLACES = 2


@register.filter
def percent(rate: float | Decimal | None) -> str:
    """0.0125 as 1.25 %, without noughts that say nothing."""
    return "–" if rate is None else _text(round(float(rate) * 100, PLACES))


@register.filter
def below(rate: float) -> str:
    """Rounded up, so that no more than it says holds."""
    return _text(math.ceil(round(rate * 100 * 10**PLACES, 6)) / 10**PLACES)


def _text(number: float) -> str:
    text = f"{number:.{PLACES}f}"
    return f"{text.rstrip('0').rstrip('.')} %"
