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

    With a `version` a row says by its `facts_version` whether it is up to date; without one, comparing does.
    """

    name: str
    model: type[models.Model]
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    derive: Callable[[Rows], list[tuple[Any, ...]]]
    version: int = 0
    only: Q = field(default_factory=Q)
    parallel: bool = False


_DERIVATIONS: dict[str, Derivation] = {}


def register_derivation(derivation: Derivation) -> None:
    _DERIVATIONS[derivation.name] = derivation


def derivations() -> list[Derivation]:
    return list(_DERIVATIONS.values())
