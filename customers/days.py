"""Differences of two dates in days, as whole numbers: an interval would cost more and say no more."""

from __future__ import annotations

from typing import Any

from django.db.models import Func, IntegerField, Q
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

YEAR = 365.25


class Days(Func):
    """From the second date to the first; unknown where one is."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    arity = 2
    output_field = IntegerField()


def years(count: int) -> int:
    """Days of so many years, which leap years make a day more or less."""
    return int(count * YEAR)


def at_least(span: Any, count: int) -> Q:
    return Q(GreaterThanOrEqual(span, count))


def at_most(span: Any, count: int) -> Q:
    return Q(LessThanOrEqual(span, count))


def lasts(span: Any, count: int, slack: int) -> Q:
    """About so many years."""
    return at_least(span, years(count) - slack) & at_most(span, years(count) + slack)
