"""The account that pays or is paid: its columns, derived once from what was written."""

from __future__ import annotations

from typing import Any

from authenticity import bank_cards, documents
from authenticity.marks import account_marks


def account_columns(written: str) -> dict[str, Any]:
    """Columns of Policy for an account number; the marks are the codes that the number alone breaks."""
    return {
        "account_no_raw": written,
        "account_no": bank_cards.normalise(written)[:60],
        "account_marks": list(account_marks(written)),
    }


def owner_number(written: str) -> str:
    """The account holder's document number as customers' are compared; 15 digits are a citizen's."""
    return documents.key(documents.RESIDENT_ID, documents.normalise("", written))[:60]
