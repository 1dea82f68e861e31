"""Lists as people want them again: which lists there are, and the views of them that somebody sees.

The address of a list says its filters; a view keeps them, and apart from them its columns and order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, When
from django.http import Http404, HttpRequest
from django.urls import reverse

from workplace.access import staff_of
from workplace.choices import SharedWith
from workplace.models import PinnedView, SavedView, Staff
from workplace.paging import number_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SHARE = "workplace.share_savedview"
COUNTED_TO = 1000
MOST_PINNED = 8
SHOWN = 40
_ASKED = "_zhenxin_saved_views"

Fits = Callable[[str], bool]
Given = Mapping[str, Any]


@dataclass(frozen=True)
class SavedList:
    """A list that can be kept. `filters` says which values each parameter of its address may have, `search`
    which parameters may hold somebody's name or number and are never kept, `rows` what a count counts."""

    page: str
    title: StrOrPromise
    icon: str
    url: str
    permissions: tuple[str, ...]
    filters: Mapping[str, Fits]
    rows: Callable[[Staff, Given, date], QuerySet[Any]]
    search: tuple[str, ...] = ()
    columns: Mapping[str, StrOrPromise] = field(default_factory=dict)
    at_first: tuple[str, ...] = ()
    orders: Mapping[str, StrOrPromise] = field(default_factory=dict)

    def open_to(self, staff: Staff) -> bool:
        return any(staff.has_perm(name) for name in self.permissions)

    def order_of(self, asked: str) -> str:
        return asked if asked in self.orders else next(iter(self.orders), "")

    def columns_of(self, asked: Iterable[str]) -> tuple[str, ...]:
        """Those that exist, in the order of the list."""
        chosen = set(asked)
        return tuple(name for name in self.columns if name in chosen)


def one_of(values: Iterable[str]) -> Fits:
    allowed = frozenset(str(value) for value in values)
    return lambda value: value in allowed


def a_key(value: str) -> bool:
    """A row's key: never long enough to be a phone or a document number."""
    return value.isascii() and value.isdigit() and len(value) < 10


_lists: dict[str, SavedList] = {}
_units: list[Callable[[Staff], dict[int, str]]] = []


def register_list(saved: SavedList) -> None:
    _lists[saved.page] = saved


def register_units(find: Callable[[Staff], dict[int, str]]) -> None:
    """`find(staff)` names the auth groups of the units that the person is posted to, by their ids."""
    _units.append(find)


def list_of(page: str) -> SavedList | None:
    return _lists.get(page)


def units_of(staff: Staff) -> dict[int, str]:
    return {pk: name for find in _units for pk, name in find(staff).items()}


def views_seen(staff: Staff) -> QuerySet[Any]:
    """Each with its place in the person's own sidebar, or without."""
    pins = PinnedView.objects.filter(staff=staff, view=OuterRef("pk")).values("place")[:1]
    seen: QuerySet[Any] = SavedView.objects.visible_to(staff).annotate(place=Subquery(pins))
    return seen.select_related("owner")


def _views(request: HttpRequest, page: str = "", asked: int = 0) -> list[Any]:
    """The pinned ones and those of the page: a list asks first, then the sidebar finds them here.

    Of very many the one `asked` for is there, then the pinned ones, then one's own.
    """
    known: list[Any] | None = getattr(request, _ASKED, None)
    if known is not None and not page:
        return known
    staff = staff_of(request)
    wanted = Q(place__isnull=False) | Q(page=page) if page else Q(place__isnull=False)
    first = Case(
        When(pk=asked, then=0), When(place__isnull=False, then=1), When(owner=staff, then=2), default=3
    )
    found = views_seen(staff).filter(wanted).order_by(first, F("place").asc(nulls_last=True), "name", "pk")
    views = list(found[: SHOWN + MOST_PINNED])
    views.sort(key=lambda view: (view.place is None, view.place or 0, view.owner_id != staff.pk, view.name))
    setattr(request, _ASKED, views)
    return views


def pinned(request: HttpRequest) -> list[tuple[Any, SavedList]]:
    """What stands in the person's sidebar, of lists that are open to them."""
    return _openable(_views(request), staff_of(request))


def _openable(views: Iterable[Any], staff: Staff) -> list[tuple[Any, SavedList]]:
    found = [(view, list_of(view.page)) for view in views if view.place is not None]
    shown = [(view, saved) for view, saved in found if saved is not None and saved.open_to(staff)]
    return shown[:MOST_PINNED]


def counts(staff: Staff, today: date) -> dict[str, dict[str, Any]]:
    """How many rows each pinned view has now, counted no further than COUNTED_TO."""
    views = views_seen(staff).filter(place__isnull=False).order_by("place", "pk")[:MOST_PINNED]
    found: dict[str, dict[str, Any]] = {}
    for view, saved in _openable(views, staff):
        number = saved.rows(staff, view.filters, today).order_by()[: COUNTED_TO + 1].count()
        said = f"{COUNTED_TO}+" if number > COUNTED_TO else str(number)
        found[f"view-{view.pk}"] = {"count": number, "said": said, "urgent": False, "title": ""}
    return found


def link_of(view: Any, saved: SavedList) -> str:
    """The list with the filters of the view; columns and order follow from `view`."""
    return f"{reverse(saved.url)}?{urlencode({**view.filters, 'view': view.pk})}"


@dataclass(frozen=True)
class Chip:
    view: Any
    link: str
    here: bool
    own: bool


@dataclass(frozen=True)
class Views:
    """What the top of a list needs. `said` are the parameters of the list itself, `kept` those that its own
    forms must carry on, `chosen` whether somebody chose the columns."""

    page: str
    url: str
    chips: list[Chip]
    current: Any
    own: bool
    said: dict[str, str]
    filters_differ: bool
    columns: tuple[str, ...]
    chosen: bool
    columns_differ: bool
    offered: list[tuple[str, StrOrPromise, bool]]
    order: str
    orders: list[tuple[str, StrOrPromise]]
    sharing: list[tuple[str, StrOrPromise]]
    kept: list[tuple[str, str]]
    back: str


def view_context(
    request: HttpRequest, *, page: str, filters: Given | None = None, columns: Iterable[str] = ()
) -> dict[str, Any]:
    """`views` for the template parts; raises Http404 for a view that the person does not see.

    `filters` are values that the list takes without being asked, `columns` those it shows besides at first.
    """
    saved, staff, given = _lists[page], staff_of(request), request.GET
    views = [view for view in _views(request, page, number_of(given, "view")) if view.page == page]
    current = _current(given.get("view", ""), views)
    taken = {name: str(value) for name, value in (filters or {}).items()}
    asked = {**taken, **given.dict()}
    said = {name: str(asked[name]) for name in (*saved.filters, *saved.search) if asked.get(name)}
    stored = saved.columns_of(current.columns) if current else ()
    picked = saved.columns_of(given.getlist("columns")) if "columns" in given else stored
    shown = picked or saved.columns_of([*saved.at_first, *columns])
    order = saved.order_of(given.get("sort") or (current.sort if current else ""))
    context = Views(
        page=page,
        url=reverse(saved.url),
        chips=[
            Chip(view, link_of(view, saved), view is current, view.owner_id == staff.pk) for view in views
        ],
        current=current,
        own=current is not None and current.owner_id == staff.pk,
        said=said,
        filters_differ=current is not None and said != {**taken, **current.filters},
        columns=shown,
        chosen=bool(picked),
        columns_differ=current is not None and (picked != stored or order != saved.order_of(current.sort)),
        offered=[(name, label, name in shown) for name, label in saved.columns.items()],
        order=order,
        orders=list(saved.orders.items()),
        sharing=list(SharedWith.choices) if staff.has_perm(SHARE) else list[tuple[str, Any]](),
        kept=[(name, one) for name in ("view", "sort", "columns") for one in given.getlist(name) if one],
        back=request.get_full_path(),
    )
    return {"views": context}


def _current(asked: str, views: list[Any]) -> Any:
    if not asked:
        return None
    found = next((view for view in views if str(view.pk) == asked), None)
    if found is None:
        raise Http404
    return found


def shared_words(view: Any, units: Mapping[int, str]) -> str:
    """With whom, in words; a unit by its name where one belongs to it."""
    if view.shared_with == SharedWith.UNIT and view.group_id in units:
        return units[view.group_id]
    return str(view.get_shared_with_display())
