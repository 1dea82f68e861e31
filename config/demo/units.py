"""Branches, agencies with their outlets, sellers and products."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from authenticity.divisions import default_index
from config.demo import words
from config.demo.chance import Chance

Row = dict[str, str]
HEAD = "00"
INSURER = "真信人寿保险股份有限公司"
FOUNDED = date(2009, 3, 2)
USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass
class Seller:
    number: str
    name: str
    phone: str
    branch: str
    outlet: str = ""


@dataclass
class Outlet:
    number: str
    name: str
    agency: str
    parent: str
    branch: str
    sellers: list[Seller] = field(default_factory=list)


@dataclass
class Units:
    """The units as rows ready to be written, and what the book needs to know of them."""

    branches: list[Row] = field(default_factory=list)
    agencies: list[Row] = field(default_factory=list)
    outlet_rows: list[Row] = field(default_factory=list)
    sellers: list[Row] = field(default_factory=list)
    products: list[Row] = field(default_factory=list)
    offices: dict[str, str] = field(default_factory=dict)
    own_sellers: dict[str, list[Seller]] = field(default_factory=dict)
    outlets: dict[str, list[Outlet]] = field(default_factory=dict)
    agency_kind: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


def credit_code(chance: Chance, county: str) -> str:
    """A unified social credit code with both check characters right (GB 32100, GB 11714)."""
    inner = "".join(chance.random.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(8))
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    rest = 11 - sum(w * signs.index(c) for w, c in zip(weights, inner, strict=True)) % 11
    inner += {10: "X", 11: "0"}.get(rest, str(rest))
    body = f"91{county}{inner}"
    total = sum(USCC_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(body))
    return body + USCC_SIGNS[(31 - total % 31) % 31]


def build_units(chance: Chance, today: date, sellers: int) -> Units:
    units = Units()
    _branches(units, chance)
    _agencies(units, chance, today)
    _sellers(units, chance, sellers)
    for code, name, line, years, days in words.PRODUCTS:
        term = "" if not years else str(years)
        units.products.append(
            {"code": code, "name": name, "line": line, "term_years": term,
             "whole_life": "否" if years else "是", "guaranteed_renewal": "否", "cooling_off_days": str(days)}
        )  # fmt: skip
    return units


def _branch(units: Units, number: str, name: str, level: str, parent: str, province: str, phone: str) -> None:
    units.branches.append(
        {"number": number, "name": name, "level": level, "parent": parent, "province": province,
         "phone": phone, "address": "", "opened_on": FOUNDED.isoformat(), "closed_on": ""}
    )  # fmt: skip
    units.names[number] = name


def _branches(units: Units, chance: Chance) -> None:
    _branch(units, HEAD, "真信人寿保险总公司", "head", "", "", "")
    for province, (short, cities) in words.PROVINCES.items():
        head = f"{HEAD}{province[:2]}"
        _branch(units, head, f"{short}分公司", "province", HEAD, province, "")
        for city, (town, area, length) in cities.items():
            number = f"{head}{city[2:4]}"
            phone = chance.landline(area, length)
            _branch(units, number, f"{town}中心支公司", "city", head, province, phone)
            district = next(row for row in default_index().children(city) if row.name.endswith("区"))
            office = f"{number}01"
            _branch(units, office, f"{town}{district.name[:-1]}营业部", "office", number, province, "")
            units.offices[city] = office


def _agencies(units: Units, chance: Chance, today: date) -> None:
    provinces = list(words.PROVINCES)
    for place, (name, kind) in enumerate(words.AGENCIES):
        province = provinces[place // 4]
        number = f"A{place + 1:03d}"
        units.agencies.append(
            {"number": number, "name": name, "kind": kind, "branch": f"{HEAD}{province[:2]}",
             "uscc": credit_code(chance, province), "licence_no": f"L{place + 1:03d}{province}",
             "licence_valid_from": date(today.year - 2, 1, 1).isoformat(),
             "licence_valid_to": date(today.year + 1, 12, 31).isoformat(),
             "opened_on": date(2012, 1, 1).isoformat(), "closed_on": ""}
        )  # fmt: skip
        units.agency_kind[number] = kind
        units.names[number] = name
        _outlets(units, chance, number, name, province)


def _outlets(units: Units, chance: Chance, agency: str, name: str, province: str) -> None:
    """One agency branch for the province and five outlets in its cities."""
    short = name.split("有限公司", maxsplit=1)[0].split("公司", maxsplit=1)[0]
    own = f"{agency}B1"
    top = f"{HEAD}{province[:2]}"
    _outlet_row(units, own, f"{short}{words.PROVINCES[province][0]}分部", "branch", agency, "", top, "", "")
    cities = list(words.PROVINCES[province][1].items())
    for turn in range(5):
        city, (town, area, length) = cities[turn % 4]
        street = chance.random.choice(words.STREETS)
        number, branch = f"{agency}{turn + 1:02d}", units.offices[city]
        outlet = Outlet(number, f"{short}{town}{street}网点", agency, own, branch)
        address = f"{default_index().path_text(city)}{street}{chance.random.randint(1, 300)}号"
        phone = chance.landline(area, length)
        _outlet_row(units, number, outlet.name, "outlet", agency, own, branch, phone, address)
        units.outlets.setdefault(city, []).append(outlet)


def _outlet_row(
    units: Units, number: str, name: str, level: str, agency: str, parent: str, branch: str, phone: str,
    address: str,
) -> None:  # fmt: skip
    units.outlet_rows.append(
        {"number": number, "name": name, "level": level, "agency": agency, "parent": parent, "branch": branch,
         "phone": phone, "address": address, "opened_on": date(2012, 6, 1).isoformat(), "closed_on": ""}
    )  # fmt: skip
    units.names[number] = name


def _sellers(units: Units, chance: Chance, count: int) -> None:
    """One for each outlet at least, the others share between own offices and outlets."""
    outlets = [outlet for city in units.outlets.values() for outlet in city]
    cities = list(units.offices)
    for turn in range(count):
        outlet = outlets[turn] if turn < len(outlets) else None
        if outlet is None and turn % 4 == 0:
            outlet = chance.random.choice(outlets)
        city = cities[turn % len(cities)]
        branch = outlet.branch if outlet else units.offices[city]
        sex = chance.random.choice("MF")
        seller = Seller(f"S{turn + 1:05d}", chance.name(sex), chance.mobile(), branch)
        if outlet:
            seller.outlet = outlet.number
            outlet.sellers.append(seller)
        else:
            units.own_sellers.setdefault(city, []).append(seller)
        units.sellers.append(_seller_row(chance, units, seller, sex, outlet))


def _seller_row(chance: Chance, units: Units, seller: Seller, sex: str, outlet: Outlet | None) -> Row:
    birth = chance.day_between(date(1982, 2, 1), date(1999, 12, 31))
    registration = "".join(str(chance.random.randint(0, 9)) for _ in range(22))
    since = date(2018, 1, 1).isoformat()
    return {
        "number": seller.number, "name": seller.name, "id_no": chance.id_number(birth, sex),
        "certificate_no": f"C{registration[:10]}", "branch": seller.branch, "outlet": seller.outlet,
        "phone": seller.phone, "phone_from": since, "registration_no": registration, "employed_from": since,
        "agency": outlet.agency if outlet else "",
        "registration_institution": units.names[outlet.agency] if outlet else INSURER,
        "registered_from": since, "standing": "active", "standing_from": since,
    }  # fmt: skip
