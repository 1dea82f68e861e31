"""The account that pays or is paid: its columns, derived once from what was written."""

from __future__ import annotations

from typing import Any

from authenticity import bank_cards


def account_columns(written: str) -> dict[str, Any]:
    """Columns of Policy for an account number; the marks are the codes that the number alone breaks."""
    read = bank_cards.facts(written)
    marks: list[str] = []
    if read.normal and not read.shape_ok:
        marks = ["BK-001"]
    elif read.normal and not read.luhn_ok:
        marks = ["BK-002"]
    return {"account_no_raw": written, "account_no": read.normal[:60], "account_marks": marks}
