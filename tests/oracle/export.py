"""Takes what the oracle judges out of the database: what was written, and the few facts that it is given."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import polars as pl

ENDED = ("surrendered", "matured", "claimed", "refused")
PERSON = (
    "name_raw, sex, birth_date, id_type, id_no_raw, id_valid_from, id_valid_to, id_long_term, nationality"
)
TABLES = {
    "customers": f"""
        SELECT id, number, {PERSON}, mobile_raw, landline_raw, mobile AS mobile_normal,
               landline AS landline_normal, address_raw, address, province_code, city_code,
               district_code, address_detail, address_key, 'AD-002' = ANY(address_marks) AS misplaced, postcode,
               email, identity_checked_on, identity_checked_key, identity_check_lapses_on, contact_confirmed_on
          FROM customers_customer""",
    "policies": """
        SELECT policy.*, product.line, product.term_years, product.whole_life, product.guaranteed_renewal
          FROM policies_policy policy JOIN policies_product product ON product.id = policy.product_id""",
    "parties": f"""
        SELECT id, policy_id, role, position, customer_id, benefit, designation, relation, "order", share, phone,
               address AS party_address, occupation, guardian_name, guardian_phone, {PERSON}
          FROM policies_policyparty""",
    "sellers": "SELECT id, staff_no, name, id_no, agency_id FROM agents_salesagent",
    "seller_phones": "SELECT seller_id, phone FROM agents_salesagentphone",
    "standings": "SELECT seller_id, standing, valid_from, valid_to FROM agents_sellerstanding",
    "registrations": "SELECT seller_id, number, institution, valid_from, valid_to FROM agents_registration",
    "agencies": "SELECT id, number, name, uscc, phone, address, address_key, licence_no, licence_valid_to"
    " FROM agents_agency",
    "outlets": "SELECT id, number, name, level, agency_id, phone, address, address_key, district_code,"
    " opened_on, closed_on FROM agents_outlet",
    "outlet_names": "SELECT outlet_id, name FROM agents_outletname",
    "outlet_phones": "SELECT outlet_id, phone FROM agents_outletphone",
    "branches": "SELECT phone, address, address_key, district_code FROM agents_branch",
    "attempts": "SELECT customer_id, point, key, outcome, tried_at FROM customers_contactattempt",
    "images": "SELECT customer_id, sha256 FROM customers_customerimage",
    "ties": "SELECT customer_id, relative_id FROM customers_relationship",
    "forms": "SELECT policy_id, says_normal FROM policies_applicationform WHERE policy_id IS NOT NULL",
    "words": "SELECT list, text FROM authenticity_word",
    "divisions": "SELECT code, name, level FROM authenticity_division",
}


def exported(server: Any) -> dict[str, pl.DataFrame]:
    """All columns are text; NULL is empty."""
    frames = {}
    for name, query in TABLES.items():
        out = io.BytesIO()
        with server.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)") as copy:
            for block in copy:
                out.write(block)
        out.seek(0)
        frames[name] = pl.read_csv(out, infer_schema=False).fill_null("")
    frames["policies"] = with_scope(frames["policies"])
    return frames


def with_scope(policies: pl.DataFrame) -> pl.DataFrame:
    """`alive`: individual business over one year (SCP-001) that has not ended."""
    years = pl.col("term_years").cast(pl.Int64, strict=False).fill_null(0)
    long = (years > 1) | (pl.col("whole_life") == "t") | (pl.col("guaranteed_renewal") == "t")
    ended = pl.col("status").is_in(list(ENDED))
    return policies.with_columns(alive=(pl.col("line") == "individual") & long & ~ended)


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
