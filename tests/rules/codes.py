"""Every code of the written catalogue. A code is permanent: none is ever taken off this list."""

from __future__ import annotations


def _codes(prefix: str, *numbers: int) -> tuple[str, ...]:
    return tuple(f"{prefix}-{number:03d}" for number in numbers)


WAITING = (
    *_codes("NT", 1),
    *_codes("AG", 1, 2),
    *_codes("PH", 25),
    *_codes("PO", *range(5, 9)),
    *_codes("MS", 1, 2, 4),
)
NO_RULES = (
    *_codes("SCP", 1, 2),
    *_codes("ID", 15),
    *_codes("VAL", 8),
    *_codes("NM", 3),
    *_codes("PO", 4),
)
WRITTEN = (
    *_codes("REQ", *range(1, 10)),
    *_codes("SCP", 1, 2),
    *_codes("ID", *range(1, 16), *range(20, 31)),
    *_codes("VAL", *range(1, 11)),
    *_codes("ORG", *range(1, 7)),
    *_codes("BK", *range(1, 5)),
    *_codes("PH", *range(1, 13), *range(20, 28)),
    *_codes("AD", *range(1, 13)),
    *_codes("NM", *range(1, 11)),
    *_codes("RB", *range(1, 16)),
    *_codes("PO", *range(1, 9)),
    *_codes("MS", *range(1, 5)),
    *_codes("RN", 1, 2, 3),
    *_codes("NT", 1),
    *_codes("IC", 1),
    *_codes("CT", 1, 2),
    *_codes("AG", 1, 2),
    *_codes("IMG", 1, 2),
)
# Codes that the product added to the written ones.
ADDED = ("BK-005", *_codes("SV", 1, 2))
