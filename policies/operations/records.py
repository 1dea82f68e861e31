"""Writes products and policies from rows of a file."""

from __future__ import annotations

from collections.abc import Sequence

from agents.models import Branch
from agents.operations.records import in_both, place, plain, reference
from agents.operations.scope import writing_reach
from policies.accounts import account_columns, owner_number
from policies.models import Policy, Product
from policies.operations.sellers import MATCHED, match_sellers
from policies.operations.states import record_states, refresh_serving_units, rescope_policies
from workplace.choices import RowVerdict
from workplace.intake.kinds import Row, WriteContext
from workplace.intake.upsert import Upsert, by_key, ids_by

WRITTEN = (RowVerdict.NEW, RowVerdict.CHANGED)
TERMS = ("payment_years", "death_cover", "insured_consent", "income_proof", "account_holder_name")
RECORDED = (
    "seller_no",
    "seller_name",
    "outlet_no",
    "outlet_name",
    "agency_branch_no",
    "agency_branch_name",
    "agency_no",
    "agency_name",
)


def write_products(rows: Sequence[Row], context: WriteContext) -> None:
    """Products belong to the whole company: only who reaches everything may bring them."""
    reach = writing_reach(context.actor)
    found = by_key(Product.objects.all(), "code", [row.key for row in rows])
    for row in rows:
        if not reach.everything:
            row.reject("", "out_of_reach")
        if not row.values.get("term_years") and not row.values.get("whole_life"):
            row.reject("term_years", "term_or_whole_life")
        plain(row, "code", "name", "line", "term_years", "whole_life", "guaranteed_renewal")
        if row.values.get("cooling_off_days") is not None:
            plain(row, "cooling_off_days")
    upsert = Upsert(model=Product, rows=rows, context=context, record_kind="product")
    upsert.load(found)
    upsert.write()
    changed = [row.record.pk for row in rows if row.verdict == RowVerdict.CHANGED]
    rescope_policies(product_ids=changed, at=context.at)


def write_policies(rows: Sequence[Row], context: WriteContext) -> None:
    reach = writing_reach(context.actor)
    branches = ids_by(Branch.objects.all(), "number", [row.value("branch") for row in rows])
    products = _products(rows)
    found = by_key(Policy.objects.all(), "number", [row.key for row in rows])
    for row in rows:
        known = found.get(row.key)
        branch_id = reference(row, "branch", branches)
        in_both(row, reach, branch_id, known.branch_id if known else branch_id)
        product = products.get(row.value("product"))
        if row.value("product") and product is None:
            row.reject("product", "unknown_reference", value=row.value("product"))
        plain(row, "number", "channel", "status", "applied_on", "issued_on", "effective_on", "premium")
        plain(row, *RECORDED, *TERMS)
        place(row, "account_no", account_columns(row.value("account_no")))
        owner = owner_number(row.value("account_holder_id_no"))
        place(row, "account_holder_id_no", {"account_holder_id_no": owner})
        if row.value("business_stage"):
            plain(row, "business_stage")
        place(row, "branch", {"branch_id": branch_id})
        if product is not None:
            place(row, "product", {"product_id": product.pk, "in_scope": product.in_scope})
    upsert = Upsert(
        model=Policy,
        rows=rows,
        context=context,
        record_kind="policy",
        finish=match_sellers,
        derived=MATCHED,
    )
    upsert.load(found)
    upsert.write()
    written = [row.record.pk for row in rows if row.verdict in WRITTEN]
    record_states(policy_ids=written, at=context.at)
    refresh_serving_units(policy_ids=written)


def _products(rows: Sequence[Row]) -> dict[str, Product]:
    codes = {row.value("product") for row in rows} - {""}
    return {product.code: product for product in Product.objects.filter(code__in=codes)}
