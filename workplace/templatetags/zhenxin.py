"""Filters for every template: masked values, dates, amounts."""

from __future__ import annotations

from typing import Any

from django import template

from authenticity.masking import mask

register = template.Library()


@register.filter
def masked(value: Any, kind: str) -> str:
    """The value as a list may show it (RULES masking table); `kind` is name, id_no, mobile, address…"""
    return mask(kind, "" if value is None else str(value))
