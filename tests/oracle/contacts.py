"""What rules find on phones, addresses and e-mails of policyholders, alone and against others'."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl

from authenticity.relations import RELATIONS
from tests.oracle import texts
from tests.oracle.export import age, day
from tests.oracle.found import Found
from tests.oracle.persons import Words, covered
from tests.oracle.texts import TODAY

Row = Mapping[str, Any]
Frames = Mapping[str, pl.DataFrame]
NUMBERED = re.compile("[0-9零〇一二三四五六七八九十百]+(号|弄|巷|栋|幢|座|楼|室|单元|组|队|社|户|层|#)|[0-9]")
VILLAGE = re.compile("(村|屯|庄|寨|围|垸|嘎查|苏木|社区|牧场|农场|林场)")
ROAD_END = re.compile("(路|街|道|镇|乡|县|附近|对面|旁边)$")
LANE_END = re.compile("(里|巷|园|区)$")
MUNICIPALITIES = ("110000", "120000", "310000", "500000")
NO_DISTRICT = ("441900", "442000", "460400", "620200")


def stable(text: str) -> str:
    return str(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], signed=True))


class People:
    """Covered customers with what they are compared by."""

    def __init__(self, frames: Frames) -> None:
        self.frames = frames
        rows = covered(frames).iter_rows(named=True)
        self.rows: dict[str, dict[str, Any]] = {row["id"]: row for row in rows}
        for row in self.rows.values():
            row["key"] = numbered(row)
            row["mobile"] = "" if texts.is_filler(row["mobile_raw"]) else texts.phone_of(row["mobile_raw"])
            row["landline"] = (
                "" if texts.is_filler(row["landline_raw"]) else texts.phone_of(row["landline_raw"])
            )
            row["mail"] = "" if texts.is_filler(row["email"]) else texts.folded(row["email"]).lower()
        self.holders = [row for row in self.rows.values() if row["holder"]]
        self.sellers = {
            row["id"]: texts.key_of("resident_id", row["id_no"])
            for row in frames["sellers"].iter_rows(named=True)
        }
        self.kin = kin_of(frames)
        # Own staff are left out of what several have in common (RULES, section 2).
        staff = set(self.sellers.values()) - {""}
        self.counted = [row for row in self.holders if row["key"] not in staff]


def numbered(row: Row) -> str:
    """What a document number is compared by; signs alone are none."""
    key = texts.key_of(row["id_type"], row["id_no_raw"])
    return "" if re.fullmatch("[-./]*", key) else key


def kin_of(frames: Frames) -> dict[str, set[str]]:
    """Declared relatives, and whom policies name as family, by customer; as written, by document number."""
    pairs = set(frames["ties"].iter_rows())
    people = frames["parties"].filter((pl.col("customer_id") != "") | (pl.col("id_no_raw") != ""))
    known: defaultdict[str, set[str]] = defaultdict(set)
    for row in frames["customers"].iter_rows(named=True):
        known[texts.key_of(row["id_type"], row["id_no_raw"])].add(row["id"])
    family = people.filter(pl.col("relation").is_in([code for code, one in RELATIONS.items() if one.family]))
    holders = people.filter(pl.col("role") == "holder").select("policy_id", of="customer_id")
    insureds = people.filter((pl.col("role") == "insured") & (pl.col("position") == "1"))
    for role, others in (
        ("insured", holders),
        ("beneficiary", insureds.select("policy_id", of="customer_id")),
    ):
        joined = family.filter(pl.col("role") == role).join(others, on="policy_id")
        for row in joined.iter_rows(named=True):
            written = (
                known.get(texts.key_of(row["id_type"], row["id_no_raw"]), set())
                if row["id_no_raw"]
                else set()
            )
            pairs |= {(one, row["of"]) for one in ({row["customer_id"]} if row["customer_id"] else written)}
    kin: defaultdict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        kin[one].add(other)
        kin[other].add(one)
    return kin


def judge_contacts(people: People, words: Words, found: Found) -> None:
    units = units_of(people.frames, words)
    for row in people.holders:
        subject = ("customer", row["number"], "")
        for rule, field in (
            *of_phones(row, words),
            *of_address(row, people, words),
            *of_units(row, people, units),
        ):
            found.add(subject, rule, field)
    unreached(people, found)
    shared_contacts(people, found)
    insured_number(people, found)


def of_phones(row: Row, words: Words) -> Iterator[tuple[str, str]]:
    for field in ("mobile", "landline"):
        text = row[f"{field}_raw"]
        if text.strip() and not texts.is_filler(text):
            for code in texts.phone_codes(text, field == "mobile", words.placeholders):
                yield code, field


def of_address(row: Row, people: People, words: Words) -> Iterator[tuple[str, str]]:
    """The division codes and the detail behind them are facts that the oracle is given."""
    full, detail = row["address"], row["address_detail"]
    if texts.is_blank(row["address_raw"]):
        return
    city, district = row["city_code"], row["district_code"]
    no_city = not city and row["province_code"] not in MUNICIPALITIES
    numbered, village = NUMBERED.search(detail), VILLAGE.search(detail)
    lane = LANE_END.search(detail) and not numbered and not village
    checks = (
        ("AD-001", not row["province_code"] or no_city or (not district and city not in NO_DISTRICT)),
        ("AD-002", row["misplaced"] == "t"),
        ("AD-004", not numbered and not village),
        ("AD-005", ROAD_END.search(detail) or lane),
        ("AD-006", len(full) <= 6 or len(detail) < 4),
        ("AD-007", words.outlets.search(detail) and row["key"] not in people.sellers.values()),
        ("AD-010", is_odd(row)),
    )
    yield from ((code, "address") for code, holds in checks if holds)


def is_odd(row: Row) -> bool:
    full = texts.folded(row["address_raw"])
    again = re.search(r"(.{2,}?[省市]).*\1", full)
    return not re.search("[\u4e00-\u9fff]", full) or bool(re.search(r"([^0-9])\1{3}", full)) or bool(again)


# -- numbers and addresses of units -------------------------------------------------------------------


class Units:
    def __init__(self, seller_phones: dict[str, set[str]], phones: set[str], addresses: set[str]) -> None:
        self.seller_phones, self.phones, self.addresses = seller_phones, phones, addresses


def units_of(frames: Frames, words: Words) -> Units:
    sellers: defaultdict[str, set[str]] = defaultdict(set)
    for seller, phone in frames["seller_phones"].iter_rows():
        sellers[texts.phone_of(phone)].add(seller)
    tables = ("outlets", "agencies", "branches")
    phones = {
        texts.phone_of(text) for name in (*tables, "outlet_phones") for text in frames[name]["phone"] if text
    }
    addresses = {key for name in tables for key in frames[name]["address_key"] if key}
    return Units(sellers, phones | words.company, addresses)


def of_units(row: Row, people: People, units: Units) -> Iterator[tuple[str, str]]:
    for field in ("mobile", "landline"):
        number = row[field]
        if number and any(
            people.sellers[seller] != row["key"] for seller in units.seller_phones.get(number, ())
        ):
            yield "PH-020", field
        if number in units.phones:
            yield "PH-021", field
    if row["address_key"] in units.addresses:
        yield "AD-008", "address"


# -- what did not arrive ------------------------------------------------------------------------------


def failing(attempts: pl.DataFrame) -> set[tuple[str, str, str]]:
    """Who was not reached there the last two times or more."""
    last = attempts.sort("tried_at").group_by("customer_id", "point", "key").agg(pl.col("outcome").tail(2))
    both = pl.col("outcome").list.len() == 2
    none = ~pl.col("outcome").list.contains("delivered")
    return set(last.filter(both & none).select("customer_id", "point", "key").iter_rows())


def unreached(people: People, found: Found) -> None:
    failed = failing(people.frames["attempts"])
    for row in people.holders:
        normal = {"mobile": row["mobile_normal"], "landline": row["landline_normal"]}
        present = {field: stable(text) for field, text in normal.items() if text}
        present |= {"email": stable(row["mail"])} if row["mail"] else {}
        present |= {"address": row["address_key"]} if row["address_key"] else {}
        for field, key in present.items():
            if (row["id"], field, key) in failed:
                found.add(("customer", row["number"], ""), "PH-026", field)


# -- what several have in common ----------------------------------------------------------------------


def clusters(rows: Iterable[Row], column: str) -> Iterator[list[Row]]:
    """Those with the same value, more than one person by the document number."""
    yield from (found for found in sharing(rows, column).values() if persons(found) > 1)


def sharing(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    together: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row[column]:
            together[row[column]].append(row)
    return together


def persons(rows: Iterable[Row]) -> int:
    """Who has no number is a person of one's own."""
    return len({row["key"] or row["id"] for row in rows})


def shared_contacts(people: People, found: Found) -> None:
    sold = sold_by(people.frames)
    for field in ("mobile", "landline"):
        having = sharing(people.holders, field)
        for rows in clusters(people.counted, field):
            one_seller = sold_alike(rows, sold)
            for row in rows:
                subject = ("customer", row["number"], "")
                code = "PH-023" if persons(rows) >= 3 else "PH-022"
                if code == "PH-022" and has_kin(row, having[row[field]], people.kin):
                    continue
                found.add(subject, code, field)
                if one_seller:
                    found.add(subject, "PH-024", field)
    for column, field in (("address_key", "address"), ("mail", "email")):
        having = sharing(people.holders, column)
        for rows in clusters(people.counted, column):
            for row in rows if persons(rows) >= 3 else ():
                if not has_kin(row, having[row[column]], people.kin):
                    found.add(("customer", row["number"], ""), "AD-009", field)


def has_kin(row: Row, rows: Iterable[Row], kin: Mapping[str, set[str]]) -> bool:
    return any(other["id"] in kin.get(row["id"], ()) for other in rows if other["id"] != row["id"])


def sold_by(frames: Frames) -> dict[str, list[tuple[str, str]]]:
    """Seller and outlet as recorded on each policy that somebody holds."""
    living = frames["policies"].filter(pl.col("alive"))
    held = (
        frames["parties"].filter(pl.col("role") == "holder").join(living, left_on="policy_id", right_on="id")
    )
    sold: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for customer, seller, outlet in held.select("customer_id", "seller_no", "outlet_no").iter_rows():
        sold[customer].append((seller, outlet))
    return sold


def sold_alike(rows: Iterable[Row], sold: Mapping[str, list[tuple[str, str]]]) -> bool:
    policies = [pair for row in rows for pair in sold.get(row["id"], ())]
    return any(len({pair[place] for pair in policies}) == 1 and policies[0][place] for place in (0, 1))


def insured_number(people: People, found: Found) -> None:
    """PH-027."""
    living = people.frames["policies"].filter(pl.col("alive")).select(policy_id="id")
    parties = people.frames["parties"].join(living, on="policy_id").select("policy_id", "role", "customer_id")
    holders = parties.filter(pl.col("role") == "holder").select("policy_id", holder="customer_id")
    pairs = parties.filter(pl.col("role") == "insured").join(holders, on="policy_id")
    for insured, holder in set(pairs.select("customer_id", "holder").iter_rows()):
        one, other = people.rows[insured], people.rows[holder]
        born = day(one["birth_date"])
        adult = born and age(born, TODAY) >= 18
        if other["mobile"] and one["mobile"] == other["mobile"] and one["key"] != other["key"] and adult:
            found.add(("customer", other["number"], ""), "PH-027", "mobile")


# -- one document of several, several documents of one -------------------------------------------------


def judge_identities(people: People, found: Found) -> None:
    together: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    rows = [people.rows.get(row["id"], row) for row in people.frames["customers"].iter_rows(named=True)]
    for row in rows:
        row.setdefault("key", numbered(row))
        row["plain_name"] = texts.name_of(row["name_raw"])
        kind = "citizen" if row["id_type"] in texts.RESIDENT_LIKE else row["id_type"]
        row["document"] = ("document", kind, row["key"]) if row["key"] else ()
        whole = row["plain_name"] and row["birth_date"] and row["sex"] and row["key"]
        row["person"] = ("person", row["plain_name"], row["birth_date"], row["sex"]) if whole else ()
        together[row["document"]].add(row["plain_name"])
        together[row["person"]].add(row["key"])
    for row in rows:
        for column, code in (("document", "ID-010"), ("person", "ID-011")):
            if row["id"] in people.rows and row[column] and len(together[row[column]] - {""}) > 1:
                found.add(("customer", row["number"], ""), code, "id_no")
    by_image: defaultdict[str, set[str]] = defaultdict(set)
    keys = {row["id"]: row["key"] for row in rows}
    for customer, sha in people.frames["images"].iter_rows():
        by_image[sha].add(keys[customer])
    for customer, sha in people.frames["images"].iter_rows():
        if customer in people.rows and len(by_image[sha]) > 1:
            found.add(("customer", people.rows[customer]["number"], ""), "IMG-002", "id_no")
    own_sellers(people, found)


def own_sellers(people: People, found: Found) -> None:
    """ID-014."""
    sellers = {row["staff_no"]: row["id"] for row in people.frames["sellers"].iter_rows(named=True)}
    living = people.frames["policies"].filter(pl.col("alive"))
    held = (
        people.frames["parties"]
        .filter(pl.col("role") == "holder")
        .join(living, left_on="policy_id", right_on="id")
    )
    for customer, seller in held.select("customer_id", "seller_no").iter_rows():
        row = people.rows[customer]
        if row["key"] and people.sellers.get(sellers.get(seller, "")) == row["key"]:
            found.add(("customer", row["number"], ""), "ID-014", "id_no")
