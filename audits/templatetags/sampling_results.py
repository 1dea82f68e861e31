"""The results of a sample, wherever a page shows its draw."""

from __future__ import annotations

from typing import Any

from django import template

from audits.models import Finding, SamplingRun
from audits.result_page import Panel, panel_of
from audits.wording import finding_text

register = template.Library()


@register.simple_tag(takes_context=True)
def results_of_run(context: dict[str, Any], run: SamplingRun) -> Panel | None:
    return panel_of(run, context["request"].user)


@register.filter
def finding_words(finding: Finding) -> str:
    return finding_text(finding)
