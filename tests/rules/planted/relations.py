"""Who is what to whom, and who gets how much (policies/rules/relations.py)."""

from __future__ import annotations

from decimal import Decimal

from policies.choices import Relation
from tests.rules.book import Book, amend, beneficiary_with, rewrite
from tests.rules.planting import plant


def _self_with_another_document(book: Book) -> None:
    amend(book.insured_party, relation=Relation.SELF)


def _other_with_the_same_document(book: Book) -> None:
    rewrite(
        book.insured,
        name=book.holder.name,
        sex=book.holder.sex,
        birth_date="1985-06-15",
        id_no=book.holder.id_no,
    )


def _holder_insured(book: Book) -> None:
    amend(book.insured_party, relation=Relation.SELF, customer=book.holder)


def _two_halves(book: Book) -> None:
    amend(book.beneficiary, share=Decimal("33.33"))
    beneficiary_with(book, "66.67")


def _no_shares(book: Book) -> None:
    amend(book.beneficiary, share=None)
    beneficiary_with(book, None)


def _two_orders(book: Book) -> None:
    beneficiary_with(book, "100", order=2)


PLANTS = (
    plant(
        "REQ-005",
        "no relation",
        lambda book: amend(book.insured_party, relation=""),
        field="insured.relation",
    ),
    plant("RB-003", "self, another document", _self_with_another_document, field="insured.relation"),
    plant("RB-003", "spouse, the same document", _other_with_the_same_document, field="insured.relation"),
    plant(
        "RB-007",
        "ninety in all",
        lambda book: amend(book.beneficiary, share=Decimal(90)),
        field="beneficiary.share",
    ),
    plant(
        "RB-007", "a hundred and ten", lambda book: beneficiary_with(book, "10"), field="beneficiary.share"
    ),
)
NEAR_MISSES = (
    ("REQ-005", "another relation", lambda book: amend(book.insured_party, relation=Relation.OTHER)),
    ("RB-003", "self with the same person", _holder_insured),
    ("RB-007", "thirds that make a whole", _two_halves),
    ("RB-007", "no shares at all", _no_shares),
    ("RB-007", "each order has its own", _two_orders),
)
