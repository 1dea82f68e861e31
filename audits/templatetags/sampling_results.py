"""The results of a sample, wherever a page shows its draw."""

from __future__ import annotations

from typing import Any

from django import template

from audits.models import Finding, SamplingRun
from audits.result_page import Panel, panel_of
from audits.sampling.bounds import Bounds
from audits.wording import finding_text

register = template.Library()


@register.simple_tag(takes_context=True)
def results_of_run(context: dict[str, Any], run: SamplingRun) -> Panel | None:
    return panel_of(run, context["request"].user)


@register.filter
def finding_words(finding: Finding) -> str:
    return finding_text(finding)


@register.filter
def percent(rate: float | None, digits: int = 2) -> str:
    """0.0166 as 1.66 %; a dash where there is no rate."""
    return "–" if rate is None else f"{100 * rate:.{digits}f}\u00a0%"


@register.filter
def interval(said: Bounds) -> str:
    """In percent, where the rate beside it has the sign already."""
    return f"{100 * said.lower:.1f}–{100 * said.upper:.1f}"


@register.filter
def short_percent(rate: float) -> str:
    """For a scale: 0.05 as 5 %."""
    return f"{100 * rate:g}\u00a0%"
