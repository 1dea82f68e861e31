"""A version of a plan as it is sealed when approved, and as an evidence pack shows it."""

from __future__ import annotations

from typing import Any

from audits.models import ChecklistVersion, PlanVersion

PLAIN = ("strata", "allocation", "minimum", "whole_strata", "size_by", "size_number")
SCHEDULE = ("period", "working_day", "deadline_days")
RATES = {
    "size_rate": 6,
    "tolerable_rate": 6,
    "expected_rate": 6,
    "confidence": 4,
    "second_share": 3,
}


def definition(version: PlanVersion) -> dict[str, Any]:
    """Everything that a draw depends on; rates as text with the places that the database keeps."""
    found: dict[str, Any] = {name: getattr(version, name) for name in (*PLAIN, *SCHEDULE)}
    for name, places in RATES.items():
        rate = getattr(version, name)
        found[name] = None if rate is None else f"{rate:.{places}f}"
    return {
        "plan": version.plan.code,
        "name": version.plan.name,
        "purpose": version.plan.purpose,
        "version": version.number,
        "frame": version.frame,
        **found,
        "checklist": checklist_definition(version.checklist) if version.checklist else None,
        "reviewers": sorted(version.reviewers.values_list("username", flat=True)),
        "reason": version.reason,
        "written_by": version.written_by.username,
        "decided_by": version.decided_by.username if version.decided_by else None,
    }


def checklist_definition(version: ChecklistVersion) -> dict[str, Any]:
    items = version.items.order_by("place").select_related("article")
    return {
        "code": version.checklist.code,
        "version": version.number,
        "items": [
            {
                "code": item.code,
                "text": item.text,
                "article": item.article.code if item.article else None,
                "kind": item.kind,
                "fails": item.fails,
            }
            for item in items
        ],
    }
