"""One customer over all policies and roles: masked, revealed field by field for a declared purpose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers.ledger import standings_of
from customers.models import Customer
from customers.personal import CONTACT, DOCUMENT, IDENTITY, REVEALABLE, Standing, is_minor, shown
from customers.revealing import RevealRefused, may_reveal, purpose_of, revealed, revealed_fields
from customers.sections import sections_for
from workplace.access import requires, staff_of
from workplace.choices import Access, Purpose
from workplace.field_history import changes_of
from workplace.looks import count_look
from workplace.models import AccessLog, Staff
from workplace.operations.access_log import log_access
from workplace.visibility import record_kind

LOOKS = 10
CHANGES = 12
FIELDS = (*IDENTITY, *DOCUMENT, *CONTACT)


def _found(request: HttpRequest, pk: int) -> Customer:
    seen = Customer.objects.visible_to(staff_of(request)).select_related("home_branch")
    return get_object_or_404(seen, pk=pk)


@requires("customers.view_customer")
@require_GET
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    if survivor := _survivor(staff, pk):
        names = {"number": survivor.number}
        messages.info(request, _("The customer you asked for was merged into %(number)s.") % names)
        return redirect("customer", pk=survivor.pk)
    found = _found(request, pk)
    count_look(request, [("customer", found.pk)])
    kind = record_kind("customer")
    assert kind is not None  # noqa: S101 - registered by this very app
    context = {
        **_person(found, staff, _standings(found, staff)),
        "sections": sections_for(found, staff),
        "changes": changes_of(found, kind, limit=CHANGES),
        "looks": _looks(found, staff),
        "purposes": Purpose.choices,
        "purpose": request.session.get("purpose", ""),
    }
    return render(request, "customers/customer.html", context)


def _survivor(staff: Staff, pk: int) -> Customer | None:
    """Who stands for a customer that was merged away, where this person sees that one."""
    merged = Customer.objects.filter(pk=pk, merged_into__isnull=False)
    return Customer.objects.visible_to(staff).filter(pk__in=merged.values("merged_into")).first()


@requires("customers.reveal_customer")
@require_POST
def reveal(request: HttpRequest, pk: int, field: str) -> HttpResponse:
    """One field unmasked in place; the look is in the log before it is on the screen."""
    found = _found(request, pk)
    if field not in REVEALABLE:
        raise Http404
    return reveal_posted(request, record=found, kind="customer", field=field)


def reveal_posted(request: HttpRequest, *, record: Any, kind: str, field: str) -> HttpResponse:
    """Shared with the pages of the apps above, for persons who are no customers."""
    staff, now = staff_of(request), timezone.now()
    try:
        purpose = purpose_of(request.POST.get("purpose", ""))
    except RevealRefused as refusal:
        return render(request, "customers/parts/reveal_refused.html", {"text": str(refusal)}, status=422)
    if not may_reveal(record=record, staff=staff, today=timezone.localdate(now)):
        raise PermissionDenied
    value = revealed(record=record, record_kind=kind, field=field, purpose=purpose, staff=staff, at=now)
    request.session["purpose"] = purpose
    response = render(request, "customers/parts/revealed.html", {"value": value})
    response["Cache-Control"] = "no-store"
    return response


@requires("customers.view_customer")
@require_http_methods(["GET", "POST"])
def dossier(request: HttpRequest, pk: int) -> HttpResponse:
    """For paper: masked, or in full when posted with a purpose; both are written down."""
    staff, found, now = staff_of(request), _found(request, pk), timezone.now()
    purpose, values = "", {}
    if request.method == "POST":
        allowed = staff.has_perm("customers.reveal_customer")
        if not allowed or not may_reveal(record=found, staff=staff, today=timezone.localdate(now)):
            raise PermissionDenied
        try:
            purpose = purpose_of(request.POST.get("purpose", ""))
        except RevealRefused as refusal:
            return render(request, "customers/parts/reveal_refused.html", {"text": str(refusal)}, status=422)
        values = revealed_fields(found)
    log_access(
        staff=staff,
        access=Access.PRINT,
        record_kind="customer",
        record_id=found.pk,
        purpose=purpose,
        at=now,
    )
    context = {
        **_person(found, staff),
        "sections": sections_for(found, staff),
        "values": values,
        "purposes": Purpose.choices,
        "purpose": Purpose(purpose).label if purpose else "",
        "printed_at": now,
        "printed_by": staff,
    }
    response = render(request, "customers/dossier.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _person(found: Customer, staff: Staff, standings: Mapping[str, Standing] | None = None) -> dict[str, Any]:
    today = timezone.localdate()
    allowed = staff.has_perm("customers.reveal_customer")
    return {
        "customer": found,
        "identity": shown(found, IDENTITY, standings),
        "document": shown(found, DOCUMENT, standings),
        "contact": shown(found, CONTACT, standings),
        "minor": is_minor(found, today),
        "may_reveal": allowed and may_reveal(record=found, staff=staff, today=today),
    }


def _standings(found: Customer, staff: Staff) -> dict[str, Standing]:
    """They name colleagues: only for who may read the ledger."""
    return standings_of(found, FIELDS) if staff.has_perm("workplace.view_ledgerentry") else {}


def _looks(found: Customer, staff: Staff) -> list[AccessLog]:
    seen = AccessLog.objects.visible_to(staff)
    return list(seen.filter(record_kind="customer", record_id=found.pk).order_by("-id")[:LOOKS])
