"""Rows of a seeded book of any size: every row follows from the seed and its place alone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from authenticity.divisions import default_index
from authenticity.resident_id import check_digit
from config.demo import words
from config.demo.chance import abolished_counties
from config.demo.people import term_of_card
from config.demo.units import Outlet, Row, Seller, Units

TODAY = date(2026, 11, 20)
BLOCK = 10_000
DEFECTS = 0.05
PREFIXES = words.MOBILE_PREFIXES
# Coprime with 10**8: walks over all subscriber numbers without meeting one twice.
STRIDE = 64_231_703


class Places:
    """Districts of the demo's cities, each with its path as an address begins."""

    def __init__(self, units: Units) -> None:
        self.of_city = {
            city: [
                default_index().path_text(row.code)
                for row in default_index().children(city)
                if not row.valid_to
            ]
            for city in units.offices
        }
        self.cities = list(units.offices)
        self.offices = units.offices


def mobile_of(turn: int) -> str:
    return f"{PREFIXES[turn % len(PREFIXES)]}{(turn * STRIDE + 20_261_120) % 100_000_000:08d}"


def id_number(turn: int, birth: date, sex: str) -> str:
    counties = abolished_counties()
    order = (turn // len(counties)) % 500 * 2 + (1 if sex == "M" else 0)
    body = f"{counties[turn % len(counties)]}{birth:%Y%m%d}{order:03d}"
    return body + check_digit(body)


def customers(seed: int, block: int, size: int, places: Places) -> Iterator[Row]:
    """The customers of one block; neighbours (even, odd) are spouses at one address."""
    chance = random.Random(f"{seed}:customers:{block}")
    for turn in range(block * BLOCK, min((block + 1) * BLOCK, size), 2):
        city = places.cities[chance.randrange(len(places.cities))]
        born = date(1982, 1, 15) + timedelta(days=chance.randrange(6000))
        street, estate = chance.choice(words.STREETS), chance.choice(words.ESTATES)
        place = chance.choice(places.of_city[city])
        home = (
            f"{place}{street}{chance.randrange(1, 400)}号{estate}{chance.randrange(1, 60)}幢"
            f"{chance.randrange(1, 33)}0{chance.randrange(1, 5)}室{turn % 9973}"
        )
        for offset, sex in ((0, "M"), (1, "F")):
            if turn + offset < size:
                birth = born + timedelta(days=offset * chance.randrange(1, 900))
                row = _customer(chance, turn + offset, sex, birth, home, places.offices[city])
                if chance.random() < DEFECTS:
                    chance.choice(SPOIL)(chance, row)
                yield row


def _customer(chance: random.Random, turn: int, sex: str, birth: date, home: str, office: str) -> Row:
    given = words.GIVEN_MALE if sex == "M" else words.GIVEN_FEMALE
    issued, until = _card(birth, turn)
    return {
        "number": f"C{turn + 1:09d}",
        "home_branch": office,
        "name": chance.choice(words.SURNAMES)
        + chance.choice(given)
        + (chance.choice(given) if turn % 4 else ""),
        "sex": sex,
        "birth_date": birth.isoformat(),
        "id_type": "resident_id",
        "id_no": id_number(turn, birth, sex),
        "id_valid_from": issued,
        "id_valid_to": until,
        "nationality": "CHN",
        "mobile": mobile_of(turn),
        "landline": "",
        "address": home,
        "postcode": "",
        "email": f"m{turn}@example.com" if turn % 3 == 0 else "",
        "identity_checked_on": "2025-03-02",
        "identity_check_method": "original",
        "contact_confirmed_on": "2026-03-02",
        "mobile_own": "1",
    }


@lru_cache(maxsize=20_000)
def _card_days(birth: date) -> tuple[str, str]:
    """A card that still holds, issued at an age whose term it has."""
    for year in range(TODAY.year - 1, 2004, -1):
        issued = date(year, 3, 1)
        age = issued.year - birth.year - ((issued.month, issued.day) < (birth.month, birth.day))
        until = issued.replace(year=year + term_of_card(age))
        if until > TODAY + timedelta(days=90):
            return issued.isoformat(), until.isoformat()
    raise ValueError("no card holds for this birth date")


def _card(birth: date, turn: int) -> tuple[str, str]:
    return _card_days(birth)


def _no_phone(chance: random.Random, row: Row) -> None:
    row["mobile"] = ""


def _no_address(chance: random.Random, row: Row) -> None:
    row["address"] = chance.choice(("", "不详"))


def _wrong_check_digit(chance: random.Random, row: Row) -> None:
    row["id_no"] = row["id_no"][:17] + chance.choice([x for x in "0123456789X" if x != row["id_no"][17]])


def _short_mobile(chance: random.Random, row: Row) -> None:
    row["mobile"] = row["mobile"][:10]


def _invented_mobile(chance: random.Random, row: Row) -> None:
    row["mobile"] = row["mobile"][:4] + chance.choice("2345679") * 7


def _shared_mobile(chance: random.Random, row: Row) -> None:
    row["mobile"] = mobile_of(chance.randrange(40) * 7919)


def _digit_in_name(chance: random.Random, row: Row) -> None:
    row["name"] += "1"


def _other_sex(chance: random.Random, row: Row) -> None:
    row["sex"] = "F" if row["sex"] == "M" else "M"


def _ends_at_road(chance: random.Random, row: Row) -> None:
    row["address"] = row["address"].split("号")[0].rstrip("0123456789")


SPOIL = (_no_phone, _no_address, _wrong_check_digit, _short_mobile, _invented_mobile, _shared_mobile,
         _digit_in_name, _other_sex, _ends_at_road)  # fmt: skip


def points_of_sale(units: Units) -> list[tuple[Outlet | None, Seller]]:
    own: list[tuple[Outlet | None, Seller]] = [
        (None, s) for sellers in units.own_sellers.values() for s in sellers
    ]
    return own + [(o, s) for outlets in units.outlets.values() for o in outlets for s in o.sellers]


def policies(
    seed: int, block: int, size: int, people: int, units: Units, points: list[tuple[Outlet | None, Seller]]
) -> Iterator[tuple[Row, list[Row]]]:
    """The policies of one block, each with its parties; the first policy of each customer is by turn."""
    chance = random.Random(f"{seed}:policies:{block}")
    for turn in range(block * BLOCK, min((block + 1) * BLOCK, size)):
        holder = turn if turn < people else chance.randrange(people)
        outlet, seller = points[(holder * 7 + turn) % len(points)]
        yield _policy(chance, turn, outlet, seller, units), _parties(chance, turn, holder, people)


def _number(turn: int) -> str:
    return f"ZX{turn + 1:010d}"


def _policy(chance: random.Random, turn: int, outlet: Outlet | None, seller: Seller, units: Units) -> Row:
    applied = TODAY - timedelta(days=chance.randrange(5, 500))
    kind = units.agency_kind[outlet.agency] if outlet else ""
    channel = {"": "individual", "bank": "bank", "post": "bank", "other": "other"}.get(kind, "professional")
    known = chance.random() > 0.01
    return {
        "number": _number(turn),
        "product": words.PRODUCTS[turn % 4][0],
        "channel": channel,
        "branch": seller.branch,
        "status": "in_force" if turn % 50 else "surrendered",
        "applied_on": applied.isoformat(),
        "issued_on": (applied + timedelta(days=2)).isoformat(),
        "effective_on": (applied + timedelta(days=3)).isoformat(),
        "premium": str(chance.randrange(1, 90) * 100),
        "seller_no": seller.number if known else "",
        "seller_name": seller.name if known else "",
        "outlet_no": outlet.number if outlet else "",
        "outlet_name": outlet.name if outlet else "",
        "agency_branch_no": outlet.parent if outlet else "",
        "agency_branch_name": units.names[outlet.parent] if outlet else "",
        "agency_no": outlet.agency if outlet else "",
        "agency_name": units.names[outlet.agency] if outlet else "",
    }


def _parties(chance: random.Random, turn: int, holder: int, people: int) -> list[Row]:
    spouse = holder ^ 1
    both = spouse < people
    insured = spouse if both and turn % 5 == 0 else holder
    rows = [
        {"policy": _number(turn), "role": "holder", "position": "1", "customer": f"C{holder + 1:09d}"},
        {"policy": _number(turn), "role": "insured", "position": "1", "customer": f"C{insured + 1:09d}",
         "relation": "self" if insured == holder else "spouse"},
    ]  # fmt: skip
    if both and turn % 10 < 3:
        heir = spouse if insured == holder else holder
        rows.append(
            {"policy": _number(turn), "role": "beneficiary", "position": "1", "benefit": "death",
             "designation": "designated", "relation": "spouse", "order": "1", "share": "100.00",
             "customer": f"C{heir + 1:09d}"}
        )  # fmt: skip
    return rows
