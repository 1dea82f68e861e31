"""Pages of a long list by key, not by offset: page one thousand costs what page one does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from django.db import models
from django.http import HttpRequest

ModelT = TypeVar("ModelT", bound=models.Model)
ROWS = 50


@dataclass(frozen=True)
class KeysetPage(Generic[ModelT]):
    """`newer` and `older` are query strings, empty at the ends."""

    rows: list[ModelT]
    newer: str
    older: str


def keyset_page(
    queryset: models.QuerySet[ModelT], request: HttpRequest, *, size: int = ROWS, order: str = "-pk"
) -> KeysetPage[ModelT]:
    """Newest first by primary key, or by another unique column; `?before=` and `?after=` say beyond which row
    further down or up, anything else in them is the top."""
    column, back = order.lstrip("-"), order.removeprefix("-") if order.startswith("-") else f"-{order}"
    onward, backward = ("lt", "gt") if order.startswith("-") else ("gt", "lt")
    before, after = _beyond(request, "before", column), _beyond(request, "after", column)
    if after:
        found = list(queryset.filter(**{f"{column}__{backward}": after}).order_by(back)[: size + 1])
        rows, more_newer, more_older = found[:size][::-1], len(found) > size, True
    else:
        older = queryset.filter(**{f"{column}__{onward}": before}) if before else queryset
        found = list(older.order_by(order)[: size + 1])
        rows, more_newer, more_older = found[:size], bool(before), len(found) > size
    return KeysetPage(
        rows=rows,
        newer=_at(request, "after", getattr(rows[0], column)) if rows and more_newer else "",
        older=_at(request, "before", getattr(rows[-1], column)) if rows and more_older else "",
    )


def day_page(
    queryset: models.QuerySet[ModelT], after: str, *, day: str = "due_on", size: int = ROWS
) -> tuple[list[ModelT], str]:
    """Soonest day first, then by primary key; the second is where the next page begins, empty at the end.

    `after` is such a place; anything else is the top.
    """
    text, _bar, key = after.partition("_")
    try:
        begin = models.Q(**{f"{day}__gt": date.fromisoformat(text)})
        begin |= models.Q(**{day: date.fromisoformat(text), "pk__gt": int(key)})
    except ValueError:
        begin = models.Q()
    found = list(queryset.filter(begin).order_by(day, "pk")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return found[:size], f"{getattr(last, day).isoformat()}_{last.pk}" if last else ""


def _beyond(request: HttpRequest, name: str, column: str) -> int | str:
    return _key(request.GET, name) if column == "pk" else request.GET.get(name, "")[:60]


def _key(given: Mapping[str, Any], name: str) -> int:
    text = str(given.get(name, ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def number_of(given: Mapping[str, Any], name: str) -> int:
    """A whole number of a query or form; anything else is nought."""
    return _key(given, name)


def _at(request: HttpRequest, name: str, key: int | str) -> str:
    query = request.GET.copy()
    query.pop("before", None)
    query.pop("after", None)
    query[name] = str(key)
    return f"?{query.urlencode()}"
