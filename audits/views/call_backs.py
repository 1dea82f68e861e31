"""Call-backs of new policies: the queue with its countdown, and one call from its script to its end."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audits.call_backs import (
    ABOUT,
    attempts_for,
    branches_of,
    findings_of,
    holder_of,
    lines_of,
    made_in_time,
    neighbour,
    numbers_of,
    of_tab,
    results,
    sold_by,
    within,
)
from audits.call_script import script_for
from audits.choices import CallBackState
from audits.contact_forms import CallBackForm
from audits.contact_log import ADD
from audits.models import CallBack
from audits.operations.call_backs import CallBackRefused, call_back
from audits.queries import rectification_settings
from customers.models import Customer
from customers.operations.contacts import ContactRefused
from customers.revealing import may_reveal
from workplace.access import requires, staff_of
from workplace.choices import Purpose
from workplace.models import Staff
from workplace.operations.access_log import record_opening
from workplace.paging import day_page, keyset_page, number_of

SEE, REVEAL = "audits.view_callback", "customers.reveal_customer"
MOST_DAYS = 60


@requires(SEE)
@require_safe
def call_backs(request: HttpRequest) -> HttpResponse:
    staff, today = staff_of(request), timezone.localdate()
    days = min(number_of(request.GET, "days") or rectification_settings().visit_days, MOST_DAYS)
    tab, branch = request.GET.get("tab", "all"), number_of(request.GET, "branch")
    rows = within(CallBack.objects.visible_to(staff).filter(of_tab(tab, today, days)), branch)
    rows = rows.select_related(*ABOUT)
    context: dict[str, Any] = {
        "numbers": numbers_of(staff, today=today, days=days),
        "share": made_in_time(staff, today=today),
        "tab": tab,
        "days": days,
        "branch": branch,
        "branches": branches_of(staff),
        "calls": staff.has_perm(ADD),
    }
    if tab == "done":
        page = keyset_page(rows, request)
        found: list[Any] = page.rows
        context |= {"newer_url": page.newer, "older_url": page.older}
    else:
        found, older = day_page(rows, request.GET.get("after", ""), day="ends_on")
        context |= {"older": older, "first": not request.GET.get("after")}
    context["lines"] = lines_of(found, today=today)
    return render(request, "audits/call_backs.html", context)


@requires(SEE)
@require_safe
def one_call_back(request: HttpRequest, pk: int) -> HttpResponse:
    """In full for whoever may call now, and each look is written down; masked for anybody else."""
    staff, at = staff_of(request), timezone.now()
    found, today = _seen(staff, pk), timezone.localdate(at)
    holder = holder_of(found.policy)
    works = holder is not None and _may_call(found, holder, staff)
    if holder is not None and works:
        record_opening(
            staff=staff,
            purpose=Purpose.CUSTOMER_CONTACT,
            record=("customer", holder.pk),
            detail=found.policy.number,
            at=at,
        )
    context = {
        "found": found,
        "line": lines_of([found], today=today)[0],
        "holder": holder,
        "works": works,
        "script": script_for(holder, found.policy, at=at) if holder is not None and works else None,
        "results": results(),
        "visits": found.state == CallBackState.VISIT,
        "attempts": attempts_for(found, holder),
        "findings": findings_of(found, staff),
        "after": neighbour(staff, found),
    }
    response = render(request, "audits/call_back.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _may_call(found: CallBack, holder: Customer, staff: Staff) -> bool:
    """Whose role may contact customers and see their numbers, and who did not sell it."""
    return (
        found.state != CallBackState.DONE
        and staff.has_perm(ADD)
        and staff.has_perm(REVEAL)
        and staff.staff_no not in sold_by(found.policy)
        and may_reveal(record=holder, staff=staff, today=timezone.localdate())
    )


@requires(ADD)
@require_POST
def call_back_made(request: HttpRequest, pk: int) -> HttpResponse:
    """Notes one call and opens the next one."""
    staff = staff_of(request)
    found, form = _seen(staff, pk), CallBackForm(request.POST)
    following = neighbour(staff, found)
    if not form.is_valid():
        messages.error(request, _("Say in which way the customer was contacted and how it ended."))
        return redirect("call_back", pk=pk)
    try:
        call_back(call_back=found, actor=staff, at=timezone.now(), **form.cleaned_data)
    except (CallBackRefused, ContactRefused) as refusal:
        messages.error(request, str(refusal))
        return redirect("call_back", pk=pk)
    if following is None:
        messages.info(request, _("Noted. No other call-back is waiting."))
        return redirect("call_backs")
    messages.info(request, _("%(number)s noted. This is the next one.") % {"number": found.policy.number})
    return redirect("call_back", pk=following.pk)


def _seen(staff: Staff, pk: int) -> CallBack:
    seen = CallBack.objects.visible_to(staff).select_related(*ABOUT)
    found: CallBack = get_object_or_404(seen, pk=pk)
    return found
