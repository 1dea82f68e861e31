"""Lays a seeded book of N customers and 1.2 N policies straight into a database, for measuring on it.

    VAR_DIR=/tmp/somewhere .venv/bin/python -m benchmarks.book --size 100k

makes a server of its own in VAR_DIR, migrates, writes units, sellers and products through the product's own
writers, and copies the finished rows of customers, policies and parties into their tables. The files from
which it was made (customers.csv, nightly.csv, policies.csv, parties.csv) stay beside it in VAR_DIR/book-….
Afterwards every `manage.py` command with the same VAR_DIR works on that book.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from agents.models import Agency, Branch, Outlet, SalesAgent
from benchmarks.files import make_files, units_of
from config.services import embedded
from config.services.postgres import Postgres
from customers.facts import SOURCE_FIELDS, derive
from customers.models import Customer
from policies.models import Policy, PolicyParty, Product
from workplace.intake.write import write_rows

AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
CHUNK = 20_000
SIZES = {"k": 1_000, "m": 1_000_000}


def count_of(text: str) -> int:
    """`10k`, `1m` or a plain number."""
    unit = SIZES.get(text[-1:].lower(), 1)
    return int(text[:-1] if unit > 1 else text) * unit


def chunks_of(path: Path) -> Iterator[list[dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        while chunk := list(islice(rows, CHUNK)):
            yield chunk


def text_of(value: Any) -> str:
    """One value in PostgreSQL's COPY text format."""
    if value is None:
        return r"\N"
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, list | tuple):
        return "{" + ",".join(f'"{each}"' for each in value) + "}"
    text = str(value)
    if "\\" in text or "\t" in text or "\n" in text:
        text = text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
    return text


def defaults_of(model: Any) -> dict[str, Any]:
    """Every column with what it holds when nothing is said."""
    return {field.attname: field.get_default() for field in model._meta.concrete_fields}


def lines_of(rows: Iterator[dict[str, Any]], defaults: dict[str, Any]) -> str:
    return "".join(
        "\t".join([text_of(row.get(name, default)) for name, default in defaults.items()]) + "\n"
        for row in rows
    )


def customer_lines(branches: dict[str, int], first: int, rows: Sequence[dict[str, str]]) -> str:
    """Finished rows of customers in COPY's text format, facts derived; runs in any process."""

    return lines_of(_customer_columns(branches, first, rows), defaults_of(Customer))


def _customer_columns(
    branches: dict[str, int], first: int, rows: Sequence[dict[str, str]]
) -> Iterator[dict[str, Any]]:

    for place, row in enumerate(rows):
        facts = derive({field: row[field] for field in SOURCE_FIELDS})
        yield {
            **facts,
            "id": first + place,
            "number": row["number"],
            "home_branch_id": branches[row["home_branch"]],
            "recorded_at": AT,
            "extracted_at": AT,
            "identity_checked_on": row["identity_checked_on"],
            "identity_check_method": row["identity_check_method"],
            "identity_checked_key": facts.get("id_key") or facts["id_no"],
            "identity_check_lapses_on": facts["id_valid_to"],
            "contact_confirmed_on": row["contact_confirmed_on"],
            "own_mobile": facts["mobile"],
        }


class Register:
    """Numbers of units, sellers and products with their keys, as a policy row needs them."""

    def __init__(self) -> None:

        self.branches = dict(Branch.objects.values_list("number", "pk"))
        self.agencies = dict(Agency.objects.values_list("number", "pk"))
        self.outlets = dict(Outlet.objects.values_list("number", "pk"))
        self.sellers = dict(SalesAgent.objects.values_list("staff_no", "pk"))
        self.products = dict(Product.objects.values_list("code", "pk"))


def policy_lines(register: Register, first: int, rows: Sequence[dict[str, str]]) -> str:

    def columns() -> Iterator[dict[str, Any]]:
        for place, row in enumerate(rows):
            yield {
                **{name: value or None if name.endswith("_on") else value for name, value in row.items()},
                "id": first + place,
                "product_id": register.products[row["product"]],
                "branch_id": register.branches[row["branch"]],
                "in_scope": True,
                "seller_id": register.sellers.get(row["seller_no"]),
                "outlet_id": register.outlets.get(row["outlet_no"]),
                "agency_branch_id": register.outlets.get(row["agency_branch_no"]),
                "agency_id": register.agencies.get(row["agency_no"]),
                "recorded_at": AT,
                "extracted_at": AT,
            }

    return lines_of(columns(), defaults_of(Policy))


def party_lines(first: int, rows: Sequence[dict[str, str]]) -> str:

    def columns() -> Iterator[dict[str, Any]]:
        for place, row in enumerate(rows):
            plain = {name: row[name] for name in ("role", "benefit", "position", "designation", "relation")}
            yield {
                **plain,
                "id": first + place,
                "policy_id": int(row["policy"].removeprefix("ZX")),
                "customer_id": int(row["customer"].removeprefix("C")) if row["customer"] else None,
                "order": row["order"] or None,
                "share": row["share"] or None,
                "recorded_at": AT,
                "extracted_at": AT,
            }

    return lines_of(columns(), defaults_of(PolicyParty))


def finished(
    target: Path, source: Path, work: Callable[[int, Sequence[dict[str, str]]], str], processes: int = 2
) -> Path:
    """The finished rows of a file in COPY's text format; a file that is there already is taken."""
    if target.exists():
        return target
    part = target.with_suffix(".part")
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
    with part.open("w", encoding="utf-8") as out, pool:
        pending: list[Any] = []
        first = 1
        for chunk in chunks_of(source):
            pending.append(pool.submit(work, first, chunk))
            first += len(chunk)
            if len(pending) > 2 * processes:
                out.write(pending.pop(0).result())
        for left in pending:
            out.write(left.result())
    return part.rename(target)


def copy_into(cursor: Any, table: str, columns: Sequence[str], path: Path) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    with path.open("rb") as lines, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        while block := lines.read(1 << 20):
            copy.write(block)


def write_units(seed: int) -> None:

    units = units_of(seed)
    outlets = sorted(units.outlet_rows, key=lambda row: row["level"] != "branch")
    for kind, rows in (("branches", units.branches), ("agencies", units.agencies),
                       ("outlets", [row for row in outlets if row["level"] == "branch"]),
                       ("outlets", [row for row in outlets if row["level"] != "branch"]),
                       ("products", units.products), ("agents", units.sellers)):  # fmt: skip
        result = write_rows(kind=kind, rows=rows, actor=None, at=AT, extracted_at=AT)
        if result.rejected:
            raise RuntimeError(f"{kind}: {result.rejected[0]}")


STATES = """
    INSERT INTO policies_policystate
           (policy_id, status, in_scope, branch_id, agency_id, seller_id, recorded_from, recorded_to)
    SELECT id, status, in_scope, branch_id, agency_id, seller_id, recorded_at, NULL FROM policies_policy
"""
SERVING = """
    INSERT INTO customers_servingunit (customer_id, branch_id, agency_id)
    SELECT DISTINCT customer_id, branch_id, NULL::bigint
      FROM policies_policyparty party JOIN policies_policy policy ON policy.id = party.policy_id
     WHERE customer_id IS NOT NULL
     UNION ALL
    SELECT DISTINCT customer_id, NULL::bigint, agency_id
      FROM policies_policyparty party JOIN policies_policy policy ON policy.id = party.policy_id
     WHERE customer_id IS NOT NULL AND agency_id IS NOT NULL
"""
COVERAGE = """
    INSERT INTO customers_coverage (customer_id, holder, insured, beneficiary, on_any_policy)
    SELECT customer_id, bool_or(role = 'holder' AND alive), bool_or(role = 'insured' AND alive),
           bool_or(role = 'beneficiary' AND designation <> 'statutory' AND alive), true
      FROM policies_policyparty party
      JOIN (SELECT id, in_scope AND status NOT IN ('surrendered', 'matured', 'claimed', 'refused') AS alive
              FROM policies_policy) policy ON policy.id = party.policy_id
     WHERE customer_id IS NOT NULL GROUP BY customer_id
"""


def prepared(size: int, home: Path, seed: int) -> dict[Any, Path]:
    """The finished rows of each table, made where they are not there yet; units must be in the database."""
    files = make_files(home, size, seed)
    register = Register()
    work: dict[Any, tuple[Path, Callable[[int, Sequence[dict[str, str]]], str]]] = {
        Customer: (files.customers, partial(customer_lines, register.branches)),
        Policy: (files.policies, partial(policy_lines, register)),
        PolicyParty: (files.parties, party_lines),
    }
    return {
        model: finished(source.with_suffix(".copy"), source, lines) for model, (source, lines) in work.items()
    }


def columns_of(model: Any) -> list[str]:
    return [field.column for field in model._meta.concrete_fields]


def lay(size: int, home: Path, seed: int, say: Callable[[str], None]) -> None:
    """Finished rows into the tables; the triggers and foreign keys sleep while rows are copied."""
    started = time.monotonic()
    paths = prepared(size, home, seed)
    say(f"finished rows {time.monotonic() - started:.0f} s")
    with Postgres(home).superuser("zhenxin") as server:
        server.execute("SET session_replication_role = replica")
        for model, path in paths.items():
            _copy_without_indexes(server, model, path)
            say(f"{model._meta.db_table} {time.monotonic() - started:.0f} s")
        for statement in (STATES, SERVING, COVERAGE):
            server.execute(statement)
        server.execute("VACUUM ANALYZE")
    say(f"ready {time.monotonic() - started:.0f} s")


def _copy_without_indexes(server: Any, model: Any, path: Path) -> None:
    table = model._meta.db_table
    indexes = server.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = %s::regclass AND NOT indisprimary AND NOT EXISTS"
        " (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)",
        [table],
    ).fetchall()
    for name, _definition in indexes:
        server.execute(f"DROP INDEX {name}")
    with server.cursor() as cursor:
        copy_into(cursor, table, columns_of(model), path)
    for _name, definition in indexes:
        server.execute(definition)
    server.execute(
        f"SELECT setval(pg_get_serial_sequence(%s, 'id'), (SELECT max(id) FROM {table}))",  # noqa: S608 - a model's
        [table],
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.book")
    parser.add_argument("--size", default="10k")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    home = embedded.var_dir()
    with embedded.in_use():
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], check=True)

        if Customer.objects.exists():
            raise SystemExit(f"{home} already holds a book; name another VAR_DIR")
        write_units(options.seed)
        lay(count_of(options.size), home, options.seed, print)


if __name__ == "__main__":
    main()
