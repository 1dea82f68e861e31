"""Strata of a draw in the language of whoever reads."""

from __future__ import annotations

from django import template

from audits.frames import label_now
from audits.models import PlanVersion, SampleStratum

register = template.Library()


@register.filter
def in_words(stratum: SampleStratum, version: PlanVersion) -> str:
    return label_now(version.strata, stratum.key, stratum.label)
