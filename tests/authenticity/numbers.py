"""Numbers made up for tests; the check digits are computed, never copied from a person."""

from authenticity.resident_id import check_digit


def citizen_number(county: str = "110101", born: str = "19800215", sequence: str = "123") -> str:
    body = county + born + sequence
    return body + check_digit(body)


def foreign_resident_number(province: str = "11", country: str = "840", born: str = "19800215") -> str:
    body = "9" + province + country + born + "123"
    return body + check_digit(body)


def spoiled(number: str) -> str:
    """The same number with another, wrong last character."""
    return number[:-1] + ("1" if number[-1] != "1" else "2")
