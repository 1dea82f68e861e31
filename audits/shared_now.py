"""What the rows of one question share with others, counted once by the very statement that asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models.expressions import RawSQL

from audits.statements import Slot, Statement, written
from customers.choices import SharedKind
from policies.sharing import SOURCES, counting

IDS = Slot("ids")
COUNTED, MINE = "counted_now", "mine_now"
NAMES = "(kind, key, persons, one_seller)"
CUSTOMERS = "SELECT unnest(%s::bigint[])"
# What is read of the very rows once: of policies their accounts, and else of those who stand on them.
COLUMNS = """
    SELECT id, mobile, landline, address_key, email, id_key, name, birth_date FROM customers_customer
"""
ROWS = {
    "customer": f"{COLUMNS} WHERE id = ANY(%s::bigint[])",
    "policy": f"""{COLUMNS} WHERE id IN (SELECT customer_id FROM policies_policyparty
                                          WHERE policy_id = ANY(%s::bigint[]) AND customer_id IS NOT NULL)""",  # noqa: S608 - our own text
}
ACCOUNTS = "SELECT account_no FROM policies_policy WHERE id = ANY(%s::bigint[])"


class CountedSharing:
    """The keys come from a part of the statement of its own, which counts those kinds that were asked for."""

    def __init__(self) -> None:
        self.kinds: set[str] = set()

    def keys(
        self, kind: str, *, at_least: int, below: int | None = None, one_seller: bool | None = None
    ) -> RawSQL:
        self.kinds.add(str(kind))
        number = "::bigint" if kind == SharedKind.ADDRESS else ""
        text = f"SELECT counted.key{number} FROM {COUNTED} counted WHERE counted.kind = %s"  # noqa: S608 - our own text
        text += " AND counted.persons >= %s"
        parameters: list[Any] = [str(kind), at_least]
        if below is not None:
            text += " AND counted.persons < %s"
            parameters.append(below)
        if one_seller is not None:
            text += f" AND {'' if one_seller else 'NOT '}counted.one_seller"
        return RawSQL(text, parameters)  # noqa: S611 - our own text


def with_counts(
    statement: Statement | None, *, target: str, kinds: Iterable[str], with_new: bool
) -> Statement | None:
    """The statement with those kinds counted in front, for the customers or policies that `ids` name.

    `with_new` counts those of them who stand on no policy yet.
    """
    if statement is None or f" {COUNTED} " not in statement.text:
        return statement
    of_customers = [kind for kind in sorted(kinds) if kind != SharedKind.ACCOUNT]
    parts: dict[str, str] = {}
    if of_customers:
        parts[MINE] = written(ROWS["customer" if target == "customer" else "policy"], [IDS]).text
    if SharedKind.ACCOUNT in kinds:
        parts["several_account_no"] = written(
            SOURCES[SharedKind.ACCOUNT].several_of(f"({ACCOUNTS})"), [IDS]
        ).text
    for kind in of_customers:
        parts[_several(kind)] = SOURCES[SharedKind(kind)].several_of(MINE)
    new = (CUSTOMERS, [IDS]) if with_new and target == "customer" else None
    parts[f"{COUNTED} {NAMES}"] = " UNION ALL ".join(_counted(kind, new) for kind in sorted(kinds))
    before = ", ".join(f"{name} AS MATERIALIZED ({text})" for name, text in parts.items())
    return Statement(f"WITH {before} {statement.text}")


def _counted(kind: str, new: tuple[str, list[Any]] | None) -> str:
    """Of the rows' own keys only those that stand in several rows: nearly all are one row's alone.

    Who is insured beside the holder is asked of few rows, and by their rule exactly: here each key may be.
    """
    if kind == SharedKind.INSURED:
        return (
            f"SELECT '{kind}'::text AS kind, mobile::text AS key, 2 AS persons, false FROM {_several(kind)}"  # noqa: S608 - our own text
        )
    text, parameters = counting(kind, (f"TABLE {_several(kind)}", []), new)
    counted = (
        f"SELECT '{kind}'::text AS kind, found.key::text, found.persons, found.one_seller FROM ({text}) found"  # noqa: S608 - our own text
    )
    return written(counted, parameters).text


def _several(kind: str) -> str:
    """Alike for kinds that count persons of the same column."""
    return "several_" + SOURCES[SharedKind(kind)].columns.replace(", ", "_")
