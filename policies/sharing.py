"""What several policyholders have in common: counted live around some rows, or as swept for the book.

One SQL text counts the persons of a key; live and swept differ only in the keys that are asked about.
A person is a document number (15 digits as 18), without one the customer. Those merged into another do
not count, nor what only fills the field, nor for contacts the insurer's own sellers. Contacts are counted
over holders of policies in scope that have not ended, document numbers and identities over all customers.
INSURED are mobiles that a holder and another insured of the same policy have.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import BigIntegerField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from customers.choices import SharedKind
from customers.models import Customer, SharedKey
from policies.models import Policy
from policies.rules.scope import ENDED

Statement = tuple[str, list[Any]]
NOBODY: Statement = ("SELECT NULL::bigint WHERE false", [])

_PERSON = "COALESCE(NULLIF(customer.id_key, ''), '#' || customer.id)"
_ONE_SELLER = """(min(policy.seller_no) = max(policy.seller_no) AND min(policy.seller_no) <> '')
               OR (min(policy.outlet_no) = max(policy.outlet_no) AND min(policy.outlet_no) <> '')"""
_ALIVE = "policy.in_scope AND policy.status <> ALL(%s)"
_HOLDER = """EXISTS (SELECT 1 FROM customers_coverage coverage
                      WHERE coverage.customer_id = customer.id AND coverage.holder)"""
_NEW = """(customer.id IN ({asked}) AND NOT EXISTS (SELECT 1 FROM customers_coverage coverage
                                                     WHERE coverage.customer_id = customer.id))"""
_NO_SELLER = """customer.id_key NOT IN (SELECT seller.id_norm FROM agents_salesagent seller
                                         WHERE seller.id_norm <> '')"""
_NO_FILLER = "NOT ('REQ-008' = ANY(customer.{marks}))"

# Sellers are asked of phones alone (PH-024).
_SOLD = """LATERAL
           (SELECT {one_seller} AS by_one
              FROM policies_policyparty party JOIN policies_policy policy ON policy.id = party.policy_id
             WHERE party.customer_id = ANY(shared.holders) AND party.role = 'holder' AND {alive})"""
_BY_ANYBODY = "(SELECT false AS by_one)"
_CONTACT = """
    SELECT shared.key, shared.persons, COALESCE(sold.by_one, false) AS one_seller
      FROM (SELECT customer.{column}::text AS key, count(DISTINCT {person}) AS persons,
                   array_agg(customer.id) AS holders
              FROM customers_customer customer
             WHERE customer.{column} IN ({candidates}) AND customer.{given}
               AND customer.merged_into_id IS NULL AND ({holder}) AND {no_seller} AND {no_filler}
             GROUP BY customer.{column} HAVING count(DISTINCT {person}) >= {floor}) shared
     CROSS JOIN {sold} sold
"""
# Most accounts of several policies are one holder's: those go before anybody's document is looked up.
_ACCOUNT = """
    SELECT shared.key, counted.persons, shared.one_seller
      FROM (SELECT policy.account_no AS key, array_agg(DISTINCT party.customer_id) AS holders,
                   COALESCE({one_seller}, false) AS one_seller
              FROM policies_policy policy
              JOIN policies_policyparty party ON party.policy_id = policy.id AND party.role = 'holder'
             WHERE policy.account_no IN ({candidates}) AND policy.{given} AND {alive}
             GROUP BY policy.account_no HAVING min(party.customer_id) <> max(party.customer_id)) shared
     CROSS JOIN LATERAL
           (SELECT count(DISTINCT {person}) AS persons FROM customers_customer customer
             WHERE customer.id = ANY(shared.holders) AND customer.merged_into_id IS NULL) counted
     WHERE counted.persons > 1
"""
_OF_SEVERAL_HOLDERS = """
    SELECT policy.account_no
      FROM policies_policy policy
      JOIN policies_policyparty party ON party.policy_id = policy.id AND party.role = 'holder'
     WHERE policy.account_no <> ''
     GROUP BY policy.account_no HAVING min(party.customer_id) <> max(party.customer_id)
"""
_DOCUMENT = """
    SELECT customer.id_key AS key, count(DISTINCT customer.name) AS persons, false AS one_seller
      FROM customers_customer customer
     WHERE customer.id_key IN ({candidates}) AND customer.merged_into_id IS NULL
       AND customer.id_type <> '' AND customer.name <> '' AND {no_filler}
     GROUP BY customer.id_key HAVING count(DISTINCT customer.name) > 1
"""
_IDENTITY = """
    SELECT customer.name || '|' || customer.birth_date || '|' || customer.sex AS key,
           count(DISTINCT customer.id_key) AS persons, false AS one_seller
      FROM customers_customer customer
     WHERE (customer.name, customer.birth_date) IN ({candidates}) AND customer.merged_into_id IS NULL
       AND customer.sex <> '' AND customer.id_key <> ''
     GROUP BY customer.name, customer.birth_date, customer.sex HAVING count(DISTINCT customer.id_key) > 1
"""
_INSURED = """
    SELECT customer.mobile AS key, 1 + count(DISTINCT insured.id) AS persons, false AS one_seller
      FROM customers_customer customer
      JOIN policies_policyparty held ON held.customer_id = customer.id AND held.role = 'holder'
      JOIN policies_policy policy ON policy.id = held.policy_id
      JOIN policies_policyparty party ON party.policy_id = policy.id AND party.role = 'insured'
      JOIN customers_customer insured ON insured.id = party.customer_id AND insured.mobile = customer.mobile
     WHERE customer.mobile IN ({candidates}) AND {alive} AND insured.id <> customer.id
       AND (insured.id_key <> customer.id_key OR insured.id_key = '')
     GROUP BY customer.mobile
"""


@dataclass(frozen=True)
class Source:
    """Where the keys of a kind stand: their columns, when there is one, and how its persons are counted.

    Below `floor` a key is nobody's concern: a couple shares its address, and half the book would be kept.
    """

    kind: SharedKind
    columns: str
    given: str
    counted: str
    table: str = "customers_customer"
    marks: str = ""
    floor: int = 2
    several: str = ""

    @property
    def every(self) -> str:
        """The keys of so many rows; an index answers alone, or `several` says where they are."""
        return (
            self.several or f"{self._of(self.table)} GROUP BY {self.columns} HAVING count(*) >= {self.floor}"
        )

    def of(self, rows: str) -> str:
        return f"{self._of(self.table)} AND id IN ({rows})"

    def several_of(self, mine: str) -> str:
        """Those keys of some rows that so many rows of the table have, each by a probe of the index."""
        own = ", ".join(f"mine.{column}" for column in self.columns.split(", "))
        alike = f"SELECT 1 FROM {self.table} WHERE ({self.columns}) = ({own}) AND {self.given}"  # noqa: S608 - our own names
        several = f"(SELECT count(*) FROM ({alike} LIMIT {self.floor}) several) >= {self.floor}"  # noqa: S608 - our own names
        return f"SELECT DISTINCT {self.columns} FROM {mine} mine WHERE {self.given} AND {several}"  # noqa: S608 - our own names

    def _of(self, table: str) -> str:
        return f"SELECT {self.columns} FROM {table} WHERE {self.given}"  # noqa: S608 - our own names


def _contact(kind: SharedKind, column: str, marks: str = "", given: str = "", floor: int = 2) -> Source:
    return Source(kind, column, given or f"{column} <> ''", _CONTACT, marks=marks, floor=floor)


SOURCES = {
    source.kind: source
    for source in (
        _contact(SharedKind.MOBILE, "mobile", "mobile_marks"),
        _contact(SharedKind.LANDLINE, "landline", "landline_marks"),
        _contact(SharedKind.ADDRESS, "address_key", given="address_key IS NOT NULL", floor=3),
        _contact(SharedKind.EMAIL, "email", floor=3),
        Source(
            SharedKind.ACCOUNT,
            "account_no",
            "account_no <> ''",
            _ACCOUNT,
            "policies_policy",
            several=_OF_SEVERAL_HOLDERS,
        ),
        Source(SharedKind.DOCUMENT, "id_key", "id_key <> ''", _DOCUMENT, marks="id_marks"),
        Source(SharedKind.INSURED, "mobile", "mobile <> ''", _INSURED, several="TABLE candidate_mobile"),
        Source(SharedKind.PERSON, "name, birth_date", "name <> '' AND birth_date IS NOT NULL", _IDENTITY),
    )
}


def counting(kind: str, candidates: Statement, new: Statement | None = None) -> Statement:
    """`key, persons, one_seller` of the candidate keys that more than one person has.

    `new` are customers who count although they stand on no policy yet.
    """
    source = SOURCES[SharedKind(kind)]
    holder = _HOLDER if new is None else f"{_HOLDER} OR {_NEW.format(asked=new[0])}"
    by_sellers = source.kind in (SharedKind.MOBILE, SharedKind.LANDLINE)
    sold = _SOLD.format(one_seller=_ONE_SELLER, alive=_ALIVE) if by_sellers else _BY_ANYBODY
    no_filler = _NO_FILLER.format(marks=source.marks) if source.marks else "true"
    text = source.counted.format(
        column=source.columns, given=source.given, candidates=candidates[0], person=_PERSON, holder=holder,
        no_seller=_NO_SELLER, no_filler=no_filler, alive=_ALIVE, one_seller=_ONE_SELLER, floor=source.floor,
        sold=sold,
    )  # fmt: skip
    ended = [[str(status) for status in ENDED]]
    if source.counted is _CONTACT:
        return text, [*candidates[1], *(new[1] if new else []), *(ended if by_sellers else [])]
    return text, [*candidates[1], *(ended if source.counted in (_ACCOUNT, _INSURED) else [])]


def _wanted(statement: Statement, at_least: int, below: int | None, one_seller: bool | None) -> Statement:
    text, params = statement
    conditions, more = ["found.persons >= %s"], [at_least]
    if below is not None:
        conditions.append("found.persons < %s")
        more.append(below)
    if one_seller is not None:
        conditions.append("found.one_seller" if one_seller else "NOT found.one_seller")
    where = " AND ".join(conditions)
    return f"({text}) found WHERE {where}", [*params, *more]


@dataclass(frozen=True)
class LiveSharing:
    """Counted now, for the keys of the customers and policies asked about; None asks about no row.

    `with_new` counts those asked about who stand on no policy yet, as a form or a file needs it.
    """

    customers: Q | None
    policies: Q | None
    with_new: bool = False
    _compiled: dict[str, Statement] = field(default_factory=dict, compare=False)

    def keys(
        self, kind: str, *, at_least: int, below: int | None = None, one_seller: bool | None = None
    ) -> RawSQL:
        """Text, numbers for ADDRESS; for the right side of IN. Addresses and e-mails begin with three."""
        if kind not in self._compiled:
            self._compiled[kind] = self._counted(kind)
        text, params = _wanted(self._compiled[kind], at_least, below, one_seller)
        number = "::bigint" if kind == SharedKind.ADDRESS else ""
        return RawSQL(f"SELECT found.key{number} FROM {text}", params)  # noqa: S608, S611 - our own text

    def _counted(self, kind: str) -> Statement:
        source = SOURCES[SharedKind(kind)]
        if kind == SharedKind.ACCOUNT:
            rows = _ids(Policy.objects.all(), self.policies)
        else:
            rows = _ids(Customer.objects.all(), self.customers)
        return counting(kind, (source.of(rows[0]), rows[1]), rows if self.with_new else None)


@dataclass(frozen=True)
class SweptSharing:
    """As `rebuild_shared_keys` left it; what is asked alike is one condition."""

    _asked: dict[tuple[Any, ...], QuerySet[Any]] = field(default_factory=dict, compare=False)

    def keys(
        self, kind: str, *, at_least: int, below: int | None = None, one_seller: bool | None = None
    ) -> QuerySet[Any]:
        """Text, numbers for ADDRESS; for the right side of IN."""
        question = kind, at_least, below, one_seller
        if question not in self._asked:
            self._asked[question] = self._found(kind, at_least, below, one_seller)
        return self._asked[question]

    def _found(self, kind: str, at_least: int, below: int | None, one_seller: bool | None) -> QuerySet[Any]:
        found = SharedKey.objects.filter(kind=kind, persons__gte=at_least).order_by()
        if below is not None:
            found = found.filter(persons__lt=below)
        if one_seller is not None:
            found = found.filter(one_seller=one_seller)
        if kind == SharedKind.ADDRESS:
            return found.values_list(Cast("key", BigIntegerField()))
        return found.values_list("key")


def statement_of(keys: QuerySet[Any] | RawSQL) -> Statement:
    """The text of keys, to stand inside another text."""
    if isinstance(keys, RawSQL):
        return keys.sql, list(keys.params)
    text, params = keys.query.sql_with_params()
    return text, list(params)


_PEOPLE = """
    SELECT customer.id
      FROM (SELECT left(key, -13) AS name, left(right(key, 12), 10)::date AS birth_date, right(key, 1) AS sex
              FROM ({keys}) AS found (key)) known
      JOIN customers_customer customer
        ON customer.name = known.name AND customer.birth_date = known.birth_date
     WHERE customer.sex = known.sex AND customer.id_key <> '' AND customer.merged_into_id IS NULL
"""


def people_of(keys: QuerySet[Any] | RawSQL) -> RawSQL:
    """The customers behind keys of PERSON; their index answers, so that no row builds its own key."""
    text, params = statement_of(keys)
    return RawSQL(_PEOPLE.format(keys=text), params)  # noqa: S611 - our own text


def _ids(rows: QuerySet[Any], chosen: Q | None) -> Statement:
    if chosen is None:
        return NOBODY
    try:
        text, params = rows.filter(chosen).order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return NOBODY
    return text, list(params)


_DIFFERING = """
    INSERT INTO customers_sharedkey (kind, key, persons, one_seller)
    SELECT kind, key, persons, one_seller FROM fresh_shared_key
    EXCEPT
    SELECT kind, key, persons, one_seller FROM customers_sharedkey
        ON CONFLICT (kind, key) DO UPDATE
       SET persons = excluded.persons, one_seller = excluded.one_seller
"""
_GONE = """
    DELETE FROM customers_sharedkey old
     WHERE old.kind = ANY(%s)
       AND NOT EXISTS (SELECT 1 FROM fresh_shared_key fresh
                        WHERE fresh.kind = old.kind AND fresh.key = old.key)
"""


# Two sets that can be counted beside each other; INSURED takes its candidates from MOBILE.
APART = (
    (SharedKind.MOBILE, SharedKind.LANDLINE, SharedKind.ACCOUNT, SharedKind.INSURED),
    (SharedKind.ADDRESS, SharedKind.EMAIL, SharedKind.DOCUMENT, SharedKind.PERSON),
)


def rebuild_shared_keys(kinds: Collection[SharedKind] = tuple(SOURCES)) -> int:
    """Counts the whole book and writes only what differs; returns how many rows that were.

    Locks nothing but the rows it writes; two at once take turns at each kind.
    """
    with transaction.atomic():
        for kind, source in SOURCES.items():
            if kind in kinds:
                _keep_candidates(kind, (source.every, []))
        return _replace([kind for kind in SOURCES if kind in kinds])


def _keep_candidates(kind: SharedKind, candidates: Statement) -> None:
    """A table of its own for the length of the transaction: counted first, the few lead to the rest."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.candidate_{kind}")
        cursor.execute(
            f"CREATE TEMPORARY TABLE candidate_{kind} ON COMMIT DROP AS {candidates[0]}", candidates[1]
        )
        cursor.execute(f"ANALYZE candidate_{kind}")


def _replace(kinds: list[SharedKind]) -> int:
    """Writes what differs from a new count of the candidates."""
    statements, params = [], []
    for kind in kinds:
        text, values = counting(kind, (f"TABLE candidate_{kind}", []))
        statements.append(f"(SELECT '{kind}' AS kind, found.* FROM ({text}) found)")  # noqa: S608 - our own
        params.extend(values)
    with connection.cursor() as cursor:
        for kind in kinds:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"customers_sharedkey {kind}"])
        cursor.execute("DROP TABLE IF EXISTS pg_temp.fresh_shared_key")
        cursor.execute("SELECT current_setting('random_page_cost')")
        (former,) = cursor.fetchone()
        cursor.execute("SET LOCAL random_page_cost = 1.1")  # few keys: an index leads to each
        cursor.execute(
            f"CREATE TEMPORARY TABLE fresh_shared_key ON COMMIT DROP AS {' UNION ALL '.join(statements)}",
            params,
        )
        cursor.execute("SELECT set_config('random_page_cost', %s, true)", [former])
        cursor.execute("ANALYZE fresh_shared_key")
        cursor.execute(_GONE, [[str(kind) for kind in kinds]])
        changed = cursor.rowcount
        cursor.execute(_DIFFERING)
        return int(changed + cursor.rowcount)
