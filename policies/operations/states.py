"""Policies over time, who serves a customer through them, and in which roles rules look at a customer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from policies.models import Policy
from policies.rules.scope import ENDED

# A state that was recorded at the very same moment is put right instead of ended: it never lasted.
_AMEND = """
    UPDATE policies_policystate state
       SET status = policy.status, in_scope = policy.in_scope, branch_id = policy.branch_id,
           agency_id = policy.agency_id, seller_id = policy.seller_id
      FROM policies_policy policy
     WHERE state.policy_id = policy.id AND policy.id = ANY(%(ids)s)
       AND state.recorded_to IS NULL AND state.recorded_from >= %(at)s
"""
_END = """
    UPDATE policies_policystate state
       SET recorded_to = %(at)s
      FROM policies_policy policy
     WHERE state.policy_id = policy.id AND policy.id = ANY(%(ids)s)
       AND state.recorded_to IS NULL AND state.recorded_from < %(at)s
       AND (state.status, state.in_scope, state.branch_id, state.agency_id, state.seller_id)
           IS DISTINCT FROM
           (policy.status, policy.in_scope, policy.branch_id, policy.agency_id, policy.seller_id)
"""
_BEGIN = """
    INSERT INTO policies_policystate
           (policy_id, status, in_scope, branch_id, agency_id, seller_id, recorded_from, recorded_to)
    SELECT policy.id, policy.status, policy.in_scope, policy.branch_id, policy.agency_id,
           policy.seller_id, %(at)s, NULL
      FROM policies_policy policy
     WHERE policy.id = ANY(%(ids)s)
       AND NOT EXISTS (SELECT 1 FROM policies_policystate state
                        WHERE state.policy_id = policy.id AND state.recorded_to IS NULL)
"""
_SERVED = """
    SELECT party.customer_id, policy.branch_id, policy.agency_id
      FROM policies_policyparty party
      JOIN policies_policy policy ON policy.id = party.policy_id
     WHERE party.customer_id = ANY(%(customers)s)
"""
_CUSTOMERS = """
    SELECT DISTINCT customer_id FROM policies_policyparty
     WHERE policy_id = ANY(%(ids)s) AND customer_id IS NOT NULL
"""
_GONE = f"""
    DELETE FROM customers_servingunit unit
     WHERE unit.customer_id = ANY(%(customers)s)
       AND NOT EXISTS (SELECT 1 FROM ({_SERVED}) served
                        WHERE served.customer_id = unit.customer_id
                          AND (served.branch_id = unit.branch_id OR served.agency_id = unit.agency_id))
"""  # noqa: S608 - our own statements put together
_BRANCHES = f"""
    INSERT INTO customers_servingunit (customer_id, branch_id, agency_id)
    SELECT DISTINCT served.customer_id, served.branch_id, NULL::bigint FROM ({_SERVED}) served
        ON CONFLICT DO NOTHING
"""  # noqa: S608 - the same
_AGENCIES = f"""
    INSERT INTO customers_servingunit (customer_id, branch_id, agency_id)
    SELECT DISTINCT served.customer_id, NULL::bigint, served.agency_id FROM ({_SERVED}) served
     WHERE served.agency_id IS NOT NULL
        ON CONFLICT DO NOTHING
"""  # noqa: S608 - the same
_COVERED = """
    INSERT INTO customers_coverage (customer_id, holder, insured, beneficiary, on_any_policy)
    SELECT party.customer_id,
           bool_or(role = 'holder' AND alive), bool_or(role = 'insured' AND alive),
           bool_or(role = 'beneficiary' AND designation <> 'statutory' AND alive), true
      FROM policies_policyparty party
      JOIN (SELECT id, in_scope AND status <> ALL(%(ended)s) AS alive FROM policies_policy) policy
        ON policy.id = party.policy_id
     WHERE party.customer_id = ANY(%(customers)s)
     GROUP BY party.customer_id
        ON CONFLICT (customer_id) DO UPDATE
       SET holder = excluded.holder, insured = excluded.insured, beneficiary = excluded.beneficiary,
           on_any_policy = excluded.on_any_policy
     WHERE (customers_coverage.holder, customers_coverage.insured, customers_coverage.beneficiary)
           IS DISTINCT FROM (excluded.holder, excluded.insured, excluded.beneficiary)
"""
_UNCOVERED = """
    DELETE FROM customers_coverage coverage
     WHERE coverage.customer_id = ANY(%(customers)s)
       AND NOT EXISTS (SELECT 1 FROM policies_policyparty party
                        WHERE party.customer_id = coverage.customer_id)
"""


def record_states(*, policy_ids: Collection[int], at: datetime) -> None:
    """Ends the current state of policies that are no longer so, and begins the new one at `at`."""
    if not policy_ids:
        return
    values: dict[str, Any] = {"ids": list(policy_ids), "at": at}
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (_AMEND, _END, _BEGIN):
            cursor.execute(statement, values)


def refresh_serving_units(*, policy_ids: Collection[int] = (), customer_ids: Collection[int] = ()) -> None:
    """Who serves the customers of these policies and those named, and their roles, become exactly so."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CUSTOMERS, {"ids": list(policy_ids)})
        customers = sorted({row[0] for row in cursor.fetchall()} | set(customer_ids))
        if not customers:
            return
        values: dict[str, Any] = {"customers": customers, "ended": [str(status) for status in ENDED]}
        for statement in (_GONE, _BRANCHES, _AGENCIES, _UNCOVERED, _COVERED):
            cursor.execute(statement, values)


def follow_policies(*, touched: str, at: datetime) -> None:
    """As recording their states and refreshing who serves, for the policies that a temporary table names."""
    chosen = f"IN (SELECT id FROM {touched})"  # noqa: S608 - a table of our own
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (_AMEND, _END, _BEGIN):
            cursor.execute(statement.replace("= ANY(%(ids)s)", chosen), {"at": at})
    _follow_customers(chosen)


def follow_parties(*, touched: str) -> None:
    """As `follow_policies`, for the policies of the parties that a temporary table names."""
    _follow_customers(
        f"IN (SELECT policy_id FROM policies_policyparty WHERE id IN (SELECT id FROM {touched}))"  # noqa: S608
    )


def _follow_customers(chosen: str) -> None:
    values: dict[str, Any] = {"ended": [str(status) for status in ENDED]}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS followed_customer")
        found = _CUSTOMERS.replace("= ANY(%(ids)s)", chosen)
        cursor.execute(f"CREATE TEMP TABLE followed_customer ON COMMIT DROP AS {found}")
        cursor.execute("ANALYZE followed_customer")
        for statement in (_GONE, _BRANCHES, _AGENCIES, _UNCOVERED, _COVERED):
            cursor.execute(
                statement.replace("= ANY(%(customers)s)", "IN (SELECT customer_id FROM followed_customer)"),
                values,
            )


def rescope_policies(*, product_ids: Collection[int], at: datetime) -> list[int]:
    """Policies of products whose scope changed follow it, with a new state; returns their ids."""
    moved: list[Policy] = []
    for policy in Policy.objects.select_related("product").filter(product_id__in=product_ids).iterator():
        if policy.in_scope != policy.product.in_scope:
            policy.in_scope = policy.product.in_scope
            policy.version += 1
            moved.append(policy)
    Policy.objects.bulk_update(moved, ["in_scope", "version"], batch_size=500)
    ids = [policy.pk for policy in moved]
    record_states(policy_ids=ids, at=at)
    refresh_serving_units(policy_ids=ids)
    return ids
