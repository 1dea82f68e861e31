"""People: the list, one person with postings, and what an administrator does with them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents.forms import PostingForm, StaffForm
from agents.models import Agency, Branch, Posting
from agents.operations.postings import PostingRefused, end_posting, post_staff
from workplace.access import requires, staff_of
from workplace.choices import Role
from workplace.models import Staff
from workplace.operations.staff import StaffRefused, change_staff, create_staff, leave, reset_password
from workplace.paging import keyset_page

UNITS_OFFERED = 400


@requires("workplace.view_staff")
@require_GET
def staff_list(request: HttpRequest) -> HttpResponse:
    text, role = request.GET.get("q", "").strip(), request.GET.get("role", "")
    found = Staff.objects.visible_to(staff_of(request)).prefetch_related(
        "postings__branch", "postings__agency"
    )
    if text:
        by_text = Q(username__istartswith=text) | Q(name__startswith=text) | Q(staff_no=text)
        found = found.filter(by_text)
    if role in Role.values:
        found = found.filter(role=role)
    context = {"page": keyset_page(found, request), "text": text, "role": role, "roles": Role.choices}
    return render(request, "agents/staff_list.html", context)


@requires("workplace.view_staff")
@require_GET
def staff_member(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _person(request, pk))


def _person(request: HttpRequest, pk: int) -> Staff:
    return get_object_or_404(Staff.objects.visible_to(staff_of(request)), pk=pk)


def _page(request: HttpRequest, person: Staff, status: int = 200, **forms: Any) -> HttpResponse:
    actor = staff_of(request)
    initial = {name: getattr(person, name) for name in ("name", "staff_no", "email", "role")}
    context = {
        "person": person,
        "postings": person.postings.select_related("branch", "agency"),
        "form": forms.get("form") or StaffForm(person=person, initial=initial),
        "posting_form": forms.get("posting_form")
        or PostingForm(actor=actor, initial={"valid_from": timezone.localdate().isoformat()}),
        "units": _units(actor) if actor.has_perm("agents.add_posting") else [],
        "itself": actor.pk == person.pk,
    }
    return render(request, "agents/staff_member.html", context, status=status)


def _units(actor: Staff) -> list[tuple[str, str]]:
    branches = Branch.objects.visible_to(actor).values_list("number", "name")[:UNITS_OFFERED]
    agencies = Agency.objects.visible_to(actor).values_list("number", "name")[:UNITS_OFFERED]
    return [*branches, *agencies]


@requires("workplace.add_staff")
@require_http_methods(["GET", "POST"])
def staff_add(request: HttpRequest) -> HttpResponse:
    form = StaffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person, password = create_staff(**form.cleaned_data, actor=staff_of(request), at=timezone.now())
        except StaffRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _handed_over(request, [(person, password)])
    return render(request, "agents/staff_add.html", {"form": form})


@requires("workplace.change_staff")
@require_POST
def staff_change(request: HttpRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    form = StaffForm(request.POST, person=person)
    if form.is_valid():
        try:
            change_staff(staff=person, **form.cleaned_data, actor=staff_of(request), at=timezone.now())
        except StaffRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("staff_member", pk=pk)
    return _page(request, person, 422, form=form)


@requires("workplace.change_staff")
@require_POST
def staff_password(request: HttpRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    try:
        password = reset_password(staff=person, actor=staff_of(request), at=timezone.now())
    except StaffRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("staff_member", pk=pk)
    return _handed_over(request, [(person, password)])


@requires("workplace.change_staff")
@require_POST
def staff_leave(request: HttpRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    try:
        leave(staff=person, actor=staff_of(request), at=timezone.now())
    except StaffRefused as refusal:
        messages.error(request, str(refusal))
    else:
        text = _("%(name)s has left: login, sessions, postings and grants have ended.")
        messages.success(request, text % {"name": person.name})
    return redirect("staff_member", pk=pk)


@requires("agents.add_posting")
@require_POST
def staff_post(request: HttpRequest, pk: int) -> HttpResponse:
    person, actor = _person(request, pk), staff_of(request)
    form = PostingForm(request.POST, actor=actor)
    if form.is_valid():
        try:
            post_staff(
                staff=person,
                branch=form.branch(),
                agency=form.agency(),
                post=form.cleaned_data["post"],
                valid_from=form.cleaned_data["valid_from"],
                actor=actor,
                at=timezone.now(),
            )
        except PostingRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Posted; the scope holds from that day on."))
            return redirect("staff_member", pk=pk)
    return _page(request, person, 422, posting_form=form)


@requires("agents.change_posting")
@require_POST
def posting_end(request: HttpRequest, pk: int) -> HttpResponse:
    actor = staff_of(request)
    posting = get_object_or_404(Posting.objects.visible_to(actor).select_related("staff"), pk=pk)
    end_posting(posting=posting, actor=actor, at=timezone.now())
    messages.success(request, _("The posting has ended, and its scope with it."))
    return redirect("staff_member", pk=posting.staff_id)


def _handed_over(request: HttpRequest, people: list[tuple[Staff, str]]) -> HttpResponse:
    """Passwords stand in this one answer and nowhere else: no redirect, no cache, no log."""
    response = render(request, "agents/staff_passwords.html", {"people": people})
    response["Cache-Control"] = "no-store"
    return response
