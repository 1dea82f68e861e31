"""Which records changed since a sweep began, told by keys that only grow: those of rows and of their history.

A key that was given out while the sweep began may have been written after it looked. So a sweep that
found transactions open also tells since when they are, and the next one goes back to marks older than that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model, Q

from agents.models import (
    Agency,
    Outlet,
    OutletName,
    OutletPhone,
    Registration,
    SalesAgent,
    SalesAgentPhone,
    SellerStanding,
)
from audits.choices import SweepScope
from audits.models import Exemption, Finding, Sweep
from authenticity.rule import Rule, RuleValues
from customers.models import ContactAttempt, Customer, CustomerImage, FailedContact, Relationship
from policies.models import ApplicationForm, Policy, PolicyParty, Product

KINDS = ("customer", "policy", "seller", "agency")
COVERING = (SweepScope.FULL, SweepScope.INCREMENTAL)
# So many sweeps are looked back at for one that began before a long transaction did.
LOOKS_BACK = 50
# Above this a full sweep judges every finding anew instead of keeping a list.
MOST = 300_000


@dataclass(frozen=True)
class Source:
    """A table of the book, and which of its columns name a subject."""

    model: type[Model]
    columns: tuple[tuple[str, str], ...] = ()
    new_ones: bool = True
    """Whether a row that is new concerns anybody by itself."""
    shares: tuple[str, ...] = ()
    """Columns that others' verdicts depend on; a change of nothing else concerns its own subjects alone."""
    stands: tuple[str, ...] = ()
    """Of a person, what rules about policies and their parties read; without, all is taken to be read."""
    binds: bool = False
    """Whether any change here concerns those who share something with its subjects."""

    @property
    def history(self) -> type[Model] | None:
        name = f"{self.model.__name__}Event"
        return apps.all_models[self.model._meta.app_label].get(name.lower())


# What `policies.sharing` counts by, and what else rules compare among those who share.
OF_CUSTOMER = (
    *("mobile", "landline", "address_key", "email", "id_key", "id_type", "name", "birth_date", "sex"),
    *("mobile_marks", "landline_marks", "id_marks", "merged_into_id"),
)
# A test holds that rules about policies read nothing else of a customer; of contacts, whether there are any.
OF_PERSON = (
    *("id", "name", "name_class", "name_marks", "sex", "birth_date", "nationality", "merged_into_id"),
    *("id_type", "id_no", "id_shape", "id_key", "id_birth_date", "id_sex", "id_marks"),
    *("id_valid_from", "id_valid_to", "id_long_term"),
)
WHETHER_GIVEN = ("mobile", "landline", "address", "postcode", "email")
OF_POLICY = ("account_no", "in_scope", "status", "seller_no", "outlet_no")
SOURCES = (
    Source(Customer, (("customer", "id"),), shares=OF_CUSTOMER, stands=OF_PERSON),
    Source(Policy, (("policy", "id"),), shares=OF_POLICY),
    Source(PolicyParty, (("customer", "customer_id"), ("policy", "policy_id")), binds=True),
    Source(ApplicationForm, (("policy", "policy_id"),)),
    Source(ContactAttempt, (("customer", "customer_id"),)),
    Source(FailedContact, (("customer", "customer_id"),)),
    Source(CustomerImage, (("customer", "customer_id"),), binds=True),
    Source(Relationship, (("customer", "customer_id"), ("customer", "relative_id"))),
)
# What rules compare the whole book with: a change here concerns everybody.
REGISTER = (
    Source(SalesAgent, (("seller", "id"),)),
    Source(SalesAgentPhone, (("seller", "seller_id"),)),
    Source(SellerStanding, (("seller", "seller_id"),)),
    Source(Registration, (("seller", "seller_id"),)),
    Source(Agency, (("agency", "id"),)),
    Source(Outlet, (("agency", "agency_id"),)),
    Source(OutletName),
    Source(OutletPhone),
    Source(Product, new_ones=False),
)
EXEMPTIONS = Source(Exemption)
# Of those who were there before: whether what they share, and what they stand with, was otherwise since.
ALTERED = """
    SELECT now.id, coalesce(bool_or(({shared_before}) IS DISTINCT FROM ({shared_now})), false),
           coalesce(bool_or(({stood}) IS DISTINCT FROM ({stands})), false)
      FROM {table} now LEFT JOIN {past} past ON past.pgh_obj_id = now.id AND past.pgh_id > %s
     WHERE now.id = ANY(%s) AND now.id <= %s
     GROUP BY now.id
"""
OPEN_SINCE = """
    SELECT clock_timestamp(),
           least(clock_timestamp(), (SELECT min(xact_start) FROM pg_stat_activity
                                      WHERE datname = current_database() AND pid <> pg_backend_pid()))
"""


@dataclass(frozen=True)
class Marks:
    """How far a sweep saw, and the day and the settings that it judged by."""

    at: datetime
    since: datetime
    day: date
    keys: Mapping[str, int]
    settings: str
    notice_date: str

    def as_json(self) -> dict[str, Any]:
        return {
            "at": self.at.isoformat(),
            "since": self.since.isoformat(),
            "day": self.day.isoformat(),
            "keys": dict(self.keys),
            "settings": self.settings,
            "notice_date": self.notice_date,
        }


def marks_of(said: Mapping[str, Any]) -> Marks | None:
    if not said:
        return None
    at, since = (datetime.fromisoformat(said[name]) for name in ("at", "since"))
    day = date.fromisoformat(said["day"])
    return Marks(at, since, day, said["keys"], said["settings"], said["notice_date"])


def base_of(sweep: Sweep | None = None) -> Marks | None:
    """How far the sweeps before this one saw; None where nobody can tell."""
    ended = Sweep.objects.filter(scope__in=COVERING, finished_at__isnull=False).exclude(marks={})
    if sweep is not None:
        ended = ended.filter(pk__lt=sweep.pk)
    past = [marks for said in ended.order_by("-pk").values_list("marks", flat=True)[:LOOKS_BACK]
            if (marks := marks_of(said))]  # fmt: skip
    if not past:
        return None
    last = past[0]
    return next((replace(last, keys=marks.keys) for marks in past if marks.at <= last.since), None)


@dataclass
class Changed:
    """The subjects whose records changed, by kind; of `sharing` something that others are judged by.

    `standing` are the customers whose policies are to be judged too.
    """

    ids: dict[str, set[int]] = field(default_factory=lambda: {kind: set() for kind in KINDS})
    sharing: dict[str, set[int]] = field(default_factory=lambda: {kind: set() for kind in KINDS})
    standing: set[int] = field(default_factory=set)

    def add(self, kind: str, ids: Iterable[int | None]) -> None:
        self.ids[kind].update(pk for pk in ids if pk is not None)

    @property
    def total(self) -> int:
        return sum(map(len, self.ids.values()))


def marks_now(*, today: date, settings: str, notice_date: str) -> Marks:
    every = (*SOURCES, *REGISTER, EXEMPTIONS)
    models = [model for source in every for model in (source.model, source.history) if model is not None]
    with connection.cursor() as cursor:
        cursor.execute(OPEN_SINCE)
        at, since = cursor.fetchone()
    return Marks(at, since, today, _keys_now(models), settings, notice_date)


def _keys_now(models: Iterable[type[Model]]) -> dict[str, int]:
    """The greatest key of each table, in one statement."""
    keys = {model._meta.db_table: _key_of(model) for model in models}
    maxima = ", ".join(f"(SELECT coalesce(max({key}), 0) FROM {table})" for table, key in keys.items())  # noqa: S608 - models' own names
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {maxima}")
        return dict(zip(keys, cursor.fetchone(), strict=True))


def settings_of(values: RuleValues, rules: Iterable[Rule]) -> str:
    """A digest of all that is editable and of which rules there are; the day is no part of it."""
    said = [
        sorted((name, sorted(words)) for name, words in values.words.items()),
        sorted((code, sorted(row.items())) for code, row in values.thresholds.items()),
        sorted((code, str(setting)) for code, setting in values.settings.items()),
        sorted(rule.code for rule in rules),
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()


def register_changed(base: Marks) -> bool:
    return bool(_grown(base, _keys_now(model for source in REGISTER for model in _tables(source))))


def _grown(base: Marks, keys: Mapping[str, int]) -> set[str]:
    return {table for table, key in keys.items() if key > base.keys.get(table, 0)}


def changed_since(base: Marks, keys: Mapping[str, int], today: date) -> Changed:
    """Rows that are new, were changed or were deleted; a policy's persons are not followed yet.

    Only tables whose greatest key is another in `keys` are looked into.
    """
    changed, grown = Changed(), _grown(base, keys)
    for source in (*SOURCES, *REGISTER):
        for kind, ids in _concerned(source, base, grown).items():
            changed.ids[kind] |= ids
            sharing, standing = _altered(source, base, ids)
            changed.sharing[kind] |= sharing
            if kind == "customer":
                changed.standing |= standing
    _add_exempted(changed, base, today)
    return changed


def _concerned(source: Source, base: Marks, grown: set[str]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {kind: set() for kind, _column in source.columns}
    models = _tables(source) if source.columns else []
    for model in (model for model in models if model._meta.db_table in grown):
        rows = list(_newer(model, base).values_list(*(column for _kind, column in source.columns)))
        for place, (kind, _column) in enumerate(source.columns):
            found[kind].update(row[place] for row in rows if row[place] is not None)
    return found


def _altered(source: Source, base: Marks, ids: set[int]) -> tuple[set[int], set[int]]:
    """Of these, whose change concerns those who share something with them, and whose their policies.

    Who is new or gone is among both.
    """
    table, past = source.model._meta.db_table, source.history
    if not ids or not source.shares or past is None:
        return ids if source.binds else set(), ids
    last = base.keys.get(table, 0), base.keys.get(past._meta.db_table, 0)
    text = ALTERED.format(
        table=table,
        past=past._meta.db_table,
        shared_before=_columns(source.shares, "past"),
        shared_now=_columns(source.shares, "now"),
        stood=_standing(source, "past"),
        stands=_standing(source, "now"),
    )
    with connection.cursor() as cursor:
        cursor.execute(text, [last[1], sorted(ids), last[0]])
        found = cursor.fetchall()
    alike = {pk for pk, shared, _stood in found if not shared}
    unmoved = {pk for pk, _shared, stood in found if not stood}
    return ids - alike, ids - unmoved


def _columns(names: Iterable[str], row: str) -> str:
    return ", ".join(f"{row}.{name}" for name in names)


def _standing(source: Source, row: str) -> str:
    if not source.stands:
        return "NULL"
    given = (f"{row}.{name} = ''" for name in WHETHER_GIVEN)
    return ", ".join([_columns(source.stands, row), *given])


def _add_exempted(changed: Changed, base: Marks, today: date) -> None:
    """Findings whose exemption was given, taken back, or ran out since the day of that sweep."""
    lapsed = Exemption.objects.filter(expires_on__gte=base.day, expires_on__lt=today)
    touched: set[int] = set(lapsed.values_list("finding_id", flat=True))
    for model in _tables(EXEMPTIONS):
        touched |= set(_newer(model, base).values_list("finding_id", flat=True))
    columns = ("customer_id", "policy_id", "seller_id", "intermediary_id")
    for row in Finding.objects.filter(pk__in=touched).values_list(*columns):
        for kind, pk in zip(KINDS, row, strict=True):
            changed.add(kind, [pk])


def _tables(source: Source) -> list[type[Model]]:
    models = (source.model if source.new_ones else None, source.history)
    return [model for model in models if model is not None]


def _key_of(model: type[Model]) -> str:
    return "pgh_id" if hasattr(model, "pgh_id") else "id"


def _newer(model: type[Model], base: Marks) -> Any:
    last = base.keys.get(model._meta.db_table, 0)
    return model._default_manager.filter(Q(**{f"{_key_of(model)}__gt": last})).order_by()
