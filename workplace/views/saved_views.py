"""Saved views: opened, saved from a list, changed by their owner, copied and pinned by whoever sees them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from workplace.access import requires, staff_of
from workplace.choices import SharedWith
from workplace.models import SavedView
from workplace.operations import saved_views as operations
from workplace.operations.saved_views import ViewRefused
from workplace.paging import number_of
from workplace.saved_views import SHARE, link_of, list_of, shared_words, units_of, views_seen

LISTED = 200
FILTER = "f-"


def _seen(request: HttpRequest, pk: int) -> SavedView:
    """Of a list that is open to the person, too."""
    found: SavedView = get_object_or_404(SavedView.objects.visible_to(staff_of(request)), pk=pk)
    saved = list_of(found.page)
    if saved is None or not saved.open_to(staff_of(request)):
        raise Http404
    return found


def _own(request: HttpRequest, pk: int) -> SavedView:
    """Somebody else's does not exist here, shared or not: it can be copied."""
    found = _seen(request, pk)
    if found.owner_id != staff_of(request).pk:
        raise Http404
    return found


def _opened(view: SavedView) -> HttpResponse:
    saved = list_of(view.page)
    assert saved is not None  # noqa: S101 - what is seen or saved has its list
    return redirect(link_of(view, saved))


def _back(request: HttpRequest) -> HttpResponse:
    where = request.POST.get("back", "")
    ours = url_has_allowed_host_and_scheme(where, None) and where.startswith("/")
    return redirect(where if ours else "saved_views")


def _filters(request: HttpRequest) -> dict[str, str]:
    given = request.POST
    return {name.removeprefix(FILTER): str(given[name]) for name in given if name.startswith(FILTER)}


def _group(request: HttpRequest) -> int | None:
    text = request.POST.get("group", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _version(request: HttpRequest) -> int | None:
    """What the page showed; none of a page from before it said so."""
    return number_of(request.POST, "version") or None


@requires()
@require_safe
def saved_views(request: HttpRequest) -> HttpResponse:
    """All that one sees, one's own first within each list."""
    staff = staff_of(request)
    units = units_of(staff)
    found = views_seen(staff).order_by("page", "name", "pk")[:LISTED]
    rows = []
    for view in found:
        saved = list_of(view.page)
        if saved is not None and saved.open_to(staff):
            row = {"view": view, "list": saved, "own": view.owner_id == staff.pk}
            rows.append({**row, "link": link_of(view, saved), "shared": shared_words(view, units)})
    rows.sort(key=lambda row: (str(row["list"].title), not row["own"]))
    context: dict[str, Any] = {
        "rows": rows,
        "units": units,
        "may_share": staff.has_perm(SHARE),
        "sharing": SharedWith.choices,
    }
    return render(request, "workplace/saved_views.html", context)


@requires()
@require_safe
def saved_view(request: HttpRequest, pk: int) -> HttpResponse:
    return _opened(_seen(request, pk))


@requires()
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    given = request.POST
    try:
        made = operations.save_view(
            page=given.get("page", ""),
            name=given.get("name", ""),
            filters=_filters(request),
            columns=given.getlist("columns"),
            sort=given.get("sort", ""),
            shared_with=given.get("shared_with", ""),
            group=_group(request),
            actor=staff_of(request),
            at=timezone.now(),
        )
        if given.get("pin"):
            operations.pin_view(view=made, actor=staff_of(request), at=timezone.now())
    except ViewRefused as refusal:
        messages.error(request, str(refusal))
        return _back(request)
    return _opened(made)


@requires()
@require_POST
def change_view(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        operations.change_view(
            view=_own(request, pk),
            name=request.POST.get("name", ""),
            shared_with=request.POST.get("shared_with", ""),
            group=_group(request),
            actor=staff_of(request),
            at=timezone.now(),
            seen_version=_version(request),
        )
    except ViewRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("saved_views")


@requires()
@require_POST
def change_view_filters(request: HttpRequest, pk: int) -> HttpResponse:
    view, staff = _own(request, pk), staff_of(request)
    try:
        view = operations.change_filters(
            view=view,
            filters=_filters(request),
            actor=staff,
            at=timezone.now(),
            seen_version=_version(request),
        )
    except ViewRefused as refusal:
        messages.error(request, str(refusal))
        return _back(request)
    return _opened(view)


@requires()
@require_POST
def change_view_columns(request: HttpRequest, pk: int) -> HttpResponse:
    view, given = _own(request, pk), request.POST
    try:
        view = operations.change_columns(
            view=view,
            columns=given.getlist("columns"),
            sort=given.get("sort", ""),
            actor=staff_of(request),
            at=timezone.now(),
            seen_version=_version(request),
        )
    except ViewRefused as refusal:
        messages.error(request, str(refusal))
        return _back(request)
    return _opened(view)


@requires()
@require_POST
def copy_view(request: HttpRequest, pk: int) -> HttpResponse:
    view = _seen(request, pk)
    try:
        return _opened(operations.copy_view(view=view, actor=staff_of(request), at=timezone.now()))
    except ViewRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("saved_views")


@requires()
@require_POST
def delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    view = _own(request, pk)
    operations.delete_view(view=view, actor=staff_of(request), at=timezone.now())
    messages.info(request, _("The view is gone; its list is as it was."))
    return redirect("saved_views")


@requires()
@require_POST
def pin_view(request: HttpRequest, pk: int) -> HttpResponse:
    view = _seen(request, pk)
    try:
        operations.pin_view(view=view, actor=staff_of(request), at=timezone.now())
    except ViewRefused as refusal:
        messages.error(request, str(refusal))
    return _back(request)


@requires()
@require_POST
def unpin_view(request: HttpRequest, pk: int) -> HttpResponse:
    view = _seen(request, pk)
    operations.unpin_view(view=view, actor=staff_of(request), at=timezone.now())
    return _back(request)
