"""Saving a list as one wants it again, sharing it, and pinning it; a view changes by its owner alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from workplace.choices import SharedWith
from workplace.models import PinnedView, SavedView, Staff
from workplace.saved_views import MOST_PINNED, SHARE, SavedList, list_of, units_of

NAME = 60
NUMBER = re.compile(r"\d{7,}")


class ViewRefused(Exception):
    """The view cannot be kept like this; the text says why."""


def save_view(
    *,
    page: str,
    name: str,
    filters: Mapping[str, str],
    columns: Iterable[str],
    sort: str,
    shared_with: str,
    group: int | None,
    actor: Staff,
    at: datetime,
) -> SavedView:
    saved = _open_list(page, actor)
    sharing, unit = _sharing(shared_with, group, actor)
    view = SavedView(
        page=page,
        name=_named(name),
        owner=actor,
        filters=clean_filters(saved, filters),
        columns=list(saved.columns_of(columns)),
        sort=saved.order_of(sort),
        shared_with=sharing,
        group=unit,
        made_at=at,
    )
    _store(view)
    return view


def change_view(
    *,
    view: SavedView,
    name: str,
    shared_with: str,
    group: int | None,
    actor: Staff,
    at: datetime,
    seen_version: int | None = None,
) -> SavedView:
    """Its name and whom it is shared with; filters, columns and order stay. `seen_version` is what the page
    showed."""
    with transaction.atomic():
        found = _held(view, actor, seen_version)
        found.name = _named(name)
        found.shared_with, found.group = _sharing(shared_with, group, actor)
        _store(found)
    return found


def change_filters(
    *,
    view: SavedView,
    filters: Mapping[str, str],
    actor: Staff,
    at: datetime,
    seen_version: int | None = None,
) -> SavedView:
    """Columns and order stay."""
    with transaction.atomic():
        found = _held(view, actor, seen_version)
        found.filters = clean_filters(_open_list(found.page, actor), filters)
        _store(found)
    return found


def change_columns(
    *,
    view: SavedView,
    columns: Iterable[str],
    sort: str,
    actor: Staff,
    at: datetime,
    seen_version: int | None = None,
) -> SavedView:
    """The filters stay."""
    with transaction.atomic():
        found, saved = _held(view, actor, seen_version), _open_list(view.page, actor)
        found.columns, found.sort = list(saved.columns_of(columns)), saved.order_of(sort)
        _store(found)
    return found


def copy_view(*, view: SavedView, actor: Staff, at: datetime) -> SavedView:
    """A private one of the actor's own, of whatever the actor sees."""
    taken = set(SavedView.objects.filter(owner=actor, page=view.page).values_list("name", flat=True))
    stem, number = view.name[: NAME - 6], 2
    while (name := f"{stem} {number}") in taken:
        number += 1
    return save_view(
        page=view.page,
        name=view.name if view.name not in taken else name,
        filters=view.filters,
        columns=view.columns,
        sort=view.sort,
        shared_with=SharedWith.NOBODY,
        group=None,
        actor=actor,
        at=at,
    )


def delete_view(*, view: SavedView, actor: Staff, at: datetime) -> None:
    """It leaves the sidebars of all who pinned it."""
    _own(view, actor).delete()


def pin_view(*, view: SavedView, actor: Staff, at: datetime) -> None:
    """Into the actor's own sidebar, at its end; a second time changes nothing."""
    _open_list(view.page, actor)
    with transaction.atomic():
        Staff.objects.get_queryset().select_for_update().get(pk=actor.pk)
        own = PinnedView.objects.filter(staff=actor)
        if own.filter(view=view).exists():
            return
        seen = own.filter(view__in=SavedView.objects.visible_to(actor).order_by().values("pk"))
        if seen.count() >= MOST_PINNED:
            text = _("No more than %(most)s views stand in the sidebar; take one out first.")
            raise ViewRefused(text % {"most": MOST_PINNED})
        last = own.aggregate(last=Max("place"))["last"]
        PinnedView.objects.create(staff=actor, view=view, place=0 if last is None else last + 1)


def unpin_view(*, view: SavedView, actor: Staff, at: datetime) -> None:
    PinnedView.objects.filter(staff=actor, view=view).delete()


def clean_filters(saved: SavedList, given: Mapping[str, str]) -> dict[str, str]:
    """What of an address may be kept; raises ViewRefused for a search text or a value that nobody offers."""
    if any(given.get(name) for name in saved.search):
        raise ViewRefused(
            _("A search text may name a person and is not kept in a view. Clear the search, then save.")
        )
    kept = {name: str(given[name]) for name in saved.filters if given.get(name)}
    if not all(saved.filters[name](value) for name, value in kept.items()):
        raise ViewRefused(_("A filter of this list has a value that does not exist."))
    return kept


def _open_list(page: str, actor: Staff) -> SavedList:
    saved = list_of(page)
    if saved is None or not saved.open_to(actor):
        raise ViewRefused(_("This list cannot be kept."))
    return saved


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > NAME:
        raise ViewRefused(_("A view needs a name of at most %(most)s characters.") % {"most": NAME})
    if NUMBER.search(name):
        raise ViewRefused(_("The name of a view holds no document number and no phone."))
    return name


def _sharing(shared_with: str, group: int | None, actor: Staff) -> tuple[SharedWith, Group | None]:
    sharing = SharedWith(shared_with) if shared_with in SharedWith.values else SharedWith.NOBODY
    if sharing == SharedWith.NOBODY:
        return sharing, None
    if not actor.has_perm(SHARE):
        raise ViewRefused(_("Managers and compliance share views; you keep yours for yourself."))
    if sharing == SharedWith.ALL:
        return sharing, None
    units = units_of(actor)
    chosen = next(iter(units)) if group is None and len(units) == 1 else group
    if chosen not in units:
        raise ViewRefused(_("Choose the unit, one that you work in, among all saved views."))
    return sharing, Group.objects.get(pk=chosen)


def _own(view: SavedView, actor: Staff) -> SavedView:
    if view.owner_id != actor.pk:
        raise ViewRefused(_("A view is changed by whoever made it; copy it to have one of your own."))
    return view


def _held(view: SavedView, actor: Staff, seen: int | None) -> SavedView:
    """As it stands now, locked; refused by name when it is no longer what the page showed."""
    _own(view, actor)
    found: SavedView | None = (
        SavedView.objects.select_for_update(of=("self",)).filter(pk=view.pk, owner=actor).first()
    )
    if found is None:
        raise ViewRefused(_("The view “%(name)s” was deleted meanwhile.") % {"name": view.name})
    if seen is not None and seen != found.version:
        raise ViewRefused(
            _("You changed the view “%(name)s” in another window meanwhile; look at it again, then save.")
            % {"name": found.name}
        )
    return found


def _store(view: SavedView) -> None:
    if view.pk:
        view.version = F("version") + 1
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        if "saved_view_name_once" not in str(error):
            raise
        raise ViewRefused(_("You have a view of this name on this list.")) from error
    view.refresh_from_db(fields=["version"])
