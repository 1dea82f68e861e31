"""Which fields of which records may be corrected, and who writes them; the apps above fill it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workplace.models import Staff


@dataclass(frozen=True)
class CorrectableField:
    """`mask` is a kind of `authenticity.masking`, empty for what needs none; `shape` picks the input.

    `clearable`: the right value may be that there is none.
    """

    name: str
    label: StrOrPromise
    mask: str = ""
    shape: str = "text"
    choices: tuple[tuple[str, StrOrPromise], ...] = ()
    needs_evidence: bool = False
    clearable: bool = False


class Writer(Protocol):
    """Writes accepted values with history and a new row version; raises Misshapen for what has no shape."""

    def __call__(
        self,
        *,
        record: Any,
        values: Mapping[str, str],
        actor: Staff | None,
        at: datetime,
        expected_version: int,
    ) -> Any: ...


@dataclass(frozen=True)
class Correctable:
    """How corrections read and write one kind of record."""

    kind: str
    label: StrOrPromise
    fields: Mapping[str, CorrectableField]
    find: Callable[[int, bool], Any]
    """(pk, locked) → the record; raises its DoesNotExist."""
    key: Callable[[Any], str]
    written: Callable[[Any, str], str]
    normal: Callable[[Any, str], str]
    normal_of: Callable[[Any, str, str], str]
    """(record, field, raw) → normal form; raises Misshapen."""
    write: Writer


_kinds: dict[str, Correctable] = {}


class StaleRecord(Exception):
    """The record's row version is not the one that the writer was shown."""


def register_correctable(kind: Correctable) -> None:
    _kinds[kind.kind] = kind


def correctable(kind: str) -> Correctable:
    return _kinds[kind]


def is_correctable(kind: str, field: str) -> bool:
    return kind in _kinds and field in _kinds[kind].fields
