"""Founds the demo insurer through the same operations that files and people use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate

from audits.operations.call_backs import keep_call_backs, report_missed
from audits.operations.sweep_job import sweep_book
from config.demo.arranged import arrange
from config.demo.book import Contract, build_book, form_row, open_accounts, party_rows
from config.demo.called import call_new_holders
from config.demo.chance import Chance
from config.demo.defects import plant
from config.demo.office import hire
from config.demo.people import Person, build_people
from config.demo.sampled import sample
from config.demo.told import tell
from config.demo.twice import look_for_them, meet_twice
from config.demo.units import Row, Units, build_units
from config.demo.work import work_through
from workplace.intake.write import write_rows

POLICIES_PER_CUSTOMER = 1.2
SELLERS = 200
# Each city of a province was taken in on a day of its own: some findings are overdue, some are new.
TAKEN_IN_DAYS_AGO = (14, 9, 6, 2)
CHUNK = 5_000
Say = Callable[[str], None]


class DemoRefused(Exception):
    """The demo's own rows do not have the shape that the product asks for."""


@dataclass(frozen=True)
class Plan:
    """Every row of the demo insurer, before anything is written."""

    units: Units
    people: list[Person]
    book: list[Contract]
    chance: Chance


def plan_insurer(*, customers: int, seed: int, today: date) -> Plan:
    chance = Chance(seed)
    units = build_units(chance, today, SELLERS)
    holders = build_people(chance, units, customers, today)
    meet_twice(holders)
    book = build_book(chance, units, holders, round(customers * POLICIES_PER_CUSTOMER), today)
    plant(chance, book, today)
    open_accounts(chance, book)
    people = [person for holder in holders for person in (holder, *holder.family)]
    return Plan(units, people, book, chance)


def found_insurer(
    *, customers: int, seed: int, password: str, token: str, at: datetime, say: Say = lambda text: None
) -> None:
    """All or nothing: a start that is cut off leaves an empty book, and the next one begins anew."""
    today = localdate(at)
    plan = plan_insurer(customers=customers, seed=seed, today=today)
    founded = at - timedelta(days=max(TAKEN_IN_DAYS_AGO) + 1)
    with transaction.atomic():
        _write_units(plan.units, founded)
        staff = hire(password=password, token=token, today=today, at=founded)
        say("units and staff")
        for turn, days in enumerate(TAKEN_IN_DAYS_AGO):
            taken_in = at - timedelta(days=days)
            _write_book(plan, turn, taken_in)
            sweep_book(at=taken_in + timedelta(hours=2))
            call_new_holders(staff=staff, at=taken_in + timedelta(hours=3))
            say(f"customers and policies, part {turn + 1} of {len(TAKEN_IN_DAYS_AGO)}")
        keep_call_backs(at=at)
        report_missed(at=at)
        work_through(staff=staff, chance=plan.chance, at=at)
        arrange(staff=staff, at=at)
        tell(staff=staff, at=at)
        say("rectifications")
        look_for_them(staff=staff, at=at)
        say("probable duplicates")
        sample(staff=staff, at=at)
        say("sampling audits")


def _write_units(units: Units, at: datetime) -> None:
    _write("branches", units.branches, at)
    _write("agencies", units.agencies, at)
    _write("outlets", [row for row in units.outlet_rows if row["level"] == "branch"], at)
    _write("outlets", [row for row in units.outlet_rows if row["level"] == "outlet"], at)
    _write("products", units.products, at)
    _write("agents", units.sellers, at)


def _write_book(plan: Plan, turn: int, at: datetime) -> None:
    """The customers of the cities whose turn it is, with their policies."""
    cities = {city for place, city in enumerate(plan.units.offices) if place % len(TAKEN_IN_DAYS_AGO) == turn}
    book = [contract for contract in plan.book if contract.holder.city in cities]
    _write("customers", [person.row for person in plan.people if person.city in cities], at)
    _write("policies", [contract.row for contract in book], at)
    _write("parties", [row for contract in book for row in party_rows(plan.chance, contract)], at)
    _write("applications", [form_row(contract, int(contract.row["number"][-8:])) for contract in book], at)


def _write(kind: str, rows: Sequence[Row], at: datetime) -> None:
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        result = write_rows(kind=kind, rows=part, actor=None, at=at, extracted_at=at - timedelta(hours=6))
        if result.rejected:
            first = result.rejected[0]
            raise DemoRefused(
                f"{kind}: {len(result.rejected)} rows refused, such as {first.key}: {first.errors}"
            )
