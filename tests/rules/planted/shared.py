"""What several persons have in common (policies/rules/shared.py)."""

from __future__ import annotations

from datetime import date

from customers.choices import FamilyTie, ImageSource, TieSource
from customers.models import Customer, CustomerImage, Relationship
from policies.choices import Relation
from policies.models import PolicyParty
from tests.factories import AT, make_file, make_outlet, make_policy, make_seller, make_staff, resident_id
from tests.rules.book import Book, amend, another_holder, recorded, rewrite
from tests.rules.planting import Act, plant

NUMBER = "13920461857"
ADDRESS = "北京市东城区东华门街道锡拉胡同9号院7号楼1单元1201室"
ACCOUNT = "6222021234567894"
OTHERS = (("孙一山", date(1981, 2, 9)), ("郑四海", date(1990, 8, 17)))


def _of_another_seller(customer: Customer, book: Book) -> None:
    """The client's policy is moved to somebody at another outlet."""
    outlet = make_outlet(agency=book.agency, parent=book.agency_branch, opened_on=date(2012, 1, 1))
    seller = make_seller(outlet=outlet)
    policy = PolicyParty.objects.get(customer=customer, role="holder").policy
    amend(policy, seller=seller, seller_no=seller.staff_no, seller_name=seller.name)
    amend(policy, outlet=outlet, outlet_no=outlet.number, outlet_name=outlet.name)


def _holders(book: Book, count: int) -> list[Customer]:
    """So many different holders, the last one a client of another seller."""
    found = [book.holder]
    if count > 1:
        found.append(another_holder(book))
    for name, born in OTHERS[: count - 2]:
        another = {"name": name, "birth_date": born.isoformat(), "id_no": resident_id(born=born)}
        found.append(another_holder(book, **another))
    _of_another_seller(found[-1], book)
    return found


def _same(count: int, **written: str) -> Act:
    def act(book: Book) -> None:
        for customer in _holders(book, count):
            rewrite(customer, **written)

    return act


def _clients_of_one_seller(count: int, **written: str) -> Act:
    def act(book: Book) -> None:
        for customer in _holders(book, count):
            rewrite(customer, **written)
        first = book.policy
        for policy in [party.policy for party in PolicyParty.objects.filter(role="holder")]:
            amend(policy, seller=first.seller, seller_no=first.seller_no, seller_name=first.seller_name)
            amend(policy, outlet=first.outlet, outlet_no=first.outlet_no, outlet_name=first.outlet_name)

    return act


def _same_number_two_names(book: Book) -> None:
    other = another_holder(book)
    rewrite(other, birth_date="1985-06-15", id_no=book.holder.id_no)


def _fifteen_digits_two_names(book: Book) -> None:
    other = another_holder(book)
    rewrite(other, birth_date="1985-06-15", id_no=_of_fifteen(book.holder.id_no))


def _of_fifteen(number: str) -> str:
    return number[:6] + number[8:17]


def _same_person_twice(book: Book) -> Customer:
    other = another_holder(book)
    rewrite(other, name=book.holder.name, birth_date="1985-06-15", id_no=book.holder.id_no)
    return other


def _two_numbers(book: Book) -> None:
    other = another_holder(book)
    rewrite(
        other,
        name=book.holder.name,
        birth_date="1985-06-15",
        id_no=resident_id(born=date(1985, 6, 15), order=777),
    )


def _born_on_another_day(book: Book) -> None:
    rewrite(another_holder(book), name=book.holder.name)


def _account(book: Book) -> None:
    for customer in _holders(book, 2):
        policy = PolicyParty.objects.get(customer=customer, role="holder").policy
        amend(policy, account_no=ACCOUNT, account_no_raw=ACCOUNT, account_holder_name=customer.name)


def _account_of_two_policies(book: Book) -> None:
    make_policy(seller=book.seller, holder=book.holder, **recorded(book.agency_branch))
    for party in PolicyParty.objects.filter(customer=book.holder, role="holder").select_related("policy"):
        amend(party.policy, account_no=ACCOUNT, account_no_raw=ACCOUNT)


def image(customer: Customer, sha256: str) -> None:
    file = make_file(owner=make_staff(), sha256=sha256)
    CustomerImage.objects.create(
        customer=customer, file=file, sha256=sha256, source=ImageSource.UPLOAD, taken_at=AT
    )


def _image_of_two(book: Book) -> None:
    for customer in (book.holder, another_holder(book)):
        image(customer, "a" * 64)


def _image_of_one_person(book: Book) -> None:
    for customer in (book.holder, _same_person_twice(book)):
        image(customer, "a" * 64)


def _family(book: Book) -> None:
    """The insured holds a policy of her own and shares the husband's number."""
    make_policy(seller=book.seller, holder=book.insured, **recorded(book.agency_branch))
    for customer in (book.holder, book.insured):
        rewrite(customer, mobile=NUMBER)


def _declared(book: Book) -> None:
    one, other = _holders(book, 2)
    Relationship.objects.create(
        customer=other,
        relative=one,
        relation=FamilyTie.SIBLING,
        source=TieSource.CUSTOMER,
        recorded_by=make_staff(),
        recorded_at=AT,
    )
    for customer in (one, other):
        rewrite(customer, mobile=NUMBER)


def _beneficiary_as_written(book: Book) -> None:
    """The other holder stands on the policy only as a beneficiary who has no customer."""
    one, other = _holders(book, 2)
    amend(book.insured_party, customer=one, id_key=one.id_key, relation=Relation.SELF)
    amend(
        book.beneficiary, name=other.name, id_no=other.id_no, id_key=other.id_key, relation=Relation.SIBLING
    )
    for customer in (one, other):
        rewrite(customer, landline="010-65128473")


def _one_person_thrice(book: Book) -> None:
    """Once with the number of fifteen digits."""
    others = [_same_person_twice(book), _same_person_twice(book)]
    for customer in (book.holder, *others):
        rewrite(customer, mobile=NUMBER)


def _three_of_one_family(book: Book) -> None:
    """Nobody said how the two children are related to each other."""
    parent, *children = _holders(book, 3)
    for child in children:
        Relationship.objects.create(
            customer=parent,
            relative=child,
            relation=FamilyTie.CHILD,
            source=TieSource.DOCUMENT,
            recorded_by=make_staff(),
            recorded_at=AT,
        )
    for customer in (parent, *children):
        rewrite(customer, address=ADDRESS)


def _with_a_seller(book: Book) -> None:
    """The seller's own policy is no second policyholder."""
    one, other = _holders(book, 2)
    seller = make_seller(outlet=book.outlet)
    amend(seller, id_no=other.id_no, id_norm=other.id_no)
    for customer in (one, other):
        rewrite(customer, mobile=NUMBER)


PLANTS = (
    plant("ID-010", "one number, two names", _same_number_two_names, field="id_no"),
    plant(
        "ID-010", "fifteen digits and eighteen", _fifteen_digits_two_names, ("ID-002", "id_no"), field="id_no"
    ),
    plant("ID-011", "two numbers", _two_numbers, field="id_no"),
    plant("PH-022", "of two", _same(2, mobile=NUMBER), field="mobile"),
    plant("PH-022", "a landline of two", _same(2, landline="010-65128473"), field="landline"),
    plant("PH-023", "of three", _same(3, mobile=NUMBER), field="mobile"),
    plant("PH-024", "of two of one seller", _clients_of_one_seller(2, mobile=NUMBER), field="mobile"),
    plant("PH-024", "of three of one seller", _clients_of_one_seller(3, mobile=NUMBER), field="mobile"),
    plant("AD-009", "an address of three", _same(3, address=ADDRESS), field="address"),
    plant("AD-009", "an e-mail of three", _same(3, email="zhang@example.cn"), field="email"),
    plant("BK-004", "an account of two", _account, field="account_no"),
    plant("IMG-002", "an image of two", _image_of_two, field="id_no"),
)
NEAR_MISSES = (
    ("ID-010", "the same name twice", _same_person_twice),
    ("ID-011", "born on another day", _born_on_another_day),
    ("PH-022", "husband and wife", _family),
    ("PH-022", "declared brothers", _declared),
    ("PH-022", "a beneficiary as written", _beneficiary_as_written),
    ("PH-022", "a seller's own policy", _with_a_seller),
    ("PH-023", "one person three times", _one_person_thrice),
    ("PH-024", "one person three times", _one_person_thrice),
    ("AD-009", "of two", _same(2, address=ADDRESS)),
    ("AD-009", "an e-mail of two", _same(2, email="zhang@example.cn")),
    ("AD-009", "three of one family", _three_of_one_family),
    ("BK-004", "two policies of one holder", _account_of_two_policies),
    ("IMG-002", "one person twice", _image_of_one_person),
)
