"""Columns that follow from what was written: each app says how its own are derived anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Q

Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Derivation:
    """`derive` makes of the `reads` of each row its `writes`; with `parallel` it runs in other processes,
    so it must be importable where no model is.

    `now` is the version of today: a row says by its `facts_version` whether it is up to date; without it,
    comparing does. `hand_over` gives what each of those processes runs once before its first row.
    """

    name: str
    model: type[models.Model]
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    derive: Callable[[Rows], list[tuple[Any, ...]]]
    now: Callable[[], int] | None = None
    only: Q = field(default_factory=Q)
    parallel: bool = False
    hand_over: Callable[[], Callable[[], None]] | None = None


_DERIVATIONS: dict[str, Derivation] = {}


def register_derivation(derivation: Derivation) -> None:
    _DERIVATIONS[derivation.name] = derivation


def derivations() -> list[Derivation]:
    return list(_DERIVATIONS.values())
