"""A handful of holders who came a second time and got a second customer number: for the search for duplicates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.utils.timezone import localdate

from agents.models import Branch
from config.demo.people import Person
from config.demo.units import Row
from customers.choices import PairState
from customers.models import DuplicatePair
from customers.operations.duplicates import assign_pairs, find_duplicates, start_campaign
from workplace.models import Staff

PROVINCES = ("32", "37", "51")
SAME = ("name", "sex", "birth_date", "id_type", "id_no", "id_valid_from", "id_valid_to")


def _other_contacts(row: Row) -> None:
    """Only the document is the same."""


def _wrong_digit(row: Row) -> None:
    number = row["id_no"]
    row["id_no"] = number[:15] + str((int(number[15]) + 3) % 10) + number[16:]


def _fifteen_digits(row: Row) -> None:
    row["id_no"] = row["id_no"][:6] + row["id_no"][8:17]


def _no_number(row: Row) -> None:
    row["id_no"] = ""


# Mostly without a new defect: the demo's rates are those of an inspection.
WAYS: tuple[Callable[[Row], None], ...] = (
    _other_contacts, _wrong_digit, _other_contacts, _other_contacts, _no_number, _other_contacts,
    _fifteen_digits, _other_contacts, _other_contacts,
)  # fmt: skip


def meet_twice(holders: Sequence[Person]) -> int:
    """In each province two or three people become somebody who is there already; how many did."""
    alone: defaultdict[str, list[Person]] = defaultdict(list)
    for holder in holders:
        if not holder.family and holder.row["id_no"] and holder.row["mobile"]:
            alone[holder.city].append(holder)
    done = 0
    for province in PROVINCES:
        cities = sorted(city for city in alone if city.startswith(province))
        for place, city in enumerate(cities[:3]):
            first, second = alone[city][:2] if len(alone[city]) > 1 else (None, None)
            if first is not None and second is not None:
                _become(second, first, WAYS[(done + place) % len(WAYS)])
                done += 1
    return done


def _become(second: Person, first: Person, way: Callable[[Row], None]) -> None:
    second.row |= {name: first.row[name] for name in SAME}
    second.birth, second.sex = first.birth, first.sex
    way(second.row)
    if not second.row["id_no"]:
        second.row["mobile"] = second.phone = first.row["mobile"]


def look_for_them(*, staff: dict[str, Staff], at: datetime) -> None:
    """A search, a clean-up in the first province, and two of its pairs on the clerk's desk."""
    find_duplicates(actor=None, at=at)
    manager, clerk = staff["manager"], staff["clerk"]
    province = Branch.objects.filter(number__startswith="0032").order_by("number").first()
    if province is None:
        return
    start_campaign(
        name="重复客户清理", branch=province, owner=manager, deadline=localdate(at) + timedelta(days=30),
        actor=manager, at=at,
    )  # fmt: skip
    mine = DuplicatePair.objects.visible_to(clerk).filter(state=PairState.OPEN).order_by("-score", "pk")[:2]
    assign_pairs(pairs=list(mine), owner=clerk, actor=manager, at=at)
