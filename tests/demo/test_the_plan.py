"""The demo insurer is the same for the same seed, of the size it says, and nobody's real data."""

from collections import Counter
from datetime import date

from authenticity.divisions import default_index
from authenticity.resident_id import check_digit
from config.demo.chance import Chance
from config.demo.insurer import plan_insurer

TODAY = date(2026, 11, 22)


def rows(customers: int, seed: int) -> list[dict[str, str]]:
    plan = plan_insurer(customers=customers, seed=seed, today=TODAY)
    return [one.row for one in plan.people] + [one.row for one in plan.book]


def test_a_seed_tells_every_row() -> None:
    assert rows(200, 7) == rows(200, 7) != rows(200, 8)


def test_it_has_the_units_that_it_promises() -> None:
    plan = plan_insurer(customers=200, seed=1, today=TODAY)

    levels = Counter(row["level"] for row in plan.units.branches)
    outlets = Counter(row["level"] for row in plan.units.outlet_rows)
    assert (levels["head"], levels["province"], levels["city"]) == (1, 3, 12)
    assert (len(plan.units.agencies), outlets["outlet"], len(plan.units.sellers)) == (12, 60, 200)
    assert (len(plan.people), len(plan.book)) == (200, 240)


def test_no_number_was_ever_issued() -> None:
    chance = Chance(3)
    for _ in range(200):
        number = chance.id_number(date(1982, 3, 4), "F")
        county = default_index().by_code[number[:6]]
        assert "" < county.valid_to < "1982-03-04"
        assert check_digit(number[:17]) == number[17]
