"""What rules find on people: customers, and beneficiaries that stand as written alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from tests.oracle import texts
from tests.oracle.export import age, day
from tests.oracle.found import Found, Subject
from tests.oracle.texts import TODAY, is_blank, is_filler

Row = Mapping[str, Any]
IDENTITY = ("name_raw", "sex", "birth_date", "id_type", "id_no_raw")
LETTERS = dict(zip(("name", "sex", "birth_date", "id_type", "id_no"), "abcde", strict=True))
NATIONS = {
    "resident_id": {"CHN"},
    "passport": {"CHN"},
    "hk_macau_permit": {"HKG", "MAC"},
    "taiwan_permit": {"TWN"},
    "residence_permit": {"HKG", "MAC", "TWN"},
}
NOT_FOREIGN = {"CHN", "HKG", "MAC", "TWN"}
DATED = (
    "resident_id", "residence_permit", "foreign_pr", "hk_macau_permit", "taiwan_permit", "passport",
    "foreign_passport",
)  # fmt: skip
# Two days about a term of average years: the eve and the day itself are right.
SLACK_DAYS = 2


def plain(field: str) -> str:
    return field.removesuffix("_raw")


def row_of(party: Row) -> str:
    """How a finding names one party of a policy."""
    return ":".join(part for part in (party["role"], party["benefit"], party["position"]) if part)


class Words:
    def __init__(self, words: pl.DataFrame) -> None:
        lists: dict[str, set[str]] = {}
        for name, text in words.iter_rows():
            lists.setdefault(name, set()).add(text)
        self.titles = frozenset(lists["title"])
        self.tests = frozenset(word.lower() for name in ("test_name", "example_name") for word in lists[name])
        self.outlets = re.compile("|".join(sorted(lists["outlet_word"])))
        self.placeholders = frozenset(lists["phone_placeholder"])
        self.company = frozenset(texts.phone_of(text) for text in lists.get("company_phone", ()))


def covered(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Customers with their roles on living policies in scope and the last application in each."""
    named = (pl.col("role") != "beneficiary") | (pl.col("designation") != "statutory")
    living = frames["policies"].filter(pl.col("alive")).select(policy_id="id", applied_on="applied_on")
    places = frames["parties"].filter(named & (pl.col("customer_id") != "")).join(living, on="policy_id")
    applied = [
        pl.col("applied_on").filter(pl.col("role").is_in(list(roles))).max().alias(name)
        for name, roles in (
            ("applied_any", ("holder", "insured", "beneficiary")),
            ("applied", ("holder", "insured")),
        )
    ]
    roles = places.group_by("customer_id").agg(
        *[(pl.col("role") == role).any().alias(role) for role in ("holder", "insured", "beneficiary")],
        *applied,
    )
    joined = frames["customers"].join(roles, left_on="id", right_on="customer_id", how="inner")
    return joined.with_columns(pl.col("applied", "applied_any").fill_null(""))


def judge_persons(frames: Mapping[str, pl.DataFrame], words: Words, found: Found) -> None:
    for row in covered(frames).iter_rows(named=True):
        subject = ("customer", row["number"], "")
        for rule, field in (*of_person(row, words), *of_customer(row)):
            found.add(subject, rule, field, LETTERS.get(field, "") if rule in ("REQ-001", "REQ-004") else "")
    living = (
        frames["policies"]
        .filter(pl.col("alive"))
        .select(policy_id="id", policy="number", applied_any="applied_on")
    )
    alone = frames["parties"].filter((pl.col("customer_id") == "") & (pl.col("designation") != "statutory"))
    for row in alone.join(living, on="policy_id").iter_rows(named=True):
        party: Subject = ("policy", row["policy"], row_of(row))
        for rule, field in of_person(row, words):
            found.add(party, rule, field)


def of_person(row: Row, words: Words) -> Iterator[tuple[str, str]]:
    yield from of_name(row, words)
    yield from of_number(row)
    yield from of_days(row)
    if row["nationality"] and _foreign_to_it(row):
        yield "ID-030", "nationality"


def of_name(row: Row, words: Words) -> Iterator[tuple[str, str]]:
    if row["name_raw"].strip():
        codes = texts.name_codes(row["name_raw"], row["id_type"], (words.titles, words.tests))
        yield from ((code, "name") for code in codes)


def of_number(row: Row) -> Iterator[tuple[str, str]]:
    kind, text = row["id_type"], row["id_no_raw"]
    if not text:
        return
    for code in texts.document_codes(kind, text):
        yield code, "id_type" if code == "ID-012" else "id_no"
    born, sex = texts.said_by_number(kind, text)
    if born and row["birth_date"] and born != day(row["birth_date"]):
        yield "ID-008", "birth_date"
    if sex and row["sex"] and sex != row["sex"]:
        yield "ID-009", "sex"
    birth, applied = day(row["birth_date"]), day(row["applied_any"])
    if birth and applied:
        for kind_asked, code, years in (
            ("household_register", "ID-028", 16),
            ("birth_certificate", "ID-029", 2),
        ):
            if kind == kind_asked and age(birth, applied) >= years:
                yield code, "id_type"


def _foreign_to_it(row: Row) -> bool:
    kind, nation = row["id_type"], row["nationality"]
    if kind in ("foreign_pr", "foreign_passport"):
        return nation in NOT_FOREIGN
    return kind in NATIONS and nation not in NATIONS[kind]


def of_days(row: Row) -> Iterator[tuple[str, str]]:
    start, end, birth = day(row["id_valid_from"]), day(row["id_valid_to"]), day(row["birth_date"])
    kind, endless = row["id_type"], row["id_long_term"] == "t"
    if start and end and end < start:
        yield "VAL-001", "id_valid_to"
    if start and (start > TODAY or (birth and start < birth)):
        yield "VAL-001", "id_valid_from"
    if end and end < TODAY:
        yield "VAL-003", "id_valid_to"
    if end and TODAY <= end <= TODAY + timedelta(days=30):
        yield "VAL-004", "id_valid_to"
    if start and birth and (end or endless) and _wrong_term(kind, age(birth, start), start, end):
        yield ("VAL-005" if kind == "resident_id" else "VAL-009"), "id_valid_to"
    eighteen = len(texts.number_of(row["id_no_raw"])) == 18
    if kind == "resident_id" and eighteen and start and start < date(2004, 1, 1):
        yield "VAL-006", "id_valid_from"
    if kind == "household_register":
        if not start:
            yield "VAL-007", "id_valid_from"
        if end:
            yield "VAL-007", "id_valid_to"


def _wrong_term(kind: str, years: int, start: date, end: date | None) -> bool:
    """`end` is None for a document without end."""
    if kind == "resident_id":
        term = 5 if years < 16 else 10 if years <= 25 else 20 if years <= 45 else None
    elif kind == "passport":
        term = 5 if years < 16 else 10
    else:
        return False
    if term is None or end is None:
        return (term is None) != (end is None)
    return abs((end - start).days - int(term * 365.25)) > SLACK_DAYS


# -- customers alone ----------------------------------------------------------------------------------


def of_customer(row: Row) -> Iterator[tuple[str, str]]:
    for role, code in (("holder", "REQ-001"), ("insured", "REQ-004")):
        if row[role]:
            yield from ((code, plain(field)) for field in IDENTITY if is_blank(row[field]))
    for field in ("name_raw", "id_no_raw", "mobile_raw", "landline_raw", "address_raw", "postcode", "email"):
        empty = field == "address_raw" and not row["address"]
        if is_filler(row[field]) and not empty:
            yield "REQ-008", plain(field)
    if row["holder"] or row["insured"]:
        yield from _papers(row)
    if row["holder"]:
        yield from _reachable(row)
        yield from _kept_up(row)


def _papers(row: Row) -> Iterator[tuple[str, str]]:
    if row["id_type"] in DATED:
        if not row["id_valid_from"]:
            yield "VAL-010", "id_valid_from"
        if not row["id_valid_to"] and row["id_long_term"] != "t":
            yield "VAL-010", "id_valid_to"
    if row["id_valid_to"] and row["id_valid_to"] < row["applied"]:
        yield "VAL-002", "id_valid_to"


def _reachable(row: Row) -> Iterator[tuple[str, str]]:
    no_mobile, no_landline = is_blank(row["mobile_raw"]), is_blank(row["landline_raw"])
    if no_mobile:
        yield ("REQ-002" if no_landline else "REQ-007"), "mobile"
    if is_blank(row["address_raw"]):
        yield "REQ-003", "address"
    postcode = texts.folded(row["postcode"])
    areas = "(0[1-7]|1[0-356]|2[0-7]|3[0-6]|4[0-7]|5[0-7]|6[0-7]|7[0-5]|8[0-9]|9[0-8])[0-9]{4}|99907[78]"
    if postcode and not re.fullmatch(areas, postcode):
        yield "AD-011", "postcode"


def _kept_up(row: Row) -> Iterator[tuple[str, str]]:
    key = texts.key_of(row["id_type"], row["id_no_raw"])
    checked, lapses = row["identity_checked_on"], day(row["identity_check_lapses_on"])
    if not checked or row["identity_checked_key"] != key or (lapses and lapses < TODAY):
        yield "IC-001", "identity_checked_on"
    if not row["contact_confirmed_on"] or row["contact_confirmed_on"] < "2024-11-20":
        yield "CT-001", "contact_confirmed_on"
