"""All findings in scope, now or as of a day, and the button that starts a sweep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST, require_safe

from agents.models import Agency, Branch
from audits.asof import findings_as_of
from audits.catalogue import catalogue, message_of, rule_of
from audits.choices import FindingState
from audits.finding_lists import ORDERS, narrowed
from audits.judging import in_words
from audits.models import Finding, FindingEpisode
from audits.operations.sweep_job import WHOLE_BOOK, start_sweep
from audits.performance import AsOf, as_of
from audits.wording import tags_of
from authenticity.choices import Kind, Severity, Tag
from authenticity.models import Article
from authenticity.rule import label_of
from workplace.access import requires, staff_of
from workplace.jobs import UNFINISHED
from workplace.models import Job, Staff
from workplace.paging import keyset_page
from workplace.saved_views import view_context

RELATED = ("answering_branch", "answering_agency")


@dataclass(frozen=True)
class Line:
    """One finding as the list shows it: `said` is the finding now, or its episode then."""

    finding: Finding
    said: Finding | FindingEpisode
    text: str
    field: str
    value: str
    link: str
    kind: str
    tags: list[str]


@requires("audits.view_finding")
@require_safe
def findings(request: HttpRequest) -> HttpResponse:
    staff, moment = staff_of(request), _moment(request)
    seen = _findings(staff) if moment.live else _episodes(staff, moment)
    found = narrowed(seen, request.GET, day=moment.day, live=moment.live)
    saved = view_context(request, page="findings")
    page: Any = keyset_page(found, request, order=ORDERS[saved["views"].order])
    context = {
        **saved,
        "page": page,
        "lines": [_line(row) for row in page.rows],
        "given": request.GET,
        "moment": moment,
        "rules": [(code, message_of(code)) for code in catalogue()],
        "severities": Severity.choices,
        "kinds": Kind.choices,
        "tags": Tag.choices,
        "article": Article.objects.filter(code=request.GET.get("article", "")).first(),
        "states": FindingState.choices,
        "branches": Branch.objects.visible_to(staff).order_by("number"),
        "agencies": Agency.objects.visible_to(staff).order_by("number"),
        **_sweeping(staff),
    }
    return render(request, "audits/findings.html", context)


@requires("audits.run_sweep")
@require_POST
def sweep(request: HttpRequest) -> HttpResponse:
    """Starts the sweep of the whole book, or shows the one under way."""
    started = start_sweep(actor=staff_of(request), at=timezone.now())
    if Job.objects.visible_to(staff_of(request)).filter(pk=started.pk).exists():
        return redirect("job", pk=started.pk)
    return redirect("findings")


@requires("audits.run_sweep")
@require_safe
def sweep_progress(request: HttpRequest) -> HttpResponse:
    """The fragment on the findings page; when the sweep has ended the page loads itself anew."""
    context = _sweeping(staff_of(request))
    response = render(request, "audits/parts/sweep_progress.html", context)
    if context["sweeping"] is None:
        response["HX-Refresh"] = "true"
    return response


def _sweeping(staff: Staff) -> dict[str, Any]:
    """The sweep of the whole book under way, for whoever may start one; its page only to whom it is open."""
    found = None
    if staff.has_perm("audits.run_sweep"):
        found = Job.objects.filter(unique_key=WHOLE_BOOK, state__in=UNFINISHED).first()
    opens = found is not None and Job.objects.visible_to(staff).filter(pk=found.pk).exists()
    return {"sweeping": found, "sweep_opens": opens}


def _moment(request: HttpRequest) -> AsOf:
    text = request.GET.get("as_of", "")
    try:
        day = parse_date(text) if text else None
    except ValueError as error:
        raise BadRequest("as_of") from error
    if text and day is None:
        raise BadRequest("as_of")
    return as_of(day, now=timezone.now())


def _findings(staff: Staff) -> QuerySet[Any]:
    return Finding.objects.visible_to(staff).select_related(*RELATED, "rectification", "customer", "policy")


def _episodes(staff: Staff, moment: AsOf) -> QuerySet[Any]:
    seen = findings_as_of(moment.at).filter(finding__in=Finding.objects.visible_to(staff).order_by())
    return seen.select_related(*RELATED, "finding__rectification", "finding__customer", "finding__policy")


def _line(row: Finding | FindingEpisode) -> Line:
    finding = row if isinstance(row, Finding) else row.finding
    rule = rule_of(finding.rule)
    if finding.rectification_id:
        link = reverse("rectification", args=[finding.rectification_id])
    elif finding.customer_id:
        link = reverse("customer", args=[finding.customer_id])
    else:
        link = reverse("policy", args=[finding.policy_id]) if finding.policy_id else ""
    text = rule.text(finding.field) if rule else finding.rule
    field = label_of(finding.field) if finding.field else ""
    value = in_words(finding.field, row.value_masked)
    return Line(finding, row, text, field, value, link, row.get_kind_display(), tags_of(finding.rule))
