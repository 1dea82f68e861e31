"""The contact log of a customer: noted from its own page or from a rectification."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audits.contact_forms import AttemptForm, QuietForm
from audits.contact_log import ADD, QUIET
from audits.models import Rectification
from audits.operations.contacts import contact_customer, contact_for_rectification
from audits.transitions import StepRefused
from customers.models import Customer, DoNotDisturb
from customers.operations.contacts import ContactRefused, ask_for_quiet, end_quiet
from workplace.access import requires, staff_of
from workplace.models import Staff


def contact_posted(request: HttpRequest, found: Rectification, staff: Staff) -> None:
    """Says in a message why it was refused."""
    form = AttemptForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say in which way the customer was contacted and how it ended."))
        return
    try:
        contact_for_rectification(rectification=found, actor=staff, at=timezone.now(), **form.said)
    except (ContactRefused, StepRefused) as refusal:
        messages.error(request, str(refusal))


@requires(ADD)
@require_POST
def note_contact(request: HttpRequest, pk: int) -> HttpResponse:
    staff, form = staff_of(request), AttemptForm(request.POST)
    found = get_object_or_404(Customer.objects.visible_to(staff), pk=pk)
    if not form.is_valid():
        messages.error(request, _("Say in which way the customer was contacted and how it ended."))
        return _to_log(pk)
    try:
        contact_customer(customer=found, actor=staff, at=timezone.now(), **form.said)
    except ContactRefused as refusal:
        messages.error(request, str(refusal))
    return _to_log(pk)


@requires(QUIET)
@require_POST
def do_not_disturb(request: HttpRequest, pk: int) -> HttpResponse:
    staff, form = staff_of(request), QuietForm(request.POST)
    found = get_object_or_404(Customer.objects.visible_to(staff), pk=pk)
    if not form.is_valid():
        messages.error(request, _("Say why the customer does not want to be disturbed."))
        return _to_log(pk)
    try:
        ask_for_quiet(customer=found, actor=staff, at=timezone.now(), **form.cleaned_data)
    except ContactRefused as refusal:
        messages.error(request, str(refusal))
    return _to_log(pk)


@requires(QUIET)
@require_POST
def disturb_again(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    rows = DoNotDisturb.objects.visible_to(staff).select_related("customer")
    found = get_object_or_404(rows, pk=pk)
    try:
        end_quiet(quiet=found, actor=staff, at=timezone.now())
    except ContactRefused as refusal:
        messages.error(request, str(refusal))
    return _to_log(found.customer_id)


def _to_log(pk: int) -> HttpResponse:
    return redirect(f"{reverse('customer', args=[pk])}#contacts")
