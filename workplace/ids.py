"""Thousands of ids or keys in one parameter: a list of placeholders costs more than the query."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, F, Field, Func, TextField, Value


class Among(Func):
    """`.filter(Among("pk", ids))`; unlike a subquery it needs no statistics to be answered well."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()
    one: ClassVar[type[Field[Any, Any]]] = BigIntegerField

    def __init__(self, column: str, ids: Iterable[int | str]) -> None:
        super().__init__(F(column), Value(list(ids), output_field=ArrayField(self.one())))


class AmongTexts(Among):
    one = TextField
