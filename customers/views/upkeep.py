"""Confirming contact data, recording an identity check, and the ledger in which both stand."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from customers.confirming import ContactsForm, IdentityCheckForm
from customers.ledger import details_of
from customers.models import Customer
from customers.operations.upkeep import (
    NothingConfirmed,
    SeenChanged,
    confirm_contacts,
    record_identity_check,
)
from workplace.access import requires, staff_of
from workplace.models import LedgerEntry
from workplace.paging import keyset_page


def _found(request: HttpRequest, pk: int) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(staff_of(request)), pk=pk)


@requires("customers.correct_customer")
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """What the customer has confirmed, field by field, and whose it is."""
    found = _found(request, pk)
    form = ContactsForm(request.POST or None, customer=found, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            confirm_contacts(
                customer=found,
                on=given["on"],
                whose=form.whose,
                source_channel=given["source_channel"],
                reference=given["reference"],
                seen_version=given["version"],
                actor=staff_of(request),
                at=timezone.now(),
            )
        except SeenChanged as changed:
            messages.error(request, str(changed))
            return redirect("confirm_contacts", pk=pk)
        except NothingConfirmed:
            form.add_error(None, _("These contacts have changed meanwhile; look again."))
        else:
            messages.success(request, _("Confirmed."))
            return redirect("customer", pk=pk)
    status = 422 if form.errors else 200
    return render(request, "customers/confirm.html", {"customer": found, "form": form}, status=status)


@requires("customers.correct_customer")
@require_http_methods(["GET", "POST"])
def identity_check(request: HttpRequest, pk: int) -> HttpResponse:
    """That the document was compared with the person, how, and by which image it is proved."""
    found = _found(request, pk)
    form = IdentityCheckForm(request.POST or None, customer=found, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        image = given["image"]
        try:
            record_identity_check(
                customer=found,
                on=given["on"],
                method=given["method"],
                source_channel=given["source_channel"],
                reference=given["reference"],
                seen_version=given["version"],
                evidence=image.file if image else None,
                actor=staff_of(request),
                at=timezone.now(),
            )
        except SeenChanged as changed:
            messages.error(request, str(changed))
            return redirect("identity_check", pk=pk)
        messages.success(request, _("Recorded."))
        return redirect("customer", pk=pk)
    status = 422 if form.errors else 200
    return render(request, "customers/identity_check.html", {"customer": found, "form": form}, status=status)


@requires("workplace.view_ledgerentry")
@require_GET
def ledger(request: HttpRequest, pk: int) -> HttpResponse:
    """Every value of this customer that was verified, changed or contradicted, newest first, masked."""
    found = _found(request, pk)
    field = request.GET.get("field", "")
    entries = LedgerEntry.objects.filter(record_kind="customer", record_id=found.pk)
    entries = entries.select_related("by", "batch", "contradicts")
    page = keyset_page(entries.filter(field=field) if field else entries, request)
    rows = [(entry, " · ".join(details_of(entry))) for entry in page.rows]
    context = {"customer": found, "page": page, "rows": rows, "field": field}
    return render(request, "customers/ledger.html", context)
