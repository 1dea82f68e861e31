"""Real-name selling on every level (policies/rules/sellers.py)."""

from __future__ import annotations

from datetime import date

from agents.choices import Standing
from agents.models import OutletName, Registration, SellerStanding
from tests.factories import make_seller
from tests.rules.book import Book, amend
from tests.rules.planting import Act, of_policy, plant


def _left_before_sale(book: Book) -> None:
    SellerStanding.objects.filter(seller=book.seller).update(valid_to=date(2025, 3, 1))
    SellerStanding.objects.create(seller=book.seller, standing=Standing.LEFT, valid_from=date(2025, 3, 1))


def _former_name(book: Book) -> None:
    OutletName.objects.create(outlet=book.outlet, name="旧网点", valid_to=date(2026, 1, 1))
    amend(book.policy, outlet_name="旧网点")


def _left_on_the_day_after(book: Book) -> None:
    SellerStanding.objects.filter(seller=book.seller).update(valid_to=date(2025, 3, 2))


def registration(**columns: object) -> Act:
    return lambda book: Registration.objects.filter(seller=book.seller).update(**columns)


def licence(**columns: object) -> Act:
    return lambda book: amend(book.agency, **columns)


def _own_seller(book: Book) -> None:
    """The insurer's own seller is registered with the insurer, which is no agency."""
    amend(book.seller, agency=None, outlet=None)
    Registration.objects.filter(seller=book.seller).update(institution="真信人寿保险股份有限公司")


def _own_seller_elsewhere(book: Book) -> None:
    amend(book.seller, agency=None, outlet=None)
    Registration.objects.filter(seller=book.seller).update(institution=book.agency.name)


def _registered_with_the_agency(book: Book) -> None:
    Registration.objects.filter(seller=book.seller).update(institution=f" {book.agency.name} ")


def _own_policy(book: Book) -> None:
    amend(book.seller, id_norm=book.holder.id_key)


def _sold_by_a_colleague(book: Book) -> None:
    make_seller(outlet=book.outlet, id_no=book.holder.id_no)


PLANTS = (
    plant("ID-014", "the seller is the holder", _own_policy, field="id_no"),
    plant("REQ-009", "no seller number", of_policy(seller_no="", seller=None), field="seller_no"),
    plant("REQ-009", "no seller name", of_policy(seller_name=""), field="seller_name"),
    plant("REQ-009", "no outlet number", of_policy(outlet_no="", outlet=None), field="outlet_no"),
    plant("REQ-009", "no outlet name", of_policy(outlet_name=""), field="outlet_name"),
    plant(
        "REQ-009",
        "no agency branch",
        of_policy(agency_branch_no="", agency_branch_name="", agency_branch=None),
        field="agency_branch_no",
    ),
    plant("REQ-009", "no agency", of_policy(agency_no="", agency_name=""), field="agency_no"),
    plant("RN-001", "seller unknown", of_policy(seller_no="S-NONE", seller=None), field="seller_no"),
    plant("RN-001", "outlet unknown", of_policy(outlet_no="O-NONE", outlet=None), field="outlet_no"),
    plant(
        "RN-001",
        "agency branch unknown",
        of_policy(agency_branch_no="O-NONE", agency_branch=None),
        field="agency_branch_no",
    ),
    plant("RN-002", "seller's name", of_policy(seller_name="李消售"), field="seller_name"),
    plant("RN-002", "outlet's name", of_policy(outlet_name="别的网点"), field="outlet_name"),
    plant(
        "RN-002", "agency branch's name", of_policy(agency_branch_name="别的支行"), field="agency_branch_name"
    ),
    plant("RN-003", "seller left", _left_before_sale, field="seller_no"),
    plant(
        "RN-003",
        "outlet closed",
        lambda book: amend(book.outlet, closed_on=date(2025, 2, 28)),
        field="outlet_no",
    ),
    plant(
        "RN-003",
        "agency branch not open yet",
        lambda book: amend(book.agency_branch, opened_on=date(2025, 3, 2)),
        field="agency_branch_no",
    ),
    plant("ORG-004", "no licence", licence(licence_no=""), field="agency_no"),
    plant("ORG-004", "expired before", licence(licence_valid_to=date(2025, 3, 2)), field="agency_no"),
    plant(
        "ORG-005", "no registration", lambda book: book.seller.registrations.all().delete(), field="seller_no"
    ),
    plant("ORG-005", "no number", registration(number=""), field="seller_no"),
    plant("ORG-005", "registered later", registration(valid_from=date(2025, 3, 2)), field="seller_no"),
    plant("ORG-005", "ended before", registration(valid_to=date(2025, 3, 1)), field="seller_no"),
    plant("ORG-005", "elsewhere", registration(institution="别的保险代理有限公司"), field="seller_no"),
    plant("ORG-005", "the insurer's seller, at an agency", _own_seller_elsewhere, field="seller_no"),
)
NEAR_MISSES = (
    ("ID-014", "a colleague sold it", _sold_by_a_colleague),
    (
        "REQ-009",
        "an individual agent has no outlet",
        of_policy(
            channel="individual",
            agency=None,
            agency_no="",
            agency_name="",
            outlet=None,
            outlet_no="",
            outlet_name="",
            agency_branch=None,
            agency_branch_no="",
            agency_branch_name="",
        ),
    ),
    ("RN-001", "spaces in the name", lambda book: amend(book.policy, seller_name="李 销售")),
    ("RN-002", "the outlet's former name", _former_name),
    ("RN-003", "left the day after", _left_on_the_day_after),
    ("ORG-004", "ends on the day of issue", licence(licence_valid_to=date(2025, 3, 3))),
    ("ORG-005", "from the day of sale on", registration(valid_from=date(2025, 3, 1))),
    ("ORG-005", "spaces in the name", _registered_with_the_agency),
    ("ORG-005", "the insurer's own seller", _own_seller),
)
