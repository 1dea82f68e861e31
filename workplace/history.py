"""Append-only history: what a row was before each change, kept by the database itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import pghistory
import pghistory.models
import pgtrigger
from django.db import models

ModelT = TypeVar("ModelT", bound=type[models.Model])


class Event(pghistory.models.Event):
    """The base of every history table: partitioned by month, so its key counts beyond four bytes."""

    pgh_id = models.BigAutoField(primary_key=True)

    class Meta:
        abstract = True


def tracked(model: ModelT) -> ModelT:
    """Keeps the old row of every UPDATE and DELETE, COPY and bulk statements included, in `<Model>Event`."""
    return _kept(model, ())


def tracked_but(*secrets: str) -> Callable[[ModelT], ModelT]:
    """As `tracked`, without columns whose past may open something; a change of them leaves its row still."""
    return lambda model: _kept(model, secrets)


def _kept(model: ModelT, exclude: Sequence[str]) -> ModelT:
    update = pghistory.UpdateEvent(row="OLD", level=pgtrigger.Statement)
    if exclude:
        columns = [field.name for field in model._meta.local_concrete_fields]
        update.condition = pgtrigger.AnyChange(*columns)
    decorated: ModelT = pghistory.track(
        update,
        pghistory.DeleteEvent(row="OLD", level=pgtrigger.Statement),
        append_only=True,
        base_model=Event,
        meta={"ordering": ["-pgh_id"]},
        obj_field=pghistory.ObjForeignKey(related_name="past"),
        exclude=list(exclude) or None,
    )(model)
    return decorated
