"""The list of customers: one search box, newest first, masked; and the same list as a workbook."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agents.models import Branch
from customers.models import Customer
from customers.operations.searching import log_search
from customers.personal import PERSONAL, label_of, masked
from customers.queries import asked_for, find_customers
from customers.saved_lists import ORDERS, of_branch
from workplace.access import requires, staff_of
from workplace.choices import Purpose
from workplace.exports import EXPORT_LIMIT, about_list, as_download, workbook
from workplace.looks import untyped_of
from workplace.models import Staff
from workplace.operations.exported_lists import ListRefused, list_days, register_export
from workplace.paging import keyset_page
from workplace.saved_views import view_context

EXPORTED = ("name", "sex", "birth_date", "id_type", "id_no", "mobile", "address")
HOME = "home_branch"
HIDDEN = "***"


@requires("customers.view_customer")
def customers(request: HttpRequest) -> HttpResponse:
    """Searched by POST only: a name, document or phone stays out of addresses, and each is written down."""
    text = request.POST.get("q", "")
    search = find_customers(text=text, staff=staff_of(request))
    saved = view_context(request, page="customers")
    seen = of_branch(search.customers, request.GET)
    page = keyset_page(seen, request, order=ORDERS[saved["views"].order])
    columns = ("name", *(name for name in saved["views"].columns if name != HOME))
    rows = list(zip(page.rows, cells(staff_of(request), page.rows, columns), strict=True))
    if field := asked_for(text):
        found = [customer.pk for customer in page.rows]
        log_search(field=field, found=found, actor=staff_of(request), at=timezone.now())
    context = {
        **saved,
        "labels": [label_of(Customer, name) for name in columns],
        "home": HOME in saved["views"].columns,
        "branches": Branch.objects.visible_to(staff_of(request)).order_by("number"),
        "branch": request.GET.get("branch", ""),
        "search": search,
        "page": page,
        "rows": rows,
        "limit": EXPORT_LIMIT,
        "purposes": Purpose.choices,
        "posted": bool(search.text),
    }
    return render(request, "customers/customers.html", context)


@requires("customers.view_customer")
@require_POST
def export_customers(request: HttpRequest) -> HttpResponse:
    """As masked as the list, never more than EXPORT_LIMIT rows, for a declared purpose, numbered."""
    staff = staff_of(request)
    found = find_customers(text=request.POST.get("q", ""), staff=staff).customers
    chosen = list(found.order_by("-pk")[:EXPORT_LIMIT])
    rows = [
        [customer.number, customer.home_branch.name, *shown]
        for customer, shown in zip(chosen, cells(staff, chosen, EXPORTED), strict=True)
    ]
    try:
        exported = register_export(
            kind="customer",
            owner=staff,
            purpose=request.POST.get("purpose", ""),
            rows=len(rows),
            at=timezone.now(),
            days=list_days(),
        )
    except ListRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("customers")
    headers = [_("Customer number"), _("Home branch"), *(label_of(Customer, name) for name in EXPORTED)]
    return as_download(workbook(headers, rows, about_list(exported)), f"{exported.number}.xlsx")


def cells(staff: Staff, customers: Sequence[Customer], names: Sequence[str]) -> list[list[str]]:
    """Masked; of whom this person is to type from paper yet, the columns that show all are left out."""
    untyped = untyped_of(staff, [("customer", customer.pk) for customer in customers])
    return [
        [
            masked(customer, name) if name in PERSONAL or ("customer", customer.pk) not in untyped else HIDDEN
            for name in names
        ]
        for customer in customers
    ]
