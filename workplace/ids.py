"""Thousands of ids in one parameter: a list of placeholders costs more than the query."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models.expressions import RawSQL


def among(ids: Iterable[int]) -> RawSQL:
    """For `pk__in=among(ids)`."""
    return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])
