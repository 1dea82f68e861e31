"""Policies with their parties and application forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from config.demo import words
from config.demo.chance import Chance
from config.demo.people import Person
from config.demo.units import Outlet, Row, Seller, Units

CHANNEL_OF_KIND = {
    "bank": "bank", "post": "bank", "professional": "professional", "broker": "professional", "other": "other",
}  # fmt: skip
OWN_SHARE = 0.48


@dataclass
class Contract:
    row: Row
    holder: Person
    insured: Person
    applied: date
    in_scope: bool
    seller: Seller
    form: Row = field(default_factory=dict)

    @property
    def channel(self) -> str:
        return self.row["channel"]


def build_book(
    chance: Chance, units: Units, holders: list[Person], count: int, today: date
) -> list[Contract]:
    """Every holder has one policy at least while `count` lasts; application dates over three years."""
    draws = [(holder, 0) for holder in holders[:count]]
    draws += [(chance.random.choice(holders), 1) for _ in range(count - len(draws))]
    return [_contract(chance, units, holder, turn + 1, today) for turn, (holder, _) in enumerate(draws)]


def _contract(chance: Chance, units: Units, holder: Person, turn: int, today: date) -> Contract:
    insured = holder
    if holder.family and chance.random.random() < 0.75:
        insured = chance.random.choice(holder.family)
    elder = max(holder.birth, insured.birth)
    earliest = max(
        today - timedelta(days=3 * 365), date(holder.birth.year + 18, 12, 31), elder + timedelta(days=90)
    )
    applied = chance.day_between(earliest, today - timedelta(days=5))
    draw = chance.random.random()
    product = (
        chance.random.choice(words.PRODUCTS[:4]) if draw < 0.94 else words.PRODUCTS[4 if draw < 0.98 else 5]
    )
    outlet, seller = _point_of_sale(chance, units, holder.city)
    channel = CHANNEL_OF_KIND[units.agency_kind[outlet.agency]] if outlet else "individual"
    issued = applied + timedelta(days=chance.random.randint(1, 4))
    number = f"ZX{applied:%Y}{turn:08d}"
    status = "in_force" if chance.random.random() < 0.97 else "surrendered"
    row = {
        "number": number, "product": product[0], "channel": channel, "branch": seller.branch, "status": status,
        "applied_on": applied.isoformat(), "issued_on": issued.isoformat(),
        "effective_on": (issued + timedelta(days=1)).isoformat(), "premium": str(chance.random.randint(10, 300) * 100),
        "seller_no": seller.number, "seller_name": seller.name,
        "outlet_no": outlet.number if outlet else "", "outlet_name": outlet.name if outlet else "",
        "agency_branch_no": outlet.parent if outlet else "",
        "agency_branch_name": units.names[outlet.parent] if outlet else "",
        "agency_no": outlet.agency if outlet else "",
        "agency_name": units.names[outlet.agency] if outlet else "",
    }  # fmt: skip
    row |= _terms(chance, row["premium"], insured, applied)
    in_scope = product[2] == "individual" and product[3] != 1 and status == "in_force"
    return Contract(row, holder, insured, applied, in_scope, seller)


def _terms(chance: Chance, premium: str, insured: Person, applied: date) -> Row:
    """Ten to twenty premiums on death, of a child what the law admits."""
    child = insured.birth > date(applied.year - 18, 1, 1)
    cover = int(premium) * chance.random.randint(10, 20)
    return {
        "payment_years": str(chance.random.choice((1, 3, 5, 10, 20))),
        "death_cover": str(min(cover, 200_000) if child else cover),
        "insured_consent": "" if insured.relation == "self" else "是",
    }


def open_accounts(chance: Chance, book: list[Contract]) -> None:
    """Each policyholder pays from one account, in the name that stands on the policy."""
    accounts: dict[str, str] = {}
    for contract in book:
        holder = contract.holder
        number = accounts.setdefault(holder.number, chance.account())
        own = {"account_holder_name": holder.row["name"], "account_holder_id_no": holder.row["id_no"]}
        contract.row |= {"account_no": number, **own, **planted_account(contract)}


def planted_account(contract: Contract) -> Row:
    """The account holder that a planted defect has named."""
    return {name: text for name, text in contract.row.items() if name.startswith("account_holder")}


def _point_of_sale(chance: Chance, units: Units, city: str) -> tuple[Outlet | None, Seller]:
    if chance.random.random() < OWN_SHARE and units.own_sellers.get(city):
        return None, chance.random.choice(units.own_sellers[city])
    staffed = [outlet for outlet in units.outlets[city] if outlet.sellers]
    banks = [outlet for outlet in staffed if units.agency_kind[outlet.agency] in ("bank", "post")]
    outlet = chance.random.choice(banks if banks and chance.random.random() < 0.87 else staffed)
    return outlet, chance.random.choice(outlet.sellers)


def party_rows(chance: Chance, contract: Contract) -> list[Row]:
    number, holder, insured = contract.row["number"], contract.holder, contract.insured
    own = insured is holder
    rows = [
        _party(number, "holder", holder),
        _party(number, "insured", insured, relation="self" if own else insured.relation),
    ]
    heirs = [person for person in [holder, *holder.family] if person is not insured]
    if not heirs or chance.random.random() < 0.4:
        return [*rows, {"policy": number, "role": "beneficiary", "position": "1", "benefit": "death",
                        "designation": "statutory"}]  # fmt: skip
    heirs = heirs[:2]
    shares = ["100.00"] if len(heirs) == 1 else ["60.00", "40.00"]
    for place, (heir, share) in enumerate(zip(heirs, shares, strict=True), start=1):
        rows.append(
            {**_party(number, "beneficiary", heir, relation=_to_insured(heir, insured)), "position": str(place),
             "benefit": "death", "designation": "designated", "order": "1", "share": share,
             **_reached(chance, heir, holder)}
        )  # fmt: skip
    return rows


def _reached(chance: Chance, heir: Person, holder: Person) -> Row:
    """How a beneficiary is reached, and who answers for a child."""
    child = heir.birth > date(2006, 1, 1)
    reached = {
        "phone": holder.phone if child else heir.phone,
        "address": heir.row["address"],
        "occupation": "学生" if child else chance.random.choice(words.OCCUPATIONS),
    }
    if child:
        reached |= {"guardian_name": holder.name, "guardian_phone": holder.phone}
    return reached


def _to_insured(heir: Person, insured: Person) -> str:
    """What the heir is to the insured, both of one household."""
    if insured.relation == "self":
        return heir.relation
    if insured.relation == "spouse":
        return "spouse" if heir.relation == "self" else heir.relation
    if heir.relation in ("son", "daughter"):
        return "sibling"
    return "father" if heir.sex == "M" else "mother"


def _party(number: str, role: str, person: Person, relation: str = "") -> Row:
    kept = ("name", "sex", "birth_date", "id_type", "id_no")
    return {"policy": number, "role": role, "position": "1", "customer": person.number, "relation": relation,
            **{name: person.row[name] for name in kept}}  # fmt: skip


def form_row(contract: Contract, turn: int) -> Row:
    """What the signed form says: the customer's data as it stands when the form is written."""
    says: Row = {}
    for role, person in (("holder", contract.holder), ("insured", contract.insured)):
        for name in ("name", "sex", "birth_date", "id_type", "id_no"):
            says[f"{role}_{name}"] = person.row[name]
    for name in ("mobile", "landline", "address"):
        says[f"holder_{name}"] = contract.holder.row[name]
    return {
        "number": f"F{turn:09d}", "channel": contract.channel, "policy": contract.row["number"],
        "signed_on": contract.applied.isoformat(),
        "received_on": (contract.applied + timedelta(days=1)).isoformat(), **says,
    }  # fmt: skip
