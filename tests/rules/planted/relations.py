"""Who is what to whom (policies/rules/relations.py)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from policies.choices import Relation
from tests.factories import resident_id
from tests.rules.book import Book, amend, rewrite
from tests.rules.planting import Act, plant


def insured_is(relation: str, *, born: date = date(1987, 3, 2), sex: str = "F", **terms: object) -> Act:
    """Another insured of that age and sex, with these terms of the policy."""

    def act(book: Book) -> None:
        number = resident_id(born=born, order=122 if sex == "F" else 121)
        rewrite(book.insured, birth_date=born.isoformat(), sex=sex, id_no=number, **of_age(born))
        amend(book.insured_party, relation=relation)
        amend(book.beneficiary, relation=Relation.SIBLING)
        if terms:
            amend(book.policy, **terms)

    return act


def holder_born(born: date, **terms: object) -> Act:
    def act(book: Book) -> None:
        number = resident_id(born=born, order=121)
        rewrite(book.holder, birth_date=born.isoformat(), id_no=number, **of_age(born))
        young = date(2001, 3, 2)
        rewrite(
            book.insured, birth_date="2001-03-02", id_no=resident_id(born=young, order=122), **of_age(young)
        )
        amend(book.beneficiary, relation=Relation.SIBLING)
        amend(book.insured_party, relation=Relation.OTHER)
        amend(book.policy, insured_consent=True, **terms)

    return act


def of_age(born: date) -> dict[str, str]:
    """A card with the term that its holder's age at issue has."""
    age = 2024 - born.year
    until = 2029 if age < 16 else 2034 if age <= 25 else 2044
    return {"id_valid_from": "2024-12-01", "id_valid_to": f"{until}-12-01" if age < 46 else "长期"}


def _self_with_another_document(book: Book) -> None:
    amend(book.insured_party, relation=Relation.SELF)


def _other_with_the_same_document(book: Book) -> None:
    rewrite(book.insured, name=book.holder.name, birth_date="1985-06-15", id_no=book.holder.id_no, sex="M")
    amend(book.insured_party, relation=Relation.EMPLOYEE)
    amend(book.beneficiary, relation=Relation.SIBLING)


def _holder_insured(book: Book) -> None:
    amend(book.insured_party, relation=Relation.SELF, customer=book.holder)
    amend(book.beneficiary, relation=Relation.SIBLING)


CHILD = date(2012, 3, 2)
SMALL = date(2018, 3, 2)
RELATION = "insured.relation"
PLANTS = (
    plant("REQ-005", "no relation", lambda book: amend(book.insured_party, relation=""), field=RELATION),
    plant("RB-001", "a daughter who is a man", insured_is("daughter", born=CHILD, sex="M"), field=RELATION),
    plant("RB-001", "a father who is a woman", insured_is("father", born=date(1960, 3, 2)), field=RELATION),
    plant("RB-002", "a mother younger than her son", insured_is("mother"), field=RELATION),
    plant("RB-002", "a daughter older than her father", insured_is("daughter", born=date(1984, 3, 2)),
          field=RELATION),
    plant("RB-002", "a father of ten", insured_is("daughter", born=date(1996, 3, 2)), field=RELATION),
    plant("RB-003", "self, another document", _self_with_another_document, field=RELATION),
    plant("RB-003", "employee, the same document", _other_with_the_same_document, field=RELATION),
    plant("RB-004", "husbands", insured_is("spouse", sex="M"), field=RELATION),
    plant("RB-005", "a sibling without consent", insured_is("sibling"), field=RELATION),
    plant("RB-005", "a guardian without consent", insured_is("guardian"), field=RELATION),
    plant("RB-002", "a child older than the parent", insured_is("child", born=date(1984, 3, 2)),
          field=RELATION),
    plant("RB-002", "a parent younger than the child", insured_is("parent"), field=RELATION),
    plant("RB-013", "a supported child of another", insured_is("supported", born=CHILD), field=RELATION),
    plant("RB-005", "who refused", insured_is("other", insured_consent=False), field=RELATION),
    plant("RB-006", "of seventeen", holder_born(date(2007, 6, 15)), field="holder.birth_date"),
    plant("RB-006", "who earns", holder_born(date(2007, 6, 15), income_proof=True),
          field="holder.birth_date"),
    plant("RB-006", "of fifteen, income or not", holder_born(date(2009, 6, 15), income_proof=True),
          field="holder.birth_date"),
    plant("RB-013", "an uncle's nephew", insured_is("other", born=CHILD, insured_consent=True),
          field=RELATION),
    plant("RB-013", "twelve years and 600,000",
          insured_is("daughter", born=CHILD, death_cover=Decimal(600_000)), field="insured.death_cover"),
    plant("RB-013", "six years and 300,000",
          insured_is("daughter", born=SMALL, death_cover=Decimal(300_000)), field="insured.death_cover"),
)  # fmt: skip
NEAR_MISSES = (
    ("REQ-005", "another relation", insured_is("other", insured_consent=True)),
    ("RB-001", "a daughter who is a girl", insured_is("daughter", born=CHILD)),
    ("RB-002", "a father of fourteen", insured_is("daughter", born=date(1999, 6, 15))),
    ("RB-003", "self with the same person", _holder_insured),
    ("RB-004", "a wife of twenty on the day", insured_is("spouse", born=date(2005, 3, 1))),
    ("RB-005", "a sibling who consented", insured_is("sibling", insured_consent=True)),
    ("RB-005", "a supported family member", insured_is("supported")),
    ("RB-005", "a child of either sex", insured_is("child", born=CHILD, sex="M")),
    ("RB-005", "a parent of either sex", insured_is("parent", born=date(1960, 3, 2))),
    ("RB-002", "a guardian younger than the ward", insured_is("guardian", insured_consent=True)),
    ("RB-013", "a child of unnamed sex", insured_is("child", born=CHILD)),
    ("RB-006", "eighteen on the day", holder_born(date(2007, 3, 1))),
    ("RB-013", "at the limit", insured_is("daughter", born=SMALL, death_cover=Decimal(200_000))),
)
