"""Who gets how much, in which order, and what must be known of them (policies/rules/beneficiaries.py)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from policies.choices import Designation, PartyRole, Relation
from policies.models import PolicyParty
from tests.factories import make_party, resident_id
from tests.rules.book import Book, amend, beneficiary_with, rewrite_party
from tests.rules.planting import Act, of_beneficiary, plant


def terms(**columns: object) -> Act:
    return lambda book: amend(book.beneficiary, **columns)


def large(**columns: object) -> Act:
    """Of twenty times 12,000, with nothing missing but what is said."""
    known = {
        "nationality": "CHN",
        "address": "北京市东城区东华门街道锡拉胡同5号院401室",
        "phone": "13920461857",
        "occupation": "教师",
    }

    def act(book: Book) -> None:
        amend(book.policy, payment_years=20)
        amend(book.beneficiary, **{**known, **columns})

    return act


def _heirs(*, order: int | None, position: int = 2) -> Act:
    def act(book: Book) -> None:
        if position == 1:
            amend(book.beneficiary, position=2)
        PolicyParty.objects.create(
            policy=book.policy,
            role=PartyRole.BENEFICIARY,
            benefit="death",
            position=position,
            order=order,
            designation=Designation.STATUTORY,
            recorded_at=book.policy.recorded_at,
            extracted_at=book.policy.extracted_at,
        )

    return act


def _twice(book: Book) -> None:
    amend(book.beneficiary, share=Decimal(50))
    other = beneficiary_with(book, "50")
    rewrite_party(other, id_no=book.beneficiary.id_no)


def _no_shares(book: Book) -> None:
    amend(book.beneficiary, share=None)
    amend(beneficiary_with(book, None), relation=Relation.SIBLING)


def _two_halves(book: Book) -> None:
    amend(book.beneficiary, share=Decimal("33.33"))
    beneficiary_with(book, "66.67")


def _nothing_for_one(book: Book) -> None:
    amend(book.beneficiary, share=Decimal(0))
    beneficiary_with(book, "100")


def _seller_inherits(relation: str) -> Act:
    def act(book: Book) -> None:
        rewrite_party(
            book.beneficiary,
            birth_date="1990-03-08",
            id_no=book.seller.id_norm,
            id_valid_from="2016-03-09",
            id_valid_to="2036-03-09",
        )
        amend(book.beneficiary, relation=relation)

    return act


def _insured_inherits(benefit: str) -> Act:
    def act(book: Book) -> None:
        book.beneficiary.delete()
        make_party(
            policy=book.policy,
            customer=book.insured,
            role=PartyRole.BENEFICIARY,
            benefit=benefit,
            relation=Relation.SELF,
        )

    return act


def _employee(relation: str) -> Act:
    def act(book: Book) -> None:
        amend(book.insured_party, relation=Relation.EMPLOYEE)
        amend(book.beneficiary, relation=relation)

    return act


def _employees_parent(book: Book) -> None:
    born = date(1971, 5, 6)
    rewrite_party(
        book.beneficiary,
        birth_date=born.isoformat(),
        id_no=resident_id(born=born, order=121),
        id_valid_from="2016-03-09",
        id_valid_to="2036-03-09",
    )
    _employee("parent")(book)


def _minor(**guardian: str) -> Act:
    def act(book: Book) -> None:
        born = date(2012, 5, 6)
        rewrite_party(
            book.beneficiary,
            birth_date=born.isoformat(),
            id_no=resident_id(born=born, order=121),
            id_valid_from="2024-12-01",
            id_valid_to="2029-12-01",
        )
        amend(book.beneficiary, relation=Relation.SON, **guardian)

    return act


def _a_customer_without_sex(book: Book) -> None:
    """The beneficiary is the policyholder, whose sex nobody knows."""
    book.beneficiary.delete()
    make_party(policy=book.policy, customer=book.holder, role=PartyRole.BENEFICIARY)
    amend(book.holder, sex="")


PLANTS = (
    *(
        plant("REQ-006", f"his {field}", of_beneficiary(**{field: ""}), field=f"beneficiary.{field}")
        for field in ("name", "sex", "birth_date", "id_type", "id_no")
    ),
    plant("REQ-006", "a customer's sex", _a_customer_without_sex, ("REQ-001", "sex"),
          field="beneficiary.sex"),
    plant("REQ-006", "relation", terms(relation=""), field="beneficiary.relation"),
    plant("REQ-006", "order", terms(order=None), field="beneficiary.order"),
    plant("REQ-006", "share", terms(share=None), ("RB-007", "beneficiary.share"),
          field="beneficiary.share"),
    plant("RB-007", "ninety in all", terms(share=Decimal(90)), field="beneficiary.share"),
    plant("RB-007", "a hundred and ten", lambda book: beneficiary_with(book, "10"),
          field="beneficiary.share"),
    plant("RB-007", "no shares at all", _no_shares, ("REQ-006", "beneficiary.share"),
          field="beneficiary.share"),
    plant("RB-008", "nothing for one", _nothing_for_one, field="beneficiary.share"),
    plant("RB-008", "the second order alone", terms(order=2), field="beneficiary.order"),
    plant("RB-008", "one person twice", _twice, field="beneficiary.id_no"),
    plant("RB-009", "heirs behind a name", _heirs(order=None), field="beneficiary.designation"),
    plant("RB-009", "heirs before a name", _heirs(order=1, position=1), field="beneficiary.designation"),
    plant("RB-009", "only a relation", of_beneficiary(name="妻子"), field="beneficiary.name"),
    plant("RB-010", "the seller inherits", _seller_inherits("other"), field="beneficiary.id_no"),
    plant("RB-010", "a guardian who sells", _seller_inherits("guardian"), field="beneficiary.id_no"),
    plant("RB-011", "the insured inherits", _insured_inherits("death"), field="beneficiary.id_no"),
    plant("RB-012", "a colleague inherits", _employee("other"), field="beneficiary.relation"),
    plant("RB-012", "a guardian inherits", _employee("guardian"), field="beneficiary.relation"),
    plant("RB-014", "a child alone", _minor(), field="beneficiary.guardian_phone"),
    plant("RB-014", "a guardian without a phone", _minor(guardian_name="赵母"),
          field="beneficiary.guardian_phone"),
    *(
        plant("RB-015", f"no {field}", large(**{field: ""}), field=f"beneficiary.{field}")
        for field in ("nationality", "address", "phone", "occupation")
    ),
)  # fmt: skip
NEAR_MISSES = (
    ("REQ-006", "heirs by law have no name", lambda book: amend(
        book.beneficiary, designation=Designation.STATUTORY, name="", relation="", share=None, order=None)),
    ("RB-007", "thirds that make a whole", _two_halves),
    ("RB-007", "each order has its own", lambda book: beneficiary_with(book, "100", order=2)),
    ("RB-008", "a second order behind the first", lambda book: beneficiary_with(book, "100", order=2)),
    ("RB-009", "heirs in the second order", _heirs(order=2)),
    ("RB-010", "a seller who is the insured's brother", _seller_inherits("sibling")),
    ("RB-011", "the insured's own pension", _insured_inherits("annuity")),
    ("RB-012", "an employee's spouse inherits", _employee("spouse")),
    ("RB-012", "an employee's parents inherit", _employees_parent),
    ("RB-014", "a child with a guardian", _minor(guardian_name="赵母", guardian_phone="13920461857")),
    ("RB-015", "nothing missing", large()),
)  # fmt: skip
