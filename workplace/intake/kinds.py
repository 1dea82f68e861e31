"""The record kinds that files bring in: each app registers its own in AppConfig.ready()."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.functional import Promise

from workplace.choices import RowVerdict
from workplace.intake.columns import KindResource

if TYPE_CHECKING:
    from workplace.models import ImportBatch, Staff


@dataclass
class Row:
    """One row on its way into the book: what was written, what was read, and what became of it."""

    line: int
    written: Mapping[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    key: str = ""
    columns: dict[str, dict[str, Any]] = field(default_factory=dict)
    record: Any = None
    verdict: str = ""
    changes: list[str] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)

    def reject(self, column: str, code: str, **params: Any) -> None:
        self.verdict = RowVerdict.REJECTED
        self.errors.append({"column": column, "code": code, "params": params})

    def note(self, code: str, *, column: str = "", **params: Any) -> None:
        self.notes.append({"column": column, "code": code, "params": params})

    @property
    def open(self) -> bool:
        """Nothing has been decided about this row yet."""
        return not self.verdict

    def value(self, code: str, default: Any = "") -> Any:
        return self.values.get(code, default)


@dataclass(frozen=True)
class WriteContext:
    """Who writes, when, and how old the file is."""

    kind: str
    actor: Staff | None
    at: datetime
    extracted_at: datetime
    batch: ImportBatch | None = None


@dataclass(frozen=True)
class RowErrors:
    line: int
    key: str
    errors: list[dict[str, Any]]


@dataclass
class WriteResult:
    """Counts of one writing; `rows` keeps what became of each row, `record_ids` what was written."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: list[RowErrors] = field(default_factory=list)
    conflicts: int = 0
    held: int = 0
    rows: list[Row] = field(default_factory=list)
    record_ids: list[int] = field(default_factory=list)


Writer = Callable[[Sequence[Row], WriteContext], None]


@dataclass(frozen=True)
class Kind:
    """`whole`: rows of one file may name each other, so they are written in one chunk.

    `key_of` makes the key of a row where it is not just its key columns, joined.
    """

    code: str
    zh: str
    label: str | Promise
    resource: type[KindResource]
    writer: Writer
    record_kind: str
    whole: bool = False
    key_of: Callable[[Row], str] | None = None

    @property
    def model(self) -> type[models.Model]:
        model: type[models.Model] = self.resource._meta.model
        return model


Follower = Callable[[Sequence[int], WriteContext], None]

KIND_ORDER = (
    "branches",
    "agencies",
    "outlets",
    "products",
    "agents",
    "customers",
    "policies",
    "parties",
    "applications",
    "deliveries",
)
_KINDS: dict[str, Kind] = {}
_FOLLOWERS: dict[str, list[Follower]] = {}


def register_kind(kind: Kind) -> None:
    if kind.code not in KIND_ORDER:
        raise ValueError(f"{kind.code} is no record kind of the files")
    _KINDS[kind.code] = kind


def register_follower(kind: str, follower: Follower) -> None:
    """`follower(record_ids, context)` runs after rows of that kind were written, in their transaction."""
    _FOLLOWERS.setdefault(kind, []).append(follower)


def followers_of(kind: str) -> list[Follower]:
    return _FOLLOWERS.get(kind, [])


def kind_of(code: str) -> Kind:
    """Raises KeyError for an unknown code."""
    return _KINDS[code]


def kinds() -> list[Kind]:
    return [_KINDS[code] for code in KIND_ORDER if code in _KINDS]
