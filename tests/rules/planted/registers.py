"""What the registers of agencies and sellers hold (agents/rules/registers.py)."""

from __future__ import annotations

from agents.models import Registration
from authenticity.marks import uscc_marks
from tests.rules.book import amend
from tests.rules.planting import Act, plant

RIGHT = "91110000600037341L"
NO_CATEGORY = "881100006000373410"


def credit_code(code: str) -> Act:
    return lambda book: amend(book.agency, uscc=code, uscc_norm=code, uscc_marks=list(uscc_marks(code)))


def registration(number: str) -> Act:
    return lambda book: Registration.objects.filter(seller=book.seller).update(number=number)


PLANTS = (
    plant("ORG-001", "seventeen signs", credit_code(RIGHT[:-1]), field="uscc"),
    plant("ORG-002", "another check character", credit_code(RIGHT[:-1] + "M"), field="uscc"),
    plant("ORG-002", "a code of the pilot", credit_code("91350211M000100Y48"), field="uscc"),
    plant("ORG-003", "a category of nobody", credit_code(NO_CATEGORY), field="uscc"),
    plant("ORG-006", "six digits", registration("123456"), field="registration_no"),
)
NEAR_MISSES = (
    ("ORG-001", "a right code", credit_code(RIGHT)),
    ("ORG-002", "a right code", credit_code(RIGHT)),
    ("ORG-003", "a right code", credit_code(RIGHT)),
    ("ORG-006", "twenty-six digits", registration("0" * 26)),
)
