"""The rule book as the house reads it: the list, and one rule with all that is known of it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from audits.catalogue import catalogue, rule_of
from audits.choices import ChangeTarget
from audits.models import RuleChange
from audits.rule_forms import bounds_of
from audits.rulebook.lines import RuleLine, loose_lines, rule_lines, terms_in_words, waiting_notes
from audits.rulebook.proposals import defaults_of, known_codes, terms_on
from audits.rulebook.reading import readings, with_yielding
from audits.rulebook.thresholds import LOOSE, LOOSE_TITLES
from authenticity.choices import Kind, Severity, Stage, Tag
from authenticity.models import RuleSetting
from authenticity.models.word import WordList
from policies.choices import PartyRole
from workplace.access import requires, staff_of


@requires("authenticity.view_rulesetting")
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    lines = rule_lines(staff=staff_of(request), today=today)
    shown = [line for line in lines if _fits(line, request)]
    plain = not any(request.GET.get(name) for name in ("severity", "kind", "tag", "state", "search"))
    context = {
        "lines": shown,
        "all": len(lines),
        "off": sum(not line.enabled for line in lines),
        "waiting": sum(line.waiting is not None for line in lines),
        "total": sum(line.open for line in shown),
        "plain": plain,
        "loose": loose_lines(today) if plain else [],
        "notes": waiting_notes() if plain else [],
        "severities": Severity.choices,
        "kinds": Kind.choices,
        "tags": Tag.choices,
        "given": request.GET,
    }
    return render(request, "audits/rules.html", context)


def _fits(line: RuleLine, request: HttpRequest) -> bool:
    given = {name: request.GET.get(name, "") for name in ("severity", "kind", "tag", "state")}
    text = request.GET.get("search", "").strip().casefold()
    states = {"on": line.enabled, "off": not line.enabled, "waiting": line.waiting is not None}
    said = f"{line.code} {line.text} {line.rule.finds}".casefold()
    return (
        (not given["severity"] or line.severity == given["severity"])
        and (not given["kind"] or line.rule.kind == given["kind"])
        and (not given["tag"] or given["tag"] in line.rule.tags)
        and states.get(given["state"], True)
        and text in said
    )


@requires("authenticity.view_rulesetting")
@require_safe
def rule(request: HttpRequest, code: str) -> HttpResponse:
    """A rule, or a setting that is no rule."""
    staff, today = staff_of(request), timezone.localdate()
    if code not in known_codes():
        raise Http404
    found = rule_of(code)
    context: dict[str, Any] = {
        "code": code,
        "rule": found,
        "title": str(found.message).replace("{field}", "…") if found else LOOSE_TITLES[code],
        "thresholds": _thresholds(code),
        "history": _history(code),
        "may_change": staff.has_perm("authenticity.change_rulesetting"),
    }
    if found is not None:
        line = rule_lines(staff=staff, today=today, codes=[code])[0]
        context |= {"line": line, **_connections(code)}
    else:
        context["loose"] = next(line for line in loose_lines(today) if line.code == code)
    return render(request, "audits/rule.html", context)


def _thresholds(code: str) -> list[dict[str, Any]]:
    parameters, delivered = terms_on(code, timezone.localdate()).parameters, defaults_of(code)
    words = terms_in_words(code, parameters)
    return [
        {
            "meaning": meaning,
            "value": value,
            "unit": unit,
            "bounds": bounds_of(code, name),
            "delivered": delivered.get(name, ""),
        }
        for name, (meaning, value, unit) in zip(parameters, words, strict=True)
    ]


def _connections(code: str) -> dict[str, Any]:
    """What the rule reads, where it is asked, and which rules speak instead of it or stay silent for it."""
    found, known = catalogue()[code], catalogue()
    reading = readings()[code]
    return {
        "stages": [Stage(stage).label for stage in Stage if stage in found.stages],
        "roles": [PartyRole(role).label for role in found.roles],
        "fields": sorted({case.field.rpartition(".")[2] for case in found.cases} - {""}),
        "yields": [known[other] for other in found.yields_to if other in known],
        "silences": [known[other] for other in with_yielding([code]) if other != code],
        "takes": [known.get(other) or other for other in sorted(reading.thresholds - {code} - LOOSE.keys())],
        "lists": [(name, WordList(name).label) for name in sorted(reading.lists) if name in WordList.values],
    }


def _history(code: str) -> list[dict[str, Any]]:
    """Every version with the change that made it; one that another change raised has none of its own."""
    changes = RuleChange.objects.filter(target=ChangeTarget.RULE, key=code, version__isnull=False)
    by_version = {change.version: change for change in changes.select_related("proposed_by", "decided_by")}
    rows = RuleSetting.objects.filter(code=code).order_by("-version")
    return [{"setting": row, "change": by_version.get(row.version)} for row in rows]
