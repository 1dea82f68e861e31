"""What the rows of one question share with others, counted once and handed to its statements."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any

from django.db.models.expressions import RawSQL

from audits.statements import Slot, Statement, written
from customers.choices import SharedKind
from customers.models import Customer
from policies.models import Policy, PolicyParty
from policies.sharing import SOURCES, counting

SHARED = Slot("shared")
GIVEN = """
    SELECT given.key{cast} FROM jsonb_to_recordset(%s::jsonb)
           AS given (kind text, key text, persons int, one_seller boolean)
     WHERE given.kind = %s AND given.persons >= %s"""
ROWS = "SELECT unnest(%s::bigint[])"
OF_CUSTOMERS = ("mobile", "landline", "address_key", "email", "id_key", "name", "birth_date")


class GivenSharing:
    """The keys come with each run, as `shared_among` counted them."""

    def keys(
        self, kind: str, *, at_least: int, below: int | None = None, one_seller: bool | None = None
    ) -> RawSQL:
        text = GIVEN.format(cast="::bigint" if kind == SharedKind.ADDRESS else "")
        parameters: list[Any] = [SHARED, str(kind), at_least]
        if below is not None:
            text += " AND given.persons < %s"
            parameters.append(below)
        if one_seller is not None:
            text += f" AND {'' if one_seller else 'NOT '}given.one_seller"
        return RawSQL(text, parameters)  # noqa: S611 - our own text


def shared_among(*, customer_ids: Iterable[int], policy_ids: Collection[int], with_new: bool = False) -> str:
    """The keys of these customers, and of those on these policies, that others have too, as JSON.

    `with_new` counts those of them who stand on no policy yet.
    """
    customers = set(customer_ids)
    if policy_ids:
        parties = PolicyParty.objects.filter(policy__in=policy_ids, customer__isnull=False).order_by()
        customers |= set(parties.values_list("customer_id", flat=True))
    held = _keys_of(customers, policy_ids)
    shared = []
    for kind, source in SOURCES.items():
        keys = sorted(held[source.columns])
        if keys:
            given = {"customers": sorted(customers), **_as_given(kind, keys)}
            shared += [(str(kind), *row) for row in _counting(kind, with_new).run(given, often=True)]
    names = ("kind", "key", "persons", "one_seller")
    return json.dumps([dict(zip(names, row, strict=True)) for row in shared])


def _keys_of(customers: Collection[int], policies: Collection[int]) -> dict[str, set[Any]]:
    """By the columns of a source, what these rows have in them; blanks are no keys."""
    held: dict[str, set[Any]] = {source.columns: set() for source in SOURCES.values()}
    for row in Customer.objects.filter(pk__in=customers).order_by().values(*OF_CUSTOMERS):
        for columns, keys in held.items():
            names = columns.split(", ")
            if all(row.get(name) not in (None, "") for name in names):
                keys.add(tuple(row[name] for name in names) if len(names) > 1 else row[columns])
    if policies:
        accounts = Policy.objects.filter(pk__in=policies).exclude(account_no="").order_by()
        held["account_no"] = set(accounts.values_list("account_no", flat=True))
    return held


def _as_given(kind: str, keys: list[Any]) -> dict[str, list[Any]]:
    if kind == SharedKind.PERSON:
        return {"keys": [name for name, _day in keys], "days": [day for _name, day in keys]}
    return {"numbers": keys} if kind == SharedKind.ADDRESS else {"keys": keys}


@lru_cache(maxsize=32)
def _counting(kind: str, with_new: bool) -> Statement:
    new = (ROWS, [Slot("customers")]) if with_new else None
    if kind == SharedKind.PERSON:
        candidates = ("SELECT unnest(%s), unnest(%s)", [Slot("keys"), Slot("days")])
    else:
        candidates = ("SELECT unnest(%s)", [Slot("numbers" if kind == SharedKind.ADDRESS else "keys")])
    text, parameters = counting(kind, candidates, new)
    return written(f"SELECT found.key, found.persons, found.one_seller FROM ({text}) found", parameters)  # noqa: S608 - our own text
