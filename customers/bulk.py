"""What customers know to do with millions of rows of a file at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.db import connection

from agents.models import Branch
from agents.operations.scope import writing_reach
from authenticity.texts import compact
from customers.editions import hold, present
from customers.facts import COLUMNS, FACT_COLUMNS, SOURCE_FIELDS, derive, derive_row
from customers.models import Customer
from customers.resources import CustomerResource
from workplace.intake.bulk_plain import UNREADABLE, Expressions, Memory, Plain, register_plain
from workplace.intake.bulk_workers import RowReader
from workplace.intake.shapes import Misshapen
from workplace.models import Staff

# What the book keeps word for word beside the normal form.
RAW = frozenset(field for field in SOURCE_FIELDS if COLUMNS[field][0] == f"{field}_raw")
DAYS = ("birth_date", "id_valid_from")
UPKEEP = ("identity_checked_on", "identity_check_method", "contact_confirmed_on", "mobile_own")
FEW = frozenset(
    {"home_branch", "sex", "id_type", "nationality", "business_stage", "id_valid_to", *DAYS, *UPKEEP}
)
KNOWN = frozenset({"number", "home_branch", "business_stage", *SOURCE_FIELDS, *UPKEEP})

# Rows of a customer merged into another are told so, row by row.
STANDS = (
    "NOT EXISTS (SELECT 1 FROM customers_customer merged"
    " WHERE merged.id = f.record_id AND merged.merged_into_id IS NOT NULL)"
)


def types_of(columns: Sequence[str], model: Any = Customer) -> list[tuple[str, str]]:
    fields = {field.column: field for field in model._meta.concrete_fields}
    return [(column, fields[column].db_type(connection).removesuffix(" unsigned")) for column in columns]


def same_fact(field: str, cell: str, means: Callable[[str], str]) -> str:
    """A source field of a person says what record `c` holds of it."""
    if field in RAW:
        derived = "".join(
            f" AND ({cell} <> '' OR c.{column} = '{said}')" for column, said in blank_facts(field)
        )
        return f"{cell} = c.{field}_raw{derived}"
    if field in DAYS:
        return f"{means(field)} = coalesce(c.{field}::text, '')"
    if field == "id_valid_to":
        held = "CASE WHEN c.id_long_term THEN 'long' ELSE coalesce(c.id_valid_to::text, '') END"
        return f"{means(field)} = {held}"
    if field in FEW:
        return f"{means(field)} = c.{field}"
    return f"{cell} = c.{field}"


@cache
def blank_facts(field: str) -> tuple[tuple[str, str], ...]:
    """Texts that a blank value is given, other than a field of which no file has ever spoken."""
    facts = derive({field: ""})
    return tuple(
        (name, facts[name]) for name in COLUMNS[field] if facts[name] and isinstance(facts[name], str)
    )


class FactReader:
    """The facts of a row, for the source fields that the file has."""

    def __init__(self, fields: Sequence[str]) -> None:
        self.columns = [column for field in SOURCE_FIELDS if field in fields for column in COLUMNS[field]]
        self._places = [FACT_COLUMNS.index(column) for column in self.columns]
        self._all = len(self._places) == len(FACT_COLUMNS)

    def __call__(self, values: dict[str, str]) -> list[Any]:
        derived = derive_row(values)
        return list(derived) if self._all else [derived[place] for place in self._places]


class PlainCustomers(Plain):
    model = Customer
    record_kind = "customer"
    known = KNOWN
    few = FEW

    def open_to(self, actor: Staff | None) -> bool:
        return writing_reach(actor).everything

    def book(self) -> str:
        return "(customers_customer c JOIN agents_branch home ON home.id = c.home_branch_id)"

    def same(self, code: str, cell: str, means: Callable[[str], str]) -> str:
        if code == "number":
            return f"c.facts_version = {present().version}"
        if code == "home_branch":
            return f"{means(code)} = home.number"
        if code == "business_stage":
            return f"{means(code)} IN ('', c.business_stage)"
        if code == "identity_check_method":
            return f"{means(code)} IS NOT NULL"
        if code in ("identity_checked_on", "contact_confirmed_on"):
            return f"{means(code)} = '' OR {means(code)} <= c.{code}::text"
        if code == "mobile_own":
            said = means(code)
            own = f"({said} = 'True' AND c.own_mobile = c.mobile)"
            return f"{said} = '' OR {own} OR ({said} = 'False' AND c.own_mobile = '')"
        return same_fact(code, cell, means)

    def reader(self, codes: Sequence[str]) -> Callable[[], RowReader]:
        branches = dict(Branch.objects.values_list("number", "pk"))
        reading = present()

        def make() -> RowReader:
            hold(reading)
            return customer_reader(list(codes), branches)

        return make

    def expressions(self, codes: Sequence[str]) -> Expressions:
        facts = FactReader(codes).columns
        others = [code for code in ("business_stage", *UPKEEP) if code in codes]
        stored = [code for code in others if code != "mobile_own"]
        finished = types_of(["number", "home_branch_id", "facts_version", *facts, *stored])
        if "mobile_own" in others:
            finished.append(("mobile_own", "boolean"))
        insert = {name: f"f.{name}" for name, _kind in finished if name != "mobile_own"}
        update = {name: f"f.{name}" for name in ("home_branch_id", *facts)}
        insert |= _upkeep(codes, "NULL")
        update |= _upkeep(codes, "c")
        return Expressions(finished, insert, update, needed=(STANDS,))


def _upkeep(codes: Sequence[str], record: str) -> dict[str, str]:
    """As `customers.operations.upkeep.keep_up`; the record is `c`, or none for a new customer."""

    def held(column: str, empty: str) -> str:
        return f"c.{column}" if record == "c" else empty

    columns: dict[str, str] = {}
    if "business_stage" in codes:
        stage = held("business_stage", f"'{Customer._meta.get_field('business_stage').default}'")
        columns["business_stage"] = f"coalesce(nullif(f.business_stage, ''), {stage})"
    if "identity_checked_on" in codes:
        later = (
            f"(f.identity_checked_on > coalesce({held('identity_checked_on', 'NULL::date')}, '-infinity'))"
        )
        method = "f.identity_check_method" if "identity_check_method" in codes else "''"
        said = {
            "identity_checked_on": ("f.identity_checked_on", "NULL::date"),
            "identity_check_method": (method, "''"),
            "identity_checked_key": ("coalesce(nullif(f.id_key, ''), f.id_no)", "''"),
            "identity_check_lapses_on": (
                "CASE WHEN f.id_long_term THEN NULL ELSE f.id_valid_to END",
                "NULL::date",
            ),
        }
        for column, (value, empty) in said.items():
            columns[column] = f"CASE WHEN {later} THEN {value} ELSE {held(column, empty)} END"
    elif "identity_check_method" in codes:
        columns["identity_check_method"] = held("identity_check_method", "''")
    if "contact_confirmed_on" in codes:
        before = held("contact_confirmed_on", "NULL::date")
        columns["contact_confirmed_on"] = f"greatest(f.contact_confirmed_on, {before})"
    if "mobile_own" in codes:
        before = held("own_mobile", "''")
        columns["own_mobile"] = (
            f"CASE f.mobile_own WHEN true THEN f.mobile WHEN false THEN '' ELSE {before} END"
        )
    return columns


def customer_reader(codes: list[str], branches: dict[str, int]) -> RowReader:
    shapes = {code: column.shape for code, column in CustomerResource.columns().items()}
    facts = FactReader(codes)
    others = [code for code in ("business_stage", *UPKEEP) if code in codes]
    order = [code for code in others if code != "mobile_own"] + [
        code for code in others if code == "mobile_own"
    ]
    memories = [(code, Memory(shapes[code])) for code in order]
    number_limit = shapes["number"].limit
    version = present().version

    def read(cells: list[str]) -> Sequence[Any] | None:
        values = dict(zip(codes, cells, strict=True))
        number = values["number"]
        if not (number.isascii() and number.isalnum()):
            number = compact(number)
        branch = branches.get(values["home_branch"]) or branches.get(compact(values["home_branch"]))
        if not number or len(number) > number_limit or branch is None:
            return None
        said = [memory(values[code]) for code, memory in memories]
        if UNREADABLE in said:
            return None
        try:
            return [number, branch, version, *facts(values), *said]
        except Misshapen:
            return None

    return read


def register() -> None:
    register_plain("customers", PlainCustomers())
