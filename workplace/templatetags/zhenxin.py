"""Filters for every template: masked values, dates, amounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from authenticity.masking import mask
from authenticity.rule import FIELD_LABELS

register = template.Library()
OTHER_LABELS = {"postcode": _("Postcode"), "email": _("E-mail"), "nationality": _("Nationality")}


@register.filter
def masked(value: Any, kind: str) -> str:
    """The value as a list may show it (RULES masking table); `kind` is name, id_no, mobile, address…"""
    return mask(kind, "" if value is None else str(value))


@register.simple_tag
def moment(at: datetime) -> SafeString:
    """To the minute in the business time zone, to the second in its title."""
    here = localtime(at)
    words = (here.isoformat(), f"{here:%Y-%m-%d %H:%M:%S}", f"{here:%Y-%m-%d %H:%M}")
    return format_html('<time datetime="{}" title="{}" data-relative>{}</time>', *words)


@register.simple_tag
def day(on: date) -> SafeString:
    said = f"{on:%Y-%m-%d}"
    return format_html('<time datetime="{}">{}</time>', said, said)


@register.simple_tag
def options(choices: Iterable[tuple[Any, Any]], chosen: Any = "") -> SafeString:
    """Of a select; written at once, as a page may have hundreds."""
    marked = ((value, " selected" if value == chosen else "", label) for value, label in choices)
    return format_html_join("", '<option value="{}"{}>{}</option>', marked)


@register.filter
def field_label(name: str) -> str:
    """What a field is called on screens; a name that is none of ours stays as it is."""
    return str(FIELD_LABELS.get(name) or OTHER_LABELS.get(name) or name)


@register.filter
def entry(values: Mapping[str, Any], key: str) -> Any:
    """What stands under a key, or nothing."""
    return values.get(key, "")


@register.filter
def grouped(value: Any) -> str:
    """1234567 as 1,234,567 in both languages; whatever is no number stays as it is."""
    return f"{value:,.0f}" if isinstance(value, int | float) else str(value)


@register.filter
def amount(value: Any) -> str:
    """1234.5 as 1,234.50 with the currency's word."""
    return "—" if value is None or value == "" else gettext("%(amount)s yuan") % {"amount": f"{value:,.2f}"}
