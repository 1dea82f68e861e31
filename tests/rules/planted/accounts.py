"""Whose account it is, and whether its number can be (policies/rules/accounts.py)."""

from __future__ import annotations

from policies.accounts import account_columns
from tests.rules.book import Book, amend
from tests.rules.planting import Act, of_policy, plant


def account(written: str) -> Act:
    return of_policy(**account_columns(written))


def paid_by(who: str) -> Act:
    def act(book: Book) -> None:
        person = getattr(book, who)
        amend(book.policy, account_holder_name=person.name, account_holder_id_no=person.id_no)

    return act


def _own_policy(book: Book) -> None:
    """The seller pays for the policy that he has sold himself."""
    amend(book.seller, id_no=book.holder.id_no, id_norm=book.holder.id_no)
    amend(book.policy, account_holder_id_no=book.seller.id_norm)


NOBODY = {"account_holder_name": "吴长河", "account_holder_id_no": "110101197911231234"}
PLANTS = (
    plant("BK-001", "fifteen digits", account("621234567890123"), field="account_no"),
    plant("BK-002", "a digit mistyped", account("6222 0200 0000 0008"), field="account_no"),
    plant("BK-003", "somebody else", of_policy(**NOBODY), field="account_holder_name"),
    plant("BK-003", "somebody by name", of_policy(account_holder_name="吴长河"), field="account_holder_name"),
    plant("BK-003", "the seller", paid_by("seller"), field="account_holder_name"),
)
NEAR_MISSES = (
    ("BK-001", "a card with spaces", account("6222 0200 0000 0007")),
    ("BK-002", "a right card", account("6222020000000007")),
    ("BK-003", "the policyholder", paid_by("holder")),
    ("BK-003", "the insured", paid_by("insured")),
    ("BK-003", "a beneficiary by name", of_policy(account_holder_name="赵受益")),
)
