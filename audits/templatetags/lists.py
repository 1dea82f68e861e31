"""Which columns a list of rectifications shows."""

from __future__ import annotations

from typing import Any

from django import template

register = template.Library()
USUAL = ("where", "policy", "branch", "opened", "state")


@register.simple_tag
def shown_columns(views: Any, owner: object = False) -> dict[str, bool]:
    """Those of its saved list, else the usual ones; `usual` where nobody chose any."""
    names = views.columns if views else (*USUAL, "owner") if owner else USUAL
    return {**dict.fromkeys(names, True), "usual": not (views and views.chosen)}
