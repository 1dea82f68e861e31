"""Which findings a list shows, by what its address says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from audits.catalogue import catalogue
from audits.choices import FindingState
from audits.models import Finding, Sweep
from audits.rulebook.legal import under_article
from authenticity.choices import Kind, Severity, Tag
from workplace.models import Staff

ORDERS = {"newest": "-pk", "oldest": "pk"}
BY_CHOICE = {"severity": Severity.values, "kind": Kind.values}
BY_UNIT = {"branch": "answering_branch", "agency": "answering_agency"}
Given = Mapping[str, Any]


def finding_rows(staff: Staff, given: Given, today: date) -> QuerySet[Any]:
    """As they are now."""
    return narrowed(Finding.objects.visible_to(staff), given, day=today, live=True)


def narrowed(found: QuerySet[Any], given: Given, *, day: date, live: bool) -> QuerySet[Any]:
    """Findings when `live`, else episodes of them, as of `day`; without a state: the open ones."""
    to_finding = "" if live else "finding__"
    for name, allowed in BY_CHOICE.items():
        if (asked := given.get(name, "")) in allowed:
            found = found.filter(**{name: asked})
    for name, column in BY_UNIT.items():
        if asked := given.get(name, ""):
            found = found.filter(**{f"{column}__number": asked})
    if code := given.get("rule", ""):
        found = found.filter(**{f"{to_finding}rule": code})
    if (tag := given.get("tag", "")) in Tag.values:
        tagged = [rule.code for rule in catalogue().values() if tag in rule.tags]
        found = found.filter(**{f"{to_finding}rule__in": tagged})
    if article := given.get("article", ""):
        found = found.filter(under_article(article, day, rule=f"{to_finding}rule"))
    if (number := given.get("sweep", "")).isdecimal():
        found = found.filter(_opened_by(number, to_finding))
    state = given.get("state", FindingState.OPEN)
    return found.filter(state=state) if live and state in FindingState.values else found


def _opened_by(number: str, to_finding: str) -> Q:
    """Findings that came into being while that sweep ran; none of an unknown one."""
    run = Sweep.objects.filter(pk=number, finished_at__isnull=False).first()
    if run is None:
        return Q(pk__in=[])
    return Q(**{f"{to_finding}first_seen_at__range": (run.started_at, run.finished_at)})
