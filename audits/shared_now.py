"""What the rows of one question share with others, counted once and handed to its statements."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any

from django.db.models.expressions import RawSQL

from audits.statements import Slot, Statement, written
from customers.choices import SharedKind
from policies.models import PolicyParty
from policies.sharing import SOURCES, counting

SHARED = Slot("shared")
GIVEN = """
    SELECT given.key{cast} FROM jsonb_to_recordset(%s::jsonb)
           AS given (kind text, key text, persons int, one_seller boolean)
     WHERE given.kind = %s AND given.persons >= %s"""
ROWS = "SELECT unnest(%s::bigint[])"


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
    """The keys of these customers, and of those on these policies, that others have too, as JSON."""
    customers = set(customer_ids)
    if policy_ids:
        parties = PolicyParty.objects.filter(policy__in=policy_ids, customer__isnull=False).order_by()
        customers |= set(parties.values_list("customer_id", flat=True))
    given = {"customers": sorted(customers), "policies": sorted(policy_ids)}
    names = ("kind", "key", "persons", "one_seller")
    rows = _counting(with_new).run(given, often=True)
    return json.dumps([dict(zip(names, row, strict=True)) for row in rows])


@lru_cache(maxsize=2)
def _counting(with_new: bool) -> Statement:
    parts, parameters = [], []
    for kind, source in SOURCES.items():
        rows = Slot("policies" if kind == SharedKind.ACCOUNT else "customers")
        text, values = counting(kind, (source.of(ROWS), [rows]), (ROWS, [rows]) if with_new else None)
        parts.append(f"SELECT '{kind}', found.key, found.persons, found.one_seller FROM ({text}) found")  # noqa: S608
        parameters.extend(values)
    return written(" UNION ALL ".join(parts), parameters)
