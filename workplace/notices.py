"""What people can be told: each kind has its words, made when read, so that all read their own language.

A kind is registered by the app it is about; `detail` holds masked text and numbers only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import override

from workplace.models import Notice

Detail = Mapping[str, Any]
Text = Callable[[Detail], tuple[str, str]]
LABEL = str | Promise


@dataclass(frozen=True)
class Kind:
    name: str
    text: Text
    label: LABEL


@dataclass(frozen=True)
class Line:
    """A notice in words."""

    notice: Notice
    title: str
    body: str


_KINDS: dict[str, Kind] = {}


def register_notice(kind: str, text: Text, label: LABEL = "") -> None:
    """Called in AppConfig.ready(); `text` makes title and body in the language that is active then."""
    _KINDS[kind] = Kind(kind, text, label or kind)


def is_known(kind: str) -> bool:
    return kind in _KINDS


def choices() -> list[tuple[str, LABEL]]:
    """Every kind with its label, for the settings of a person."""
    return [(kind.name, kind.label) for kind in _KINDS.values()]


def words(kind: str, detail: Detail) -> tuple[str, str]:
    """Title and body in the active language; a kind or detail of an older release shows its bare name."""
    known = _KINDS.get(kind)
    if known is None:
        return kind, ""
    try:
        title, body = known.text(detail)
    except (KeyError, TypeError, ValueError):
        return str(known.label), ""
    return str(title), str(body)


def line_of(notice: Notice) -> Line:
    return Line(notice, *words(notice.kind, notice.detail))


def line_in(notice: Notice, language: str) -> Line:
    """As that person's mail or chat says it."""
    with override(language):
        return line_of(notice)
