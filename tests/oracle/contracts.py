"""What rules find on policies, their parties, sellers and agencies."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from authenticity.relations import RELATION_WORDS, RELATIONS
from tests.oracle import accounts, texts
from tests.oracle.contacts import People, failing, stable
from tests.oracle.export import age, day
from tests.oracle.found import Found
from tests.oracle.persons import plain, row_of
from tests.oracle.texts import TODAY, is_blank

Row = Mapping[str, Any]
Frames = Mapping[str, pl.DataFrame]
PERSON = ("name_raw", "sex", "birth_date", "id_type", "id_no_raw", "nationality")
PARENTS = ("father", "mother", "parent")
CHILDREN = ("son", "daughter", "child")
NEAR = ("", "self", "spouse", *PARENTS, *CHILDREN, "sibling", "grandparent", "grandchild")
LEVELS = ("agency_branch", "outlet", "seller")


@dataclass
class Contract:
    """A living policy with its parties, each with the customer's person columns where there is one."""

    row: Row
    parties: list[dict[str, Any]] = field(default_factory=list)

    def of(self, role: str) -> list[dict[str, Any]]:
        return [party for party in self.parties if party["role"] == role]

    @property
    def holder(self) -> dict[str, Any]:
        return self.of("holder")[0]

    @property
    def insured(self) -> dict[str, Any]:
        return min(self.of("insured"), key=lambda party: int(party["position"]))

    @property
    def sold_on(self) -> date | None:
        """The day of the sale: of the application, where it is known."""
        row = self.row
        return day(row["applied_on"] or row["issued_on"] or row["effective_on"])


def contracts(frames: Frames, people: People) -> list[Contract]:
    made = {
        row["id"]: Contract(row) for row in frames["policies"].filter(pl.col("alive")).iter_rows(named=True)
    }
    known = {row["id"]: row for row in frames["customers"].iter_rows(named=True)}
    for party in frames["parties"].sort(pl.col("id").cast(pl.Int64)).iter_rows(named=True):
        contract = made.get(party["policy_id"])
        if contract is None:
            continue
        person = known.get(party["customer_id"], party)
        own = {name: person[name] for name in PERSON}
        own["key"] = texts.key_of(own["id_type"], own["id_no_raw"])
        own["born"] = day(own["birth_date"])
        own["plain_name"] = texts.name_of(own["name_raw"])
        own["of_customer"] = {
            "phone": person.get("mobile_raw") or person.get("landline_raw"),
            "party_address": person.get("address_raw"),
        }
        contract.parties.append({**party, **own})
    return list(made.values())


def judge_contracts(frames: Frames, people: People, found: Found) -> None:
    made = contracts(frames, people)
    registers = Registers(frames, people)
    for contract in made:
        subject = ("policy", contract.row["number"], "")
        for rule, name, part in (*of_chain(contract, registers), *of_account(contract, registers)):
            found.add(subject, rule, name, part)
        of_parties(contract, registers, found)
    accounts_of_several(made, found)
    forms(frames, made, known_values(frames), found)
    failed = failing(frames["attempts"])
    for contract in made:
        key = stable(accounts.account_of(contract.row["account_no_raw"]))
        if (contract.holder["customer_id"], "account", key) in failed:
            found.add(("policy", contract.row["number"], ""), "BK-005", "account_no")


# -- who sold it --------------------------------------------------------------------------------------


class Registers:
    def __init__(self, frames: Frames, people: People) -> None:
        self.sellers = {row["staff_no"]: row for row in frames["sellers"].iter_rows(named=True)}
        self.outlets = {row["number"]: row for row in frames["outlets"].iter_rows(named=True)}
        self.agencies = {row["number"]: row for row in frames["agencies"].iter_rows(named=True)}
        self.agency_of = {row["id"]: row for row in self.agencies.values()}
        self.seller_keys = people.sellers
        self.names: defaultdict[str, set[str]] = defaultdict(set)
        for outlet, name in frames["outlet_names"].iter_rows():
            self.names[outlet].add(texts.name_of(name))
        self.standings, self.registrations = (
            _by_seller(frames[name]) for name in ("standings", "registrations")
        )

    def unit(self, level: str, row: Row) -> Row | None:
        if level == "seller":
            return self.sellers.get(row["seller_no"])
        unit = self.outlets.get(row[f"{level}_no"])
        return unit if unit and (level == "outlet" or unit["level"] == "branch") else None

    def agency(self, row: Row) -> Row | None:
        """As recorded; where nothing is, the agency of outlet, agency branch or seller."""
        if row["agency_no"]:
            return self.agencies.get(row["agency_no"])
        units = (self.unit(level, row) for level in ("outlet", "agency_branch", "seller"))
        return next((self.agency_of.get(unit["agency_id"]) for unit in units if unit), None)


def _by_seller(frame: pl.DataFrame) -> dict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in frame.iter_rows(named=True):
        found[row["seller_id"]].append(row)
    return found


def holds(row: Row, on: date) -> bool:
    """From its first day until before its last."""
    start, end = day(row["valid_from"]), day(row["valid_to"])
    return (start is None or start <= on) and (end is None or on < end)


def of_chain(contract: Contract, registers: Registers) -> Iterator[tuple[str, str, str]]:
    row = contract.row
    by_agency = row["channel"] != "individual" or registers.agency(row) is not None or bool(row["agency_no"])
    for level in ("seller", *(("outlet", "agency_branch", "agency") if by_agency else ())):
        blank = [name for name in (f"{level}_no", f"{level}_name") if not row[name].strip()]
        yield from (("REQ-009", name, level) for name in blank[:1])
    for level in LEVELS:
        unit = registers.unit(level, row)
        if row[f"{level}_no"] and unit is None:
            yield "RN-001", f"{level}_no", level
        if unit is not None:
            yield from of_unit(level, unit, contract, registers)
    agency, issued = registers.agency(row), day(row["issued_on"])
    if agency is not None:
        ends = day(agency["licence_valid_to"])
        if not agency["licence_no"] or (ends and issued and ends < issued):
            yield "ORG-004", "agency_no", "agency"


def of_unit(
    level: str, unit: Row, contract: Contract, registers: Registers
) -> Iterator[tuple[str, str, str]]:
    recorded = texts.name_of(contract.row[f"{level}_name"])
    names = {texts.name_of(unit["name"])} | (registers.names[unit["id"]] if level != "seller" else set())
    if recorded and recorded not in names:
        yield "RN-002", f"{level}_name", level
    sold = contract.sold_on
    if sold is None:
        return
    if level != "seller":
        opened, closed = day(unit["opened_on"]), day(unit["closed_on"])
        if (opened and sold < opened) or (closed and sold >= closed):
            yield "RN-003", f"{level}_no", level
        return
    active = [
        one["standing"] == "active" for one in registers.standings.get(unit["id"], ()) if holds(one, sold)
    ]
    if not any(active):
        yield "RN-003", "seller_no", "seller"
    valid = [one for one in registers.registrations.get(unit["id"], ()) if holds(one, sold)]
    if not valid:
        yield "ORG-005", "seller_no", "seller"
    agency = registers.agency_of.get(unit["agency_id"])
    if agency and valid and all(elsewhere(one, agency) for one in valid):
        yield "ORG-005", "seller_no", "institution"


def elsewhere(registration: Row, agency: Row) -> bool:
    return bool(registration["institution"]) and texts.name_of(registration["institution"]) != texts.name_of(
        agency["name"]
    )


def of_account(contract: Contract, registers: Registers) -> Iterator[tuple[str, str, str]]:
    number = accounts.account_of(contract.row["account_no_raw"])
    if number and not texts.is_filler(number):
        if not re.fullmatch("[0-9]{16,19}", number):
            yield "BK-001", "account_no", ""
        elif accounts.luhn_fails(number):
            yield "BK-002", "account_no", ""
    if not is_a_party(contract) or is_the_seller(contract, registers):
        yield "BK-003", "account_holder_name", ""


def is_a_party(contract: Contract) -> bool:
    key = texts.key_of("resident_id", contract.row["account_holder_id_no"])
    name = texts.name_of(contract.row["account_holder_name"])
    if not key and not name:
        return True
    return any(
        key == party["key"] if key and party["key"] else bool(name) and name == party["plain_name"]
        for party in contract.parties
    )


def is_the_seller(contract: Contract, registers: Registers) -> bool:
    key = texts.key_of("resident_id", contract.row["account_holder_id_no"])
    seller = registers.unit("seller", contract.row)
    sellers = registers.seller_keys.get(seller["id"], "") if seller else ""
    return bool(key) and key == sellers and contract.holder["key"] != sellers


def accounts_of_several(made: list[Contract], found: Found) -> None:
    """BK-004."""
    holders: defaultdict[str, set[str]] = defaultdict(set)
    for contract in made:
        number = accounts.account_of(contract.row["account_no_raw"])
        if number and contract.holder["key"]:
            holders[number].add(contract.holder["key"])
    for contract in made:
        if len(holders[accounts.account_of(contract.row["account_no_raw"])]) > 1:
            found.add(("policy", contract.row["number"], ""), "BK-004", "account_no")


# -- parties ------------------------------------------------------------------------------------------


def of_parties(contract: Contract, registers: Registers, found: Found) -> None:
    for party in contract.parties:
        subject = ("policy", contract.row["number"], row_of(party))
        for rule, name in judged(party, contract, registers):
            found.add(subject, rule, name)


def judged(party: Row, contract: Contract, registers: Registers) -> Iterator[tuple[str, str]]:
    if party["role"] == "holder":
        born, sold = party["born"], contract.sold_on
        if born and sold and age(born, sold) < 18:
            yield "RB-006", "birth_date"
    elif party["role"] == "insured":
        yield from of_relation(party, contract.holder, contract)
        yield from of_insured(party, contract)
    else:
        if party["designation"] != "statutory":
            yield from of_relation(party, contract.insured, contract)
            yield from of_named(party, contract, registers)
        yield from of_order(party, contract)


def of_relation(party: Row, other: Row, contract: Contract) -> Iterator[tuple[str, str]]:
    relation = RELATIONS.get(party["relation"])
    if relation is None:
        return
    if relation.sex and party["sex"] and party["sex"] != relation.sex:
        yield "RB-001", "relation"
    if relation.age and party["born"] and other["born"]:
        elder, younger = (party, other) if relation.age == "elder" else (other, party)
        close = relation.code in (*PARENTS, *CHILDREN) and age(elder["born"], younger["born"]) < 14
        if elder["born"] >= younger["born"] or close:
            yield "RB-002", "relation"
    same = party["customer_id"] and party["customer_id"] == other["customer_id"]
    if (party["key"] and other["key"] and (relation.code == "self") != (party["key"] == other["key"])) or (
        same and relation.code != "self"
    ):
        yield "RB-003", "relation"
    if relation.code in ("spouse", "husband", "wife"):
        too_young = any(young_spouse(one, contract.sold_on) for one in (party, other))
        if too_young or (party["sex"] and party["sex"] == other["sex"]):
            yield "RB-004", "relation"


def young_spouse(person: Row, on: date | None) -> bool:
    limit = {"M": 22, "F": 20}.get(person["sex"])
    return bool(limit and on and person["born"] and age(person["born"], on) < limit)


def of_insured(party: Row, contract: Contract) -> Iterator[tuple[str, str]]:
    relation = party["relation"]
    if not relation:
        yield "REQ-005", "relation"
    elif not RELATIONS[relation].insurable and contract.row["insured_consent"] != "t":
        yield "RB-005", "relation"
    born, sold = party["born"], contract.sold_on
    if born and sold and age(born, sold) < 18:
        if relation not in ("", "self", *CHILDREN):
            yield "RB-013", "relation"
        limit = 200_000 if age(born, sold) < 10 else 500_000
        if Decimal(contract.row["death_cover"] or 0) > limit:
            yield "RB-013", "death_cover"


def of_named(party: Row, contract: Contract, registers: Registers) -> Iterator[tuple[str, str]]:
    for name in ("name_raw", "sex", "birth_date", "id_type", "id_no_raw", "relation", "order", "share"):
        alone = name in ("name_raw", "id_no_raw") and not party["customer_id"]
        if is_blank(party[name]) if alone else not party[name]:
            yield "REQ-006", plain(name)
    row = contract.row
    if Decimal(row["premium"] or 0) * int(row["payment_years"] or 1) >= 200_000:
        for name in ("nationality", "party_address", "phone", "occupation"):
            if not party[name] and not (party["customer_id"] and party["of_customer"].get(name)):
                yield "RB-015", name.removeprefix("party_")
    yield from of_heir(party, contract, registers)


def of_heir(party: Row, contract: Contract, registers: Registers) -> Iterator[tuple[str, str]]:
    relation, insured = RELATIONS.get(party["relation"]), contract.insured
    seller = registers.unit("seller", contract.row)
    family = relation is not None and relation.family
    own = seller is not None and party["key"] and registers.seller_keys.get(seller["id"]) == party["key"]
    if own and (not family or party["relation"] == "guardian") and party["relation"] != "self":
        yield "RB-010", "id_no"
    same = party["customer_id"] and party["customer_id"] == insured["customer_id"]
    himself = same or (party["key"] and party["key"] == insured["key"])
    if party["benefit"] == "death" and himself:
        yield "RB-011", "id_no"
    if insured["relation"] == "employee" and not himself and party["relation"] not in NEAR:
        yield "RB-012", "relation"
    if (
        party["born"]
        and age(party["born"], TODAY) < 18
        and not (party["guardian_name"] and party["guardian_phone"])
    ):
        yield "RB-014", "guardian_phone"
    if party["name_raw"].strip() in RELATION_WORDS:
        yield "RB-009", "name"


def of_order(party: Row, contract: Contract) -> Iterator[tuple[str, str]]:
    """Shares and order among those of the same benefit; who has no order stands in the first."""
    if party["designation"] == "statutory":
        return
    same = [one for one in contract.of("beneficiary") if one["benefit"] == party["benefit"]]
    beside = [one for one in same if place_of(one) == place_of(party)]
    if any(one["designation"] == "statutory" for one in beside):
        yield "RB-009", "designation"
    named = [one for one in beside if one["designation"] != "statutory"]
    last = max(int(one["position"]) for one in named) == int(party["position"])
    if last and sum(Decimal(one["share"] or 0) for one in named) != 100:
        yield "RB-007", "share"
    if party["share"] and not 0 < Decimal(party["share"]) <= 100:
        yield "RB-008", "share"
    if party["order"] and place_of(party) != 1 and place_of(party) - 1 not in {place_of(one) for one in same}:
        yield "RB-008", "order"
    earlier = [one for one in named if int(one["position"]) < int(party["position"])]
    if party["key"] and party["key"] in {one["key"] for one in earlier}:
        yield "RB-008", "id_no"


def place_of(party: Row) -> int:
    return int(party["order"] or 1)


def known_values(frames: Frames) -> dict[str, dict[str, str]]:
    """By customer, the normal form of the fields that planted forms tell."""
    return {
        row["id"]: {
            "name": texts.name_of(row["name_raw"]),
            "mobile": texts.phone_of(row["mobile_raw"]),
            "address": row["address"],
            "birth_date": row["birth_date"],
            "id_no": texts.number_of(row["id_no_raw"]),
        }
        for row in frames["customers"].iter_rows(named=True)
    }


def forms(frames: Frames, made: list[Contract], values: Mapping[str, dict[str, str]], found: Found) -> None:
    """PO-001; nothing planted was changed after its form came in."""
    by_policy = {contract.row["id"]: contract for contract in made}
    for policy, says in frames["forms"].iter_rows():
        contract = by_policy.get(policy)
        for named, text in json.loads(says).items() if contract else ():
            role, _, name = named.partition(".")
            party = contract.holder if role == "holder" else contract.insured
            if values[party["customer_id"]][name] != text:
                found.add(("policy", contract.row["number"], row_of(party)), "PO-001", name)


def judge_registers(frames: Frames, found: Found) -> None:
    for row in frames["agencies"].iter_rows(named=True):
        for code in accounts.credit_codes(row["uscc"]):
            found.add(("agency", row["number"], ""), code, "uscc")
    registrations = _by_seller(frames["registrations"])
    for row in frames["sellers"].iter_rows(named=True):
        if any(not re.fullmatch("[0-9]{20,26}", one["number"]) for one in registrations.get(row["id"], ())):
            found.add(("seller", row["staff_no"], ""), "ORG-006", "registration_no")
