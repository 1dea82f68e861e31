"""Whom a change also concerns: those who share a number with the changed record, now or before."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import lru_cache

from django.apps import apps
from django.db.models import Q, QuerySet

from audits.choices import FindingState
from audits.models import Finding
from audits.statements import Statement
from policies.models import ApplicationForm, PolicyParty
from workplace.ids import Among

# Rules whose verdict on one record depends on others.
SHARING = frozenset(
    {"ID-010", "ID-011", "PH-020", "PH-021", "PH-022", "PH-023", "PH-024", "AD-008", "AD-009"}
    | {"BK-004", "EM-002", "EM-003"}
)
# By what customers find each other; a blank one finds nobody.
SHARED_COLUMNS = ("id_key", "mobile", "landline", "address_key", "email")
# One key that more than so many have is a filler, and waits for the nightly sweep.
MOST = 500
SHARERS = """
    SELECT other.id
      FROM (SELECT DISTINCT {column} AS key FROM ({rows}) had WHERE {given}) touched
     CROSS JOIN LATERAL (SELECT id FROM customers_customer customer
                          WHERE customer.{column} = touched.key AND {given} LIMIT {most}) other
"""
TOUCHED = """
    SELECT {columns} FROM {table} WHERE id = ANY(%(ids)s)
     UNION ALL
    SELECT {columns} FROM {table}event WHERE pgh_obj_id = ANY(%(ids)s)
       AND pgh_created_at >= coalesce(%(since)s, now() - interval '1 day')
"""


def with_neighbours(
    customer_ids: Iterable[int], policy_ids: Iterable[int], since: datetime | None = None
) -> tuple[set[int], set[int]]:
    """The customers and policies to judge again; numbers that they had since then (a day ago) count too."""
    touched, policies = with_parties(customer_ids, policy_ids)
    sharers, same_account = neighbours(touched, policies, since)
    return touched | sharers, policies | same_account


def neighbours(
    customers: set[int], policies: set[int], since: datetime | None = None
) -> tuple[set[int], set[int]]:
    """Customers who share or shared something with these, and policies with the account of one of those."""
    sharers: set[int] = set()
    if customers or policies:
        sharers = _sharers(customers, since) | _former_sharers(customers, policies) | _same_image(customers)
    return sharers, _same_account(policies, since)


def with_parties(
    customer_ids: Iterable[int], policy_ids: Iterable[int], standing: Collection[int] | None = None
) -> tuple[set[int], set[int]]:
    """Policies bring those who stand or stood on them, and customers their policies.

    Customers who are not `standing` bring those alone whose form was compared with all that they wrote.
    """
    customers, policies = set(customer_ids), set(policy_ids)
    parties: set[int] = set()
    if policies:
        parties = _ids(_parties(policies), "customer_id") | _ids(_past_parties(policies), "customer_id")
    bringing = parties | (customers if standing is None else set(standing))
    if bringing:
        policies |= _ids(PolicyParty.objects.filter(Among("customer_id", bringing)), "policy_id")
    if resting := customers - bringing:
        with_form = Q(policy__in=ApplicationForm.objects.order_by().values("policy"))
        of_resting = PolicyParty.objects.filter(Among("customer_id", resting))
        policies |= _ids(of_resting.filter(with_form), "policy_id")
    return customers | parties, policies


def _parties(policies: Collection[int]) -> QuerySet[PolicyParty]:
    return PolicyParty.objects.filter(Among("policy_id", policies))


def _past_parties(policies: Collection[int]) -> QuerySet[PolicyParty]:
    """Who stood on them once: a party that was taken away leaves its customer to be judged."""
    model = apps.get_model("policies", "PolicyPartyEvent")
    found: QuerySet[PolicyParty] = model._default_manager.filter(Among("policy_id", policies))
    return found


def _same_image(touched: set[int]) -> set[int]:
    return _asked(_image_statement(), touched, None)


def _sharers(touched: set[int], since: datetime | None) -> set[int]:
    return _asked(_sharing_statement(), touched, since)


def _same_account(policies: set[int], since: datetime | None) -> set[int]:
    return _asked(_account_statement(), policies, since)


@lru_cache(maxsize=1)
def _sharing_statement() -> Statement:
    """Those with a contact or a document in common, and those of the same name and birth date."""
    rows = TOUCHED.format(columns=", ".join(SHARED_COLUMNS), table="customers_customer")
    found = [
        SHARERS.format(
            column=column,
            rows=rows,
            given=f"{column} IS NOT NULL" if column == "address_key" else f"{column} <> ''",
            most=MOST,
        )
        for column in SHARED_COLUMNS
    ]
    rows = TOUCHED.format(columns="name, birth_date", table="customers_customer")
    found.append(
        f"""SELECT other.id FROM (SELECT DISTINCT name, birth_date FROM ({rows}) had WHERE name <> '') own
              JOIN customers_customer other
                ON other.name = own.name AND other.birth_date = own.birth_date"""  # noqa: S608 - our own text
    )
    return Statement(" UNION ".join(found))


@lru_cache(maxsize=1)
def _image_statement() -> Statement:
    """Those of whom an image of a touched one stands too (IMG-002)."""
    return Statement(
        f"""SELECT other.customer_id
              FROM (SELECT DISTINCT sha256 FROM customers_customerimage WHERE customer_id = ANY(%(ids)s)) own
             CROSS JOIN LATERAL (SELECT customer_id FROM customers_customerimage image
                                  WHERE image.sha256 = own.sha256 LIMIT {MOST}) other"""  # noqa: S608 - ours
    )


@lru_cache(maxsize=1)
def _account_statement() -> Statement:
    rows = TOUCHED.format(columns="account_no", table="policies_policy")
    return Statement(
        f"""SELECT other.id FROM policies_policy other
             WHERE other.account_no <> '' AND other.account_no IN (SELECT account_no FROM ({rows}) had)
             LIMIT {MOST}"""  # noqa: S608 - our own text
    )


def _asked(statement: Statement, ids: Collection[int], since: datetime | None) -> set[int]:
    if not ids:
        return set()
    return {row[0] for row in statement.run({"ids": sorted(ids), "since": since}, often=True)}


def _former_sharers(touched: set[int], policies: set[int]) -> set[int]:
    """Those with an open finding about the very value that a touched one had."""
    shared = Q(rule__in=SHARING, state=FindingState.OPEN)
    of_touched = Q(customer__in=touched) | Q(policy__in=policies)
    hashes = list(Finding.objects.filter(shared, of_touched).values_list("value_hash", flat=True))
    if not hashes:
        return set()
    alike = Finding.objects.filter(shared, value_hash__in=hashes)[:MOST]
    return {pk for pk in alike.values_list("customer_id", flat=True) if pk}


def _ids(rows: QuerySet[PolicyParty], column: str) -> set[int]:
    return {pk for pk in rows.order_by().values_list(column, flat=True) if pk}
