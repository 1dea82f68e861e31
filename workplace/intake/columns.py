"""The columns of a kind's file: a permanent code, a fixed Chinese name, and the shape of their cells."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from import_export import resources
from import_export.fields import Field
from import_export.widgets import Widget

from authenticity.texts import compact
from workplace.intake import shapes
from workplace.intake.shapes import Misshapen, NumberText

Words = Mapping[str, tuple[str, ...]]


class Shape(Widget):
    """Reads one cell; `text_only` cells are refused when the workbook holds them as numbers."""

    text_only: bool = False
    description: str | Promise = ""
    allowed: tuple[tuple[str, str], ...] = ()

    def clean(self, value: str, row: Mapping[str, str] | None = None, **kwargs: Any) -> Any:
        raise NotImplementedError


class Text(Shape):
    def __init__(self, limit: int, *, text_only: bool = False) -> None:
        super().__init__()
        self.limit = limit
        self.text_only = text_only
        self.description = _("Text cell, never a number") if text_only else _("Text")

    def clean(self, value: str, row: Mapping[str, str] | None = None, **kwargs: Any) -> str:
        return shapes.plain_text(value, limit=self.limit)


class Number(Text):
    """A number by which a record is known: text, without any blank."""

    def __init__(self, limit: int = 30) -> None:
        super().__init__(limit, text_only=True)

    def clean(self, value: str, row: Mapping[str, str] | None = None, **kwargs: Any) -> str:
        return compact(shapes.plain_text(value, limit=self.limit))


class Day(Shape):
    description = _("Date such as 2026-11-22, 2026/11/22, 20261122 or 2026年11月22日")

    def clean(self, value: str, row: Mapping[str, str] | None = None, **kwargs: Any) -> Any:
        return shapes.day(value)


class LastDay(Shape):
    description = _("Date, or 9999/99/99 or 长期 for one without end")

    def clean(self, value: str, row: Mapping[str, str] | None = None, **kwargs: Any) -> Any:
        return shapes.last_day(value)


class Whole(Shape):
    description = _("Whole number")

    def __init__(self, *, least: int = 0, most: int = 32_767) -> None:
        super().__init__()
        self.least, self.most = least, most

    def clean(self, value: str, row: Mapping[str, str] | None = None, **kwargs: Any) -> int | None:
        return shapes.whole_number(value, least=self.least, most=self.most)


class Amount(Shape):
    description = _("Number of at most two decimals")

    def __init__(self, *, digits: int, most: Decimal | None = None) -> None:
        super().__init__()
        self.digits, self.most = digits, most

    def clean(self, value: str, row: Mapping[str, str] | None = None, **kwargs: Any) -> Decimal | None:
        return shapes.amount(value, digits=self.digits, most=self.most)


class YesNo(Shape):
    description = _("1 是 or 0 否")
    allowed = (("1", "是"), ("0", "否"))

    def clean(self, value: str, row: Mapping[str, str] | None = None, **kwargs: Any) -> bool:
        return shapes.yes_or_no(value)


class YesNoUnknown(Shape):
    """As YesNo, where an empty cell says neither."""

    description = _("1 是 or 0 否; empty when unknown")
    allowed = (("1", "是"), ("0", "否"))

    def clean(self, value: str, row: Mapping[str, str] | None = None, **kwargs: Any) -> bool | None:
        return shapes.yes_or_no(value) if compact(value) else None


class OneOf(Shape):
    """A code or one of its Chinese words, of which templates print the first."""

    description = _("One of the allowed values, as code or in Chinese")

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.allowed = tuple((str(code), names[0]) for code, names in words.items())
        self.codes = {
            word.lower(): str(code) for code, names in words.items() for word in (code, *names) if word
        }

    def clean(self, value: str, row: Mapping[str, str] | None = None, **kwargs: Any) -> str:
        word = compact(value).lower()
        if word and word not in self.codes:
            raise Misshapen("not_allowed", allowed=[list(pair) for pair in self.allowed])
        return self.codes.get(word, "")


class Column(Field):
    """`required`: no cell may be empty; `expected`: the column must be there, its cells may be empty.

    `mask` is the kind of personal datum, as `authenticity.masking` knows it; empty for what is none.
    """

    def __init__(
        self,
        code: str,
        zh: str,
        shape: Shape,
        *,
        attribute: str = "",
        required: bool = False,
        expected: bool = False,
        key: bool = False,
        label: str | Promise = "",
        meaning: str | Promise = "",
        example: str = "",
        mask: str = "",
    ) -> None:
        super().__init__(attribute=attribute or code, column_name=f"{code} {zh}", widget=shape)
        self.code = code
        self.zh = zh
        self.shape = shape
        self.required = required or key
        self.expected = expected or self.required
        self.key = key
        self.label = label
        self.meaning = meaning
        self.example = example
        self.mask = mask

    def read(self, written: Mapping[str, str]) -> Any:
        """The value of this column in a row keyed by codes; raises Misshapen with this column's code."""
        text = written[self.code]
        try:
            if self.shape.text_only and isinstance(text, NumberText):
                raise Misshapen("number_cell")
            if self.required and not text.strip():
                raise Misshapen("required")
            return self.shape.clean(text, row=written)
        except Misshapen as error:
            error.field = self.code
            raise


class KindResource(resources.ModelResource):
    """The columns of one record kind, in the order of its template; made by `kind_resource`."""

    codes_in_order: ClassVar[tuple[str, ...]] = ()

    @classmethod
    @cache
    def columns(cls) -> dict[str, Column]:
        return {code: cls.fields[code] for code in cls.codes_in_order}

    @classmethod
    @cache
    def key_codes(cls) -> list[str]:
        return [code for code, column in cls.columns().items() if column.key]

    @classmethod
    def label_of(cls, code: str) -> str:
        """What screens call a column: its own label, else the model field's, in the current language."""
        column = cls.columns().get(code)
        if column is None:
            return code
        if column.label:
            return str(column.label)
        try:
            return str(cls._meta.model._meta.get_field(column.attribute).verbose_name)
        except FieldDoesNotExist:
            return column.code


def kind_resource(name: str, model: type[models.Model], *columns: Column) -> type[KindResource]:
    """A ModelResource whose fields are exactly these columns."""
    order = tuple(column.code for column in columns)
    meta = type("Meta", (), {"model": model, "fields": order})
    body = {**{column.code: column for column in columns}, "codes_in_order": order, "Meta": meta}
    metaclass: Any = type(KindResource)
    made: type[KindResource] = metaclass(name, (KindResource,), body)
    return made
