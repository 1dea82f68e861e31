"""Customers of one office: four on one mobile number, three on another, and one document number twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from config.demo.chance import Chance
from config.demo.people import build_people
from config.demo.units import Units
from tests.journey.book import Book, PointOfSale, contracts

MANY, FEW = 4, 3
SEED, PREFIX = 815, "F"
OTHER_SIGN = "曌"
OTHER_STREET = "江苏省南京市玄武区珠江路{number}号{door}室"


@dataclass(frozen=True)
class Families:
    """`many` share one mobile, `few` another, `twice` one document number; `book` is in their files."""

    book: Book
    many: list[str]
    few: list[str]
    twice: list[str]
    policies: list[dict[str, str]]
    parties: list[dict[str, str]]


def make_families(*, points: Sequence[PointOfSale], today: date) -> Families:
    """Sold by turns at each point of sale, so that no one seller stands behind a number."""
    branch = points[0].branch
    people = build_people(Chance(SEED), Units(offices={"320100": branch}), 60, today)[: MANY + FEW + 1]
    rows = [{**person.row, "landline": ""} for person in people]
    for turn, row in enumerate(rows, start=1):
        address = OTHER_STREET.format(number=10 + turn, door=100 + turn)
        row |= {"number": f"{PREFIX}{turn:05d}", "address": address}
    many, few, twice = rows[:MANY], rows[MANY : MANY + FEW], rows[-1]
    for shared in (many, few):
        for row in shared:
            row["mobile"] = shared[0]["mobile"]
    again = {"number": f"{PREFIX}{len(rows) + 1:05d}", "name": twice["name"][:-1] + OTHER_SIGN}
    twin = {**twice, **again, "mobile": twice["mobile"][:-1] + str((int(twice["mobile"][-1]) + 1) % 10)}
    rows.append(twin)
    book = Book(rows, [dict(row) for row in rows])
    files = [contracts(book, point, today) for point in points]
    mixed = [files[turn % len(files)]["policies"][turn] for turn in range(len(rows))]
    numbers = [row["number"] for row in rows]
    many_numbers, few_numbers = numbers[:MANY], numbers[MANY : MANY + FEW]
    return Families(book, many_numbers, few_numbers, numbers[-2:], mixed, files[0]["parties"])
