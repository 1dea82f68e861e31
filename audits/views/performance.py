"""Compliance's page, and the list behind each of its figures."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from audits import league
from audits.catalogue import rule_of
from audits.performance import (
    POLICY_MEASURES,
    RECTIFICATION_MEASURES,
    AsOf,
    as_of,
    counted_episodes,
    policy_measure,
    policy_states,
    rectification_measure,
    rectifications,
    tallies,
)
from audits.queries import rectification_settings
from audits.sample_scores import MEASURES as SAMPLE_MEASURES
from audits.sample_scores import sampled_by_pair, sampled_items
from authenticity.choices import Severity
from policies.choices import PartyRole
from policies.models import Policy, PolicyParty, PolicyState
from workplace.access import requires, staff_of

PAGE = 100
WEEK = timedelta(days=7)


@requires("audits.view_performance")
@require_safe
def performance(request: HttpRequest) -> HttpResponse:
    staff, moment = staff_of(request), _moment(request)
    sort = request.GET.get("sort", "share")
    if sort not in league.SORTS:
        raise BadRequest("sort")
    reverse = request.GET.get("turn") == "1"
    now = tallies(staff=staff, moment=moment)
    earlier = as_of(moment.day - WEEK, now=moment.at)
    before = tallies(staff=staff, moment=earlier, works=False)
    pairs = sampled_by_pair(staff=staff, moment=moment)
    tables = {
        "agency": league.with_answers(league.agency_lines(now=now, before=before), moment),
        "branch": league.branch_lines(staff=staff, now=now, before=before),
    }
    tables = {by: league.with_samples(by, lines, pairs, staff) for by, lines in tables.items()}
    weights = rectification_settings()
    context = {
        "moment": moment,
        "earlier": earlier,
        "total": now.total(),
        "tables": [
            {"by": by, "lines": league.sorted_lines(league.rated(lines, weights), sort=sort, reverse=reverse)}
            for by, lines in tables.items()
        ],
        "weights": weights,
        "columns": _columns(moment, sort, reverse),
        "benchmark": league.BENCHMARK,
    }
    return render(request, "audits/performance.html", context)


@requires("audits.view_performance")
@require_safe
def performance_policies(request: HttpRequest) -> HttpResponse:
    """Exactly the policies that the figure counts, by their keys; a hundred a page."""
    staff, moment = staff_of(request), _moment(request)
    measure = _measure(request, POLICY_MEASURES)
    unit = _unit(request)
    states = policy_states(staff=staff, moment=moment).filter(
        unit.condition, policy_measure(measure, moment=moment)
    )
    total = states.count()
    rows = states.filter(after_key(request, "policy_id")).order_by("policy_id")
    page = list(rows.select_related("policy__product", "branch", "agency")[: PAGE + 1])
    shown = page[:PAGE]
    context = {
        "rows": _described(shown, moment),
        "heading": _policy_headings()[measure],
        "next": next_page(request, shown[-1].policy_id) if len(page) > PAGE else "",
        **_list_context(moment, unit, total),
    }
    return render(request, "audits/performance_policies.html", context)


@requires("audits.view_performance")
@require_safe
def performance_rectifications(request: HttpRequest) -> HttpResponse:
    """Exactly the rectifications that the figure counts."""
    staff, moment = staff_of(request), _moment(request)
    measure = _measure(request, RECTIFICATION_MEASURES)
    unit = _unit(request)
    found = rectifications(staff=staff, moment=moment).filter(
        unit.condition, rectification_measure(measure, moment=moment)
    )
    total = found.count()
    rows = found.filter(after_key(request, "pk")).order_by("pk")
    page = list(rows.select_related("customer", "policy", "seller", "branch", "agency", "owner")[: PAGE + 1])
    shown = page[:PAGE]
    context = {
        "rows": shown,
        "heading": _rectification_headings()[measure],
        "next": next_page(request, shown[-1].pk) if len(page) > PAGE else "",
        **_list_context(moment, unit, total),
    }
    return render(request, "audits/performance_rectifications.html", context)


@requires("audits.view_performance")
@require_safe
def performance_samples(request: HttpRequest) -> HttpResponse:
    """Exactly the sample items that the figure counts."""
    staff, moment = staff_of(request), _moment(request)
    measure = _measure(request, tuple(SAMPLE_MEASURES))
    unit = _unit(request)
    of_unit = Policy.objects.filter(unit.condition).order_by().values("pk")
    found = sampled_items(staff=staff, moment=moment).filter(SAMPLE_MEASURES[measure], policy__in=of_unit)
    total = found.count()
    rows = found.filter(after_key(request, "pk")).order_by("pk")
    page = list(rows.select_related("run__plan", "policy__branch", "policy__agency")[: PAGE + 1])
    shown = page[:PAGE]
    context = {
        "rows": shown,
        "heading": _sample_headings()[measure],
        "next": next_page(request, shown[-1].pk) if len(page) > PAGE else "",
        **_list_context(moment, unit, total),
    }
    return render(request, "audits/performance_samples.html", context)


def _moment(request: HttpRequest) -> AsOf:
    """400 for what is no date; a day to come is today."""
    text = request.GET.get("as_of", "")
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadRequest("as_of") from error
    return as_of(day, now=timezone.now())


def _measure(request: HttpRequest, known: tuple[str, ...]) -> str:
    measure = request.GET.get("measure", known[0])
    if measure not in known:
        raise Http404
    return measure


def _unit(request: HttpRequest) -> league.Unit:
    by, key = request.GET.get("by", ""), request.GET.get("unit", "")
    try:
        return league.unit_of(staff=staff_of(request), by=by, key=key)
    except league.UnknownUnit as error:
        raise Http404 from error


def after_key(request: HttpRequest, name: str) -> Q:
    """Where the page before ended; 400 for what is no key."""
    text = request.GET.get("after", "")
    if not text:
        return Q()
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise BadRequest("after")
    return Q(**{f"{name}__gt": int(text)})


def next_page(request: HttpRequest, last: int) -> str:
    query = request.GET.copy()
    query["after"] = str(last)
    return f"?{query.urlencode()}"


def _list_context(moment: AsOf, unit: league.Unit, total: int) -> dict[str, Any]:
    back = "" if moment.live else f"?{urlencode({'as_of': moment.day.isoformat()})}"
    return {"moment": moment, "unit": unit, "total": total, "back_link": reverse("performance") + back}


def _described(states: list[PolicyState], moment: AsOf) -> list[dict[str, Any]]:
    """Each policy with its holder and the defects that count against it, in two statements."""
    ids = [state.policy_id for state in states]
    holders = PolicyParty.objects.filter(policy__in=ids, role=PartyRole.HOLDER).select_related("customer")
    names = {party.policy_id: party for party in holders}
    defects: dict[int, list[dict[str, Any]]] = {}
    episodes = counted_episodes(moment).filter(answering_policy__in=ids).select_related("finding")
    for episode in episodes.order_by("severity", "finding__rule"):
        rule, code = rule_of(episode.finding.rule), episode.finding.rule
        text = rule.text(episode.finding.field) if rule else code
        said = {"code": code, "text": text, "block": episode.severity == Severity.BLOCK}
        defects.setdefault(episode.answering_policy_id or 0, []).append(said)
    return [
        {"state": state, "holder": names.get(state.policy_id), "defects": defects.get(state.policy_id, [])}
        for state in states
    ]


def _columns(moment: AsOf, sort: str, reverse: bool) -> list[dict[str, Any]]:
    """Heads of the two tables; a second click on the sorted one turns it round."""
    titles = {
        "scope": (_("In scope"), _("Policies in scope")),
        "defective": (_("Defective"), _("Policies in scope with an open blocking finding or defect")),
        "share": (_("Share"), _("Defective of those in scope, in percent")),
        "missing": (_("Missing"), _("Policies with something missing; one can be under “false” too")),
        "false": (
            pgettext("kind of finding", "False"),
            _("Policies with something false or changed; one can be under “missing” too"),
        ),
        "touched": (_("Touched"), _("Other policies of the customers concerned; not in the share")),
        "open": (pgettext("not closed", "Open"), _("Rectifications that are not closed")),
        "overdue": (_("Overdue"), _("Rectifications not closed after their due date")),
        "on_time": (_("Closed on time"), _("Of the closed rectifications, those closed by their due date")),
        "rate": (_("Rate"), _("Clean policies, replies in time and closed rectifications, weighted")),
        "sample": (
            _("Sample error"),
            _("Untrue among the items of samples concluded within a year, with the interval at 95 %"),
        ),
        "real_names": (
            _("Real names"),
            _("Sellers' names and numbers found true in samples, with the interval at 95 %"),
        ),
    }
    columns = []
    for name, (title, hint) in titles.items():
        here = name == sort
        query = {"sort": name} | ({"turn": "1"} if here and not reverse else {})
        query |= {} if moment.live else {"as_of": moment.day.isoformat()}
        upwards = (name in league.UPWARDS) != reverse
        direction = ("ascending" if upwards else "descending") if here else ""
        columns.append({"title": title, "hint": hint, "link": f"?{urlencode(query)}", "sorted": direction})
    return columns


def _policy_headings() -> dict[str, str]:
    return {
        "scope": _("Policies in scope"),
        "defective": _("Policies with open defects"),
        "missing": _("Policies with something missing"),
        "false": _("Policies with something false"),
        "touched": _("Touched policies"),
    }


def _rectification_headings() -> dict[str, str]:
    return {
        "open": _("Open rectifications"),
        "overdue": _("Overdue rectifications"),
        "closed": _("Closed rectifications"),
        "on_time": _("Rectifications closed on time"),
        "replies": _("Rectifications with a first reply given or overdue"),
        "replied": _("Rectifications first replied to in time"),
    }


def _sample_headings() -> dict[str, str]:
    return {
        "decided": _("Sample items decided"),
        "wrong": _("Sample items found untrue"),
        "sellers": _("Sellers looked at in samples"),
        "real": _("Sellers whose name and number are true"),
    }
