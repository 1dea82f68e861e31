"""Defects of policies, parties and registers: mostly by chance, so that all combinations come up."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from policies.choices import Relation
from tests.oracle.spoiling_contacts import PLANTS
from tests.oracle.spoiling_people import TODAY, Row, digits, numbered

CODES = tuple(Relation.values)
ORDERS = ("1", "1", "1", "2", "2", "3", "")
SHARES = ("", "", "100", "100", "50", "50", "33.33", "0", "25")
STATES = ("pending", "suspended", "lapsed", "surrendered", "matured", "claimed", "refused")


@dataclass
class Contract:
    """One policy while it is being spoiled; `people` are the customers of the book by number."""

    policy: Row
    parties: list[Row]
    people: dict[str, Row]
    sellers: list[Row]

    @property
    def holder(self) -> Row:
        return self.people[self.parties[0]["customer"]]

    @property
    def insured(self) -> Row:
        return self.people[self.parties[1]["customer"]]

    def neighbour(self, steps: int) -> str:
        number = int(self.parties[0]["customer"][1:]) - 1
        return f"C{(number + steps) % len(self.people) + 1:09d}"

    def party(self, role: str, position: int, **columns: Any) -> Row:
        return {"policy": self.policy["number"], "role": role, "position": str(position), **columns}


Change = Callable[[random.Random, Contract], None]


def luhn(chance: random.Random, count: int) -> str:
    body = "62" + digits(chance, count - 3)
    total = 0
    for place, sign in enumerate(reversed(body)):
        doubled = int(sign) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return body + str(-total % 10)


def account(chance: random.Random, contract: Contract) -> None:
    """A number of some shape, of somebody."""
    row = contract.policy
    row["account_no"] = chance.choice([
        luhn(chance, 19), luhn(chance, 16), luhn(chance, 18), luhn(chance, 15), "62" + digits(chance, 17),
        "62" + digits(chance, 14), luhn(chance, 20), "6222 " + digits(chance, 12), "62A" + digits(chance, 15),
    ])  # fmt: skip
    seller = chance.choice(contract.sellers)
    whose = chance.choice(
        (contract.holder, contract.insured, seller, contract.people[contract.neighbour(6)], {})
    )
    if chance.random() < 0.2:
        whose = next((s for s in contract.sellers if s["number"] == row["seller_no"]), seller)
    row["account_holder_name"] = whose.get("name", "") if chance.random() < 0.8 else ""
    row["account_holder_id_no"] = whose.get("id_no", "") if chance.random() < 0.7 else ""


def shared_account(chance: random.Random, contract: Contract) -> None:
    """One of few numbers, so that several policyholders have it."""
    number = chance.randrange(60)
    contract.policy["account_no"] = luhn(random.Random(f"account {number // 2}"), 16 if number % 2 else 17)
    contract.policy["account_holder_name"] = contract.holder["name"]


def recorded(chance: random.Random, contract: Contract) -> None:
    """A number or name of the seller's chain blank, unknown or another."""
    row = contract.policy
    column = chance.choice([
        f"{unit}_{part}" for unit in ("seller", "outlet", "agency_branch", "agency") for part in ("no", "name")
    ])  # fmt: skip
    spoiled = chance.choice(("", "", "X99999", row[column] + "旧", row["outlet_no"]))
    row[column] = spoiled


def registered(chance: random.Random, contract: Contract) -> None:
    """By one of the sellers of the odd agencies, on some day."""
    odd = [seller for seller in contract.sellers if seller["number"].startswith("OS")]
    seller = chance.choice(odd)
    row, outlet = contract.policy, seller["outlet"]
    agency = "O" + outlet[1:4]
    row |= {
        "seller_no": seller["number"], "seller_name": seller["name"], "outlet_no": outlet,
        "outlet_name": f"网点{outlet}", "agency_branch_no": f"{agency}B", "agency_branch_name": f"分部{agency}B",
        "agency_no": agency, "agency_name": f"代理{agency}", "channel": "bank",
    }  # fmt: skip
    applied = TODAY - timedelta(days=chance.randrange(5, 900))
    row["applied_on"] = applied.isoformat()
    row["issued_on"] = row["effective_on"] = (applied + timedelta(days=3)).isoformat()


def own_policy(chance: random.Random, contract: Contract) -> None:
    """The seller is the policyholder, or one of the others."""
    seller = chance.choice(contract.sellers)
    contract.policy["seller_no"], contract.policy["seller_name"] = seller["number"], seller["name"]
    person = chance.choice((contract.holder, contract.insured))
    person["id_no"] = seller["id_no"]
    if chance.random() < 0.5:
        contract.policy |= {"account_no": luhn(chance, 19), "account_holder_name": seller["name"],
                            "account_holder_id_no": seller["id_no"]}  # fmt: skip


def insured(chance: random.Random, contract: Contract) -> None:
    """Some relation of some insured, perhaps of two."""
    row = contract.parties[1]
    row["customer"] = contract.neighbour(chance.choice((0, 1, -1, 2, 3)))
    row["relation"] = chance.choice(("", "self", *CODES))
    contract.policy["insured_consent"] = chance.choice((True, False, None))
    contract.policy["income_proof"] = chance.choice((True, False, None))
    contract.policy["death_cover"] = chance.choice(("", "100000", "200000", "300000", "500000", "600000"))
    if chance.random() < 0.2:
        contract.insured["mobile"] = contract.holder["mobile"]
    if chance.random() < 0.2:
        relation = chance.choice(("", *CODES))
        contract.parties.append(
            contract.party("insured", 2, customer=contract.neighbour(4), relation=relation)
        )


def as_written(chance: random.Random, contract: Contract) -> Row:
    """A beneficiary without a customer, with a defect of people in half of the cases."""
    birth = date(1955, 1, 1) + timedelta(days=chance.randrange(25_500))
    person: Row = {"name": "周" + chance.choice("文明华安") + chance.choice("宁远川山"), "sex": chance.choice("MF"),
                   "birth_date": birth.isoformat(), "id_type": "resident_id", "nationality": "CHN",
                   "id_valid_from": "", "id_valid_to": ""}  # fmt: skip
    person["id_no"] = numbered("310104", person, chance)
    spoiled = {**contract.holder, **person}
    if chance.random() < 0.5:
        chance.choice(PLANTS).spoil(chance, spoiled)
    if chance.random() < 0.1:
        spoiled["id_no"], spoiled["name"] = contract.insured["id_no"], contract.insured["name"]
    kept = {field: spoiled[field] for field in person}
    for column, text in (("phone", "13855512345"), ("address", "安徽省合肥市蜀山区长江西路5号"),
                         ("occupation", "教师"), ("guardian_name", "周父"), ("guardian_phone", "13955512345")):  # fmt: skip
        kept[column] = text if chance.random() < 0.8 else ""
    if chance.random() < 0.06:
        kept["name"] = chance.choice(("妻子", "配偶", "子女", "法定继承人", "父母"))
    return kept


def beneficiaries(chance: random.Random, contract: Contract) -> None:
    """One to four of some kind, order and share."""
    del contract.parties[2:]
    sold_by = {s["number"]: s for s in contract.sellers}.get(contract.policy["seller_no"], {})
    for position in range(1, chance.randrange(2, 6)):
        row = contract.party(
            "beneficiary", position, benefit=chance.choice(("death", "death", "survival")),
            designation=chance.choice(("designated", "designated", "designated", "statutory", "")),
            relation=chance.choice(("", "spouse", "daughter", *CODES)), order=chance.choice(ORDERS),
            share=chance.choice(SHARES),
        )  # fmt: skip
        way = chance.random()
        if way < 0.1:
            row["customer"] = contract.parties[1]["customer"]
        elif way < 0.4:
            row["customer"] = contract.neighbour(chance.choice((0, 1, 2, 5)))
        elif row["designation"] != "statutory":
            row |= as_written(chance, contract)
            if way > 0.95:
                row["id_no"] = sold_by.get("id_no", "")
        contract.parties.append(row)
    if chance.random() < 0.3:
        contract.policy |= {"premium": chance.choice(("10000", "19999.99", "50000")),
                            "payment_years": chance.choice(("10", "20", "4"))}  # fmt: skip


def two_halves(chance: random.Random, contract: Contract) -> None:
    """Two designated heirs whose shares make a hundred, or nearly."""
    del contract.parties[2:]
    first, second = chance.choice((("50", "50"), ("60", "40"), ("50", "49.99"), ("", ""), ("33.33", "66.67")))
    for position, part in ((1, first), (2, second)):
        contract.parties.append(
            contract.party("beneficiary", position, benefit="death", designation="designated", order="1", share=part,
                           relation="daughter", **as_written(chance, contract))
        )  # fmt: skip


def employees(chance: random.Random, contract: Contract) -> None:
    insured(chance, contract)
    contract.parties[1]["relation"] = "employee"
    beneficiaries(chance, contract)


def other_roles(chance: random.Random, contract: Contract) -> None:
    """Somebody else holds it: the first one is an insured, a beneficiary, or on no policy at all."""
    was, now = contract.parties[0]["customer"], contract.neighbour(6)
    contract.parties[0]["customer"] = now
    del contract.parties[2:]
    way = chance.randrange(3)
    contract.parties[1] |= {
        "customer": was if way == 0 else now,
        "relation": "sibling" if way == 0 else "self",
    }
    contract.policy["insured_consent"] = True
    if way == 1:
        contract.parties.append(
            contract.party("beneficiary", 1, customer=was, benefit="death", relation="sibling", order="1", share="100",
                           designation=chance.choice(("designated", "statutory")))
        )  # fmt: skip


def ended(chance: random.Random, contract: Contract) -> None:
    contract.policy["status"] = chance.choice(STATES)
    recorded(chance, contract)


def out_of_scope(chance: random.Random, contract: Contract) -> None:
    contract.policy["product"] = chance.choice(("P2001", "P3001"))
    recorded(chance, contract)


def dates(chance: random.Random, contract: Contract) -> None:
    """Days that are not known."""
    contract.policy[chance.choice(("applied_on", "issued_on", "effective_on"))] = ""


CHANGES: tuple[Change, ...] = (
    account, account, shared_account, recorded, recorded, registered, registered, registered, own_policy, insured,
    insured, insured, beneficiaries, beneficiaries, beneficiaries, two_halves, employees, other_roles, other_roles,
    ended, out_of_scope, dates,
)  # fmt: skip


# -- registers ----------------------------------------------------------------------------------------

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def outer(body: str) -> str:
    total = sum(SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(body))
    return body + SIGNS[(31 - total % 31) % 31]


def inner(eight: str) -> str:
    signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    rest = 11 - sum(w * signs.index(c) for w, c in zip((3, 7, 9, 10, 5, 8, 4, 2), eight, strict=True)) % 11
    return eight + {10: "X", 11: "0"}.get(rest, str(rest))


def code_of(chance: random.Random, way: int) -> str:
    good = outer("91310000" + inner("MA1F" + digits(chance, 4)))
    other = chance.choice([s for s in SIGNS if s != good[-1]])
    broken = inner("MA1F" + digits(chance, 4))
    broken = broken[:8] + chance.choice([s for s in "0123456789" if s != broken[8]])
    return (
        good, good.lower(), good[:17] + other, "9135" + good[4:8] + "M000" + good[12:17] + other,
        outer("91310000" + broken), outer("14310000" + inner(digits(chance, 8))), good[:17],
        good[:10] + "O" + good[11:], "", outer("A1310000" + inner(digits(chance, 8))), good[:8] + "-" + good[8:],
    )[way % 11]  # fmt: skip


def odd_agencies(chance: random.Random, branch: str, count: int) -> dict[str, list[Row]]:
    """Agencies with a branch, two outlets and five sellers each, most with something wrong."""
    rows: dict[str, list[Row]] = {"agencies": [], "heads": [], "outlets": [], "agents": [], "later": []}
    for turn in range(count):
        number = f"O{turn:03d}"
        ends = ("", "2030-12-31", "2025-12-31", "2024-06-30")[turn % 4]
        rows["agencies"].append(
            {"number": number, "name": f"代理{number}", "kind": "bank", "branch": branch, "uscc": code_of(chance, turn),
             "licence_no": "" if turn % 7 == 3 else f"L{number}", "licence_valid_from": "2015-01-01",
             "licence_valid_to": ends, "opened_on": "2012-01-01", "closed_on": "",
             "phone": f"0551-63{turn:06d}"}
        )  # fmt: skip
        head = {"number": f"{number}B", "name": f"分部{number}B", "level": "branch", "agency": number, "parent": "",
                "branch": branch, "phone": f"0551-64{turn:06d}", "address": "", "opened_on": "2012-01-01",
                "closed_on": "2026-01-31" if turn % 5 == 2 else ""}  # fmt: skip
        rows["heads"].append(head)
        for place in range(2):
            rows["outlets"].append(
                {**head, "number": f"N{turn:03d}{place}", "name": f"网点N{turn:03d}{place}", "level": "outlet",
                 "parent": head["number"], "phone": f"139{turn:04d}{place}733", "closed_on": "",
                 "address": f"安徽省合肥市蜀山区怀宁路{turn + 100}号{place + 1}楼",
                 "opened_on": "2025-11-01" if turn % 3 == 1 else "2012-02-02"}
            )  # fmt: skip
        rows["agents"] += [_seller(chance, turn, place, branch) for place in range(5)]
    for row in rows["agents"][::6]:
        rows["later"].append(
            {**row, "standing": chance.choice(("left", "suspended")), "standing_from": "2026-02-01"}
        )
    return rows


def _seller(chance: random.Random, turn: int, place: int, branch: str) -> Row:
    way = (turn * 5 + place) % 12
    number = digits(chance, {2: 12, 3: 30, 4: 19, 5: 26, 6: 20, 7: 27}.get(way, 22))
    birth: Row = {"birth_date": "1988-04-05", "sex": "M"}
    registered = {8: "2026-01-01"}.get(way, "2018-01-01")
    return {
        "number": f"OS{turn:03d}{place}", "name": "吴" + "一二三四五"[place] + "川", "branch": branch,
        "id_no": numbered("340104", birth, chance), "agency": f"O{turn:03d}", "outlet": f"N{turn:03d}{place % 2}",
        "phone": f"137{turn:04d}{place}951", "phone_from": "2018-01-01", "employed_from": "2018-01-01",
        "registration_no": "" if way == 1 else ("AB" + number[2:] if way == 9 else number),
        "registration_institution": {10: "别处保险代理有限公司", 11: ""}.get(way, f"代理O{turn:03d}"),
        "registered_from": registered, "registered_to": "2025-08-01" if way == 0 else "", "certificate_no": "",
        "standing": "active", "standing_from": "2025-09-01" if way == 7 else "2018-01-01",
    }  # fmt: skip
