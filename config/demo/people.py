"""Households: holders, their spouses and children, with documents and contacts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from config.demo import words
from config.demo.chance import Chance
from config.demo.units import Row, Units

MARRIED_BEFORE = date(2000, 6, 30)


@dataclass
class Person:
    number: str
    city: str
    row: Row
    birth: date
    sex: str
    phone: str = ""
    relation: str = "self"
    family: list[Person] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.row["name"]


def term_of_card(age: int) -> int:
    """Years that a resident ID card issued at this age holds (居民身份证法 art. 5)."""
    return 5 if age < 16 else 10 if age <= 25 else 20


def build_people(chance: Chance, units: Units, count: int, today: date) -> list[Person]:
    """Holders, each with the family that comes with them; exactly `count` people in all."""
    holders: list[Person] = []
    made = 0
    while made < count:
        city = chance.random.choice(list(units.offices))
        holder = _person(chance, units, city, made + 1, today, born=(date(1982, 1, 15), date(2002, 6, 30)))
        made += 1
        holders.append(holder)
        for relation in _family_plan(chance, holder):
            if made >= count:
                break
            made += 1
            holder.family.append(_relative(chance, units, holder, made, today, relation))
    return holders


def _family_plan(chance: Chance, holder: Person) -> list[str]:
    """Nobody is married who was too young for it at the earliest application."""
    draw = chance.random.random()
    if holder.birth > MARRIED_BEFORE and draw >= 0.93:
        return ["child"]
    if draw < 0.80:
        return []
    return ["child"] if draw < 0.93 else ["spouse"] if draw < 0.97 else ["spouse", "child"]


def _relative(chance: Chance, units: Units, holder: Person, turn: int, today: date, relation: str) -> Person:
    if relation == "spouse":
        earliest = max(date(1982, 1, 15), holder.birth - timedelta(days=1500))
        born = (earliest, min(MARRIED_BEFORE, holder.birth + timedelta(days=1500)))
        other = "F" if holder.sex == "M" else "M"
        person = _person(chance, units, holder.city, turn, today, born=born, sex=other)
        person.relation = "spouse"
    else:
        first = max(date(2009, 1, 1), date(holder.birth.year + 23, 1, 1))
        born = (min(first, date(2024, 1, 1)), date(2025, 6, 30))
        person = _person(chance, units, holder.city, turn, today, born=born, child_of=holder)
        person.relation = "son" if person.sex == "M" else "daughter"
    person.row["address"] = holder.row["address"]
    return person


def _person(
    chance: Chance, units: Units, city: str, turn: int, today: date, *, born: tuple[date, date], sex: str = "",
    child_of: Person | None = None,
) -> Person:  # fmt: skip
    sex = sex or chance.random.choice("MF")
    birth = chance.day_between(*born)
    name = chance.name(sex, child=child_of is not None)
    if child_of:
        name = child_of.name[0] + name[1:]
    valid_from, valid_to = _card(chance, birth, today)
    _, area, length = next(c[city] for _, c in words.PROVINCES.values() if city in c)
    landline = chance.landline(area, length) if not child_of and chance.random.random() < 0.15 else ""
    row = {
        "number": f"C{turn:08d}", "home_branch": units.offices[city], "name": name,
        "sex": {"M": "男", "F": "女"}[sex], "birth_date": birth.isoformat(), "id_type": "resident_id",
        "id_no": chance.id_number(birth, sex), "id_valid_from": valid_from, "id_valid_to": valid_to,
        "nationality": "CHN", "mobile": "" if child_of else chance.mobile(), "landline": landline,
        "address": chance.address(city), "postcode": "", "email": "", **_upkeep(chance, valid_from, today),
    }  # fmt: skip
    row["mobile_own"] = "是" if row["mobile"] else ""
    return Person(row["number"], city, row, birth, sex, row["mobile"])


def _upkeep(chance: Chance, since: str, today: date) -> Row:
    """Seen with the document that they have now; contacts confirmed within the last year and a half."""
    checked = chance.day_between(max(date.fromisoformat(since), today - timedelta(days=900)), today)
    return {
        "identity_checked_on": checked.isoformat(),
        "identity_check_method": chance.random.choice(("核对原件", "联网核查", "人脸识别")),
        "contact_confirmed_on": chance.day_between(today - timedelta(days=540), today).isoformat(),
    }


def _card(chance: Chance, birth: date, today: date) -> tuple[str, str]:
    """A card that still holds for a good while, issued at an age whose term it has."""
    for _ in range(200):
        issued = chance.day_between(
            max(date(2004, 1, 2), birth + timedelta(days=60)), today - timedelta(days=30)
        )
        age = issued.year - birth.year - ((issued.month, issued.day) < (birth.month, birth.day))
        until = date(issued.year + term_of_card(age), issued.month, min(issued.day, 28))
        if until > today + timedelta(days=60):
            return issued.replace(day=min(issued.day, 28)).isoformat(), until.isoformat()
    issued = (today - timedelta(days=40)).replace(day=1)
    age = issued.year - birth.year - ((issued.month, issued.day) < (birth.month, birth.day))
    return issued.isoformat(), issued.replace(year=issued.year + term_of_card(age)).isoformat()
