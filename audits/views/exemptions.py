"""The exemption register, and the workbench of shared contacts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from audits.choices import ExemptionRelation, ExemptionState, TimelineKind
from audits.forms import ExemptionForm
from audits.models import Exemption, Finding
from audits.operations.evidence import EvidenceRefused
from audits.operations.exemptions import (
    USUAL_DAYS,
    ExemptionRefused,
    decide_exemption,
    propose_exemption,
    revoke_exemption,
)
from audits.operations.rectifications import write_line
from audits.shared_contacts import RULES, SHOWN, clusters, elsewhere, members
from audits.wording import field_label, finding_text
from workplace.access import requires, staff_of
from workplace.paging import keyset_page, number_of

WORK = "audits.work_rectification"
APPROVE = "audits.approve_exemption"
SEE = "audits.view_exemption"
TABS = {
    "waiting": [ExemptionState.PROPOSED],
    "holding": [ExemptionState.APPROVED],
    "ended": [ExemptionState.REFUSED, ExemptionState.REVOKED],
}
FIELDS = ("mobile", "landline", "address", "email", "account_no")


@requires(SEE)
@require_GET
def exemptions(request: HttpRequest) -> HttpResponse:
    staff = staff_of(request)
    tab = request.GET.get("tab", "waiting")
    today = timezone.localdate()
    seen = Exemption.objects.visible_to(staff)
    found = seen.filter(state__in=TABS.get(tab, TABS["waiting"]))
    if tab == "holding":
        found = found.filter(expires_on__gte=today)
    elif tab == "expired":
        found = seen.filter(state=ExemptionState.APPROVED, expires_on__lt=today)
    related = (
        "finding",
        "finding__customer",
        "finding__answering_branch",
        "proposed_by",
        "decided_by",
        "evidence",
    )
    page = keyset_page(found.select_related(*related), request)
    context = {
        "page": page,
        "lines": [(one, finding_text(one.finding), field_label(one.finding)) for one in page.rows],
        "tab": tab if tab in TABS or tab == "expired" else "waiting",
        "waiting": seen.filter(state=ExemptionState.PROPOSED).count(),
        "may_decide": staff.has_perm(APPROVE),
        "me": staff.pk,
    }
    return render(request, "audits/exemptions.html", context)


@requires(WORK)
@require_POST
def exempt(request: HttpRequest, pk: int) -> HttpResponse:
    """Proposes that a finding may stand; goes back to where it was asked from."""
    staff = staff_of(request)
    finding = get_object_or_404(Finding.objects.visible_to(staff), pk=pk)
    form = ExemptionForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
        return _back(request, finding)
    given = form.cleaned_data["evidence"]
    try:
        propose_exemption(
            finding=finding,
            relation=form.cleaned_data["relation"],
            reason=form.cleaned_data["reason"],
            expires_on=form.cleaned_data["expires_on"],
            evidence=(given.name, given.read()) if given else None,
            actor=staff,
            at=timezone.now(),
        )
    except (ExemptionRefused, EvidenceRefused) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(request, _("Proposed. The finding stays until another person approves it."))
    return _back(request, finding)


@requires(APPROVE)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    found = get_object_or_404(Exemption.objects.visible_to(staff), pk=pk)
    action, note = request.POST.get("action", ""), request.POST.get("note", "")[:1000]
    now = timezone.now()
    try:
        if action == "revoke":
            revoke_exemption(exemption=found, note=note, actor=staff, at=now)
        elif action in ("approve", "refuse"):
            decide_exemption(exemption=found, approve=action == "approve", note=note, actor=staff, at=now)
    except ExemptionRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("exemptions")


@requires(SEE)
@require_GET
def shared_contacts(request: HttpRequest) -> HttpResponse:
    staff = staff_of(request)
    chosen = request.GET.get("field", "")
    page = number_of(request.GET, "page")
    found, total = clusters(staff, chosen if chosen in FIELDS else "", page=page)
    context = {
        "clusters": found,
        "total": total,
        "older": page + 1 if (page + 1) * SHOWN < total else None,
        "newer": page - 1 if page else None,
        "fields": FIELDS,
        "chosen": chosen,
    }
    return render(request, "audits/shared_contacts.html", context)


@requires(SEE)
@require_GET
def shared_contact(request: HttpRequest, field: str, value_hash: str) -> HttpResponse:
    """One cluster: its holders, their policies and who sold them; per member keep, family or wrong."""
    staff = staff_of(request)
    found = members(staff, field, value_hash)
    if not found:
        raise Http404
    context: dict[str, Any] = {
        "members": found,
        "field": field,
        "value_masked": found[0].finding.value_masked,
        "open": sum(one.finding.state == "open" for one in found),
        "elsewhere": elsewhere(staff, field, value_hash),
        "sellers": len({place.seller for one in found for place in one.places}),
        "relations": ExemptionRelation,
        "until": timezone.localdate() + timedelta(days=USUAL_DAYS),
        "may_work": staff.has_perm(WORK),
    }
    return render(request, "audits/shared_contact.html", context)


@requires(WORK)
@require_POST
def contact_wrong(request: HttpRequest, pk: int) -> HttpResponse:
    """The shared value is not this member's: that stands on the rectification, to be mended there."""
    staff = staff_of(request)
    finding = get_object_or_404(Finding.objects.visible_to(staff), pk=pk, rule__in=RULES)
    if finding.rectification is None:
        messages.error(request, _("No rectification is open for this finding."))
        return _back(request, finding)
    write_line(
        rectification=finding.rectification,
        kind=TimelineKind.NOTE,
        action="contact_wrong",
        actor=staff,
        at=timezone.now(),
        reason=request.POST.get("reason", "")[:1000].strip(),
        rule=finding.rule,
    )
    return redirect("rectification", finding.rectification.pk)


def _back(request: HttpRequest, finding: Finding) -> HttpResponse:
    if request.POST.get("from") == "cluster":
        return redirect("shared_contact", finding.field, finding.value_hash)
    if finding.rectification_id:
        return redirect("rectification", finding.rectification_id)
    return redirect("findings")
