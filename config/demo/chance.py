"""Everything that is drawn: one generator, so that a seed tells the whole insurer."""

from __future__ import annotations

import random
from datetime import date, timedelta
from functools import lru_cache

from stdnum import luhn

from authenticity import phones
from authenticity.divisions import default_index
from authenticity.resident_id import check_digit
from config.demo import words

EARLIEST_BIRTH = date(1982, 1, 1)


@lru_cache(maxsize=1)
def abolished_counties() -> tuple[str, ...]:
    """Counties gone before the earliest birth date here: no number with such a code was ever issued."""
    limit = EARLIEST_BIRTH.isoformat()
    return tuple(
        sorted(
            row.code
            for row in default_index().by_code.values()
            if row.level == "district" and row.valid_to and row.valid_to < limit
        )
    )


class Chance:
    """Draws people, numbers and places; remembers what it gave, so that nothing comes twice."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.given: set[str] = set()

    def once(self, text: str) -> bool:
        fresh = text not in self.given
        self.given.add(text)
        return fresh

    def name(self, sex: str, *, child: bool = False) -> str:
        surname = self.random.choice(words.SURNAMES)
        if child:
            pool = words.GIVEN_CHILD_MALE if sex == "M" else words.GIVEN_CHILD_FEMALE
        else:
            pool = words.GIVEN_MALE if sex == "M" else words.GIVEN_FEMALE
        given = self.random.choice(pool)
        if self.random.random() < 0.72:
            given += self.random.choice(pool.replace(given, ""))
        return surname + given

    def day_between(self, first: date, last: date) -> date:
        return first + timedelta(days=self.random.randint(0, (last - first).days))

    def id_number(self, birth: date, sex: str) -> str:
        while True:
            county = self.random.choice(abolished_counties())
            order = self.random.randint(0, 499) * 2 + (1 if sex == "M" else 0)
            body = f"{county}{birth:%Y%m%d}{order:03d}"
            if self.once(body):
                return body + check_digit(body)

    def plain(self, number: str) -> bool:
        """No run or row of digits that would look invented."""
        read = phones.facts(number)
        return read.longest_run < 4 and read.longest_sequence < 5 and read.distinct_last8 > 3

    def mobile(self) -> str:
        while True:
            number = f"{self.random.choice(words.MOBILE_PREFIXES)}{self.random.randint(0, 99_999_999):08d}"
            if self.plain(number) and phones.facts(number).allocated and self.once(number):
                return number

    def account(self) -> str:
        """A card number of nineteen digits that no bank issues, its check digit right."""
        while True:
            body = f"6299{self.random.randint(0, 10**14 - 1):014d}"
            if self.once(body):
                return body + luhn.calc_check_digit(body)

    def landline(self, area: str, length: int) -> str:
        while True:
            subscriber = (
                f"{self.random.randint(2, 8)}{self.random.randint(0, 10 ** (length - 1) - 1):0{length - 1}d}"
            )
            number = f"{area}-{subscriber}"
            if self.plain(number) and phones.facts(number).landline_valid and self.once(number):
                return number

    def address(self, city: str) -> str:
        districts = [row for row in default_index().children(city) if not row.valid_to]
        district = self.random.choice(districts)
        place = default_index().path_text(district.code)
        number, block, room = (
            self.random.randint(1, 399),
            self.random.randint(1, 28),
            self.random.randint(1, 32),
        )
        if self.random.random() < 0.12:
            village = self.random.choice(words.VILLAGES)
            return f"{place}{village}村{self.random.randint(1, 12)}组{number}号"
        street, estate = self.random.choice(words.STREETS), self.random.choice(words.ESTATES)
        return f"{place}{street}{number}号{estate}{block}幢{room}0{self.random.randint(1, 4)}室"
