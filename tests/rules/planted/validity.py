"""How long documents hold (customers/rules/validity.py, policies/rules/documents.py)."""

from __future__ import annotations

from datetime import date

from tests.factories import resident_id
from tests.rules.planting import of_beneficiary, of_holder, plant

ADULT_REGISTER = ("ID-028", "id_type")


def _born(day: date, **validity: str) -> dict[str, str]:
    return {"birth_date": day.isoformat(), "id_no": resident_id(born=day), **validity}


def _valid(begins: str, ends: str) -> dict[str, str]:
    return {"id_valid_from": begins, "id_valid_to": ends}


YOUNG, OLD = date(1995, 6, 15), date(1960, 6, 15)

PLANTS = (
    plant("VAL-001", "ends first", of_holder(**_valid("2026-07-15", "2026-06-15")), field="id_valid_to"),
    plant(
        "VAL-001", "begins tomorrow", of_holder(**_valid("2026-11-21", "2046-11-21")), field="id_valid_from"
    ),
    plant("VAL-001", "begins before birth", of_holder(id_valid_from="1980-01-01"), field="id_valid_from"),
    plant("VAL-002", "expired at application", of_holder(id_valid_to="2025-02-28"), field="id_valid_to"),
    plant("VAL-003", "expired since", of_holder(id_valid_to="2026-11-19"), field="id_valid_to"),
    plant(
        "VAL-003",
        "a beneficiary's",
        of_beneficiary(id_valid_to="2026-11-19", id_valid_from="2006-11-19"),
        field="beneficiary.id_valid_to",
    ),
    plant(
        "VAL-004",
        "in thirty days",
        of_holder(**_born(YOUNG, **_valid("2016-12-20", "2026-12-20"))),
        field="id_valid_to",
    ),
    plant("VAL-005", "nineteen years at thirty", of_holder(id_valid_to="2034-06-15"), field="id_valid_to"),
    plant("VAL-005", "for life at thirty", of_holder(id_valid_to="长期"), field="id_valid_to"),
    plant(
        "VAL-005",
        "twenty years at fifty",
        of_holder(**_born(OLD, **_valid("2010-06-15", "2030-06-15"))),
        field="id_valid_to",
    ),
    plant(
        "VAL-006",
        "the last day of 2003",
        of_holder(**_born(date(1950, 6, 15), **_valid("2003-12-31", "长期"))),
        field="id_valid_from",
    ),
    plant(
        "VAL-007", "a register with an end", of_holder(id_type="户口簿"), ADULT_REGISTER, field="id_valid_to"
    ),
    plant(
        "VAL-007",
        "a register without a beginning",
        of_holder(id_type="户口簿", **_valid("", "长期")),
        ADULT_REGISTER,
        field="id_valid_from",
    ),
    plant(
        "VAL-009",
        "a passport of fifteen years",
        of_holder(id_type="护照", id_no="E12345678", **_valid("2020-06-15", "2035-06-15")),
        field="id_valid_to",
    ),
    plant("VAL-010", "no first day", of_holder(id_valid_from=""), field="id_valid_from"),
    plant("VAL-010", "no last day", of_holder(id_valid_to=""), field="id_valid_to"),
)
NEAR_MISSES = (
    ("VAL-001", "begins today", of_holder(**_valid("2026-11-20", "2046-11-20"))),
    ("VAL-002", "expires on a later day", of_holder(**_born(YOUNG, **_valid("2018-03-01", "2028-03-01")))),
    ("VAL-003", "long-term", of_holder(**_born(OLD, **_valid("2010-06-15", "9999-99-99")))),
    ("VAL-004", "in thirty-one days", of_holder(**_born(YOUNG, **_valid("2016-12-21", "2026-12-21")))),
    ("VAL-005", "a day short", of_holder(id_valid_to="2035-06-14")),
    (
        "VAL-006",
        "the first day of 2004",
        of_holder(**_born(date(1950, 6, 15), **_valid("2004-01-01", "长期"))),
    ),
    ("VAL-007", "a resident ID with an end", of_holder(id_valid_to="2035/6/15")),
    (
        "VAL-009",
        "ten years",
        of_holder(id_type="护照", id_no="E12345678", **_valid("2020-06-15", "2030-06-14")),
    ),
    ("VAL-010", "for life", of_holder(**_born(OLD, **_valid("2010-06-15", "长期")))),
)
