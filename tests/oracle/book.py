"""A seeded book of N customers with every defect planted many times, copied finished into a database.

Customers and policies come clean from the benchmarks' generators; what is spoiled follows from the seed too.
Facts are derived by the product as a file's would be, since an oracle judges them from what was written.
"""

from __future__ import annotations

import io
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import chain
from typing import Any

from agents.models import Branch
from authenticity.hashing import stable_hash
from authenticity.models import Word
from authenticity.models.word import WordList
from benchmarks import people
from benchmarks.book import (
    COVERAGE,
    SERVING,
    STATES,
    columns_of,
    defaults_of,
    lines_of,
    units_of,
    write_units,
)
from customers.facts import PERSON_FIELDS, SOURCE_FIELDS, derive, derive_person
from customers.models import ContactAttempt, Customer, CustomerImage, Relationship
from customers.operations.contact_attempts import refresh_failed_contacts
from policies.accounts import account_columns
from policies.models import ApplicationForm, Policy, PolicyParty, Product
from policies.operations.records import owner_number
from policies.operations.sellers import match_sellers
from tests.factories import AT, make_file, make_staff
from tests.oracle.spoiling_contacts import PLANTS, share
from tests.oracle.spoiling_people import Row
from tests.oracle.spoiling_policies import CHANGES, Contract, odd_agencies
from workplace.intake.write import write_rows
from workplace.models import UploadedFile

COMPANY_PHONE = "13955512399"
FORM_FIELDS = ("name", "mobile", "address", "birth_date", "id_no")


class Book:
    """The rows of a book; `lay` brings them into the database that Django is connected to."""

    def __init__(self, size: int, seed: int) -> None:
        self.size, self.seed = size, seed
        self.every, self.groups = max(3, size // 8_000 | 1), max(40, size // 800)
        self.chance = random.Random(f"{seed}:oracle")
        self.units = units_of(seed)
        self.odd = odd_agencies(self.chance, next(iter(self.units.offices.values())), max(30, size // 800))
        self.sellers = [*self.units.sellers, *self.odd["agents"]]
        self.phones = [row["phone"] for row in self.sellers] + [row["phone"] for row in self.odd["outlets"]]
        self.people = self._people()
        self.policies, self.parties = self._policies()

    def _people(self) -> dict[str, Row]:
        places = people.Places(self.units)
        blocks = range(-(-self.size // people.BLOCK))
        rows: list[Row] = [
            row for block in blocks for row in people.customers(self.seed, block, self.size, places)
        ]
        for turn, row in enumerate(rows):
            if turn % self.every == 1:
                row["mobile"] = row["mobile"] or people.mobile_of(turn)
                PLANTS[turn // self.every % len(PLANTS)].spoil(self.chance, row)
            if turn % 211 == 5:
                row["mobile"] = self.chance.choice([*self.phones, COMPANY_PHONE])
            if turn % 307 == 6:
                row["landline"] = self.chance.choice(
                    [r["phone"] for r in self.odd["heads"] + self.odd["agencies"]]
                )
            if turn % 401 == 7:
                row["address"] = self.chance.choice(
                    [r["address"] for r in self.odd["outlets"]]
                ) + f"{turn}室" * (turn % 2)
        for place, start in enumerate(range(0, len(rows) - self.groups, self.groups)):
            share(self.chance, rows[start + 8 : start + 15 : 2], place)
        return {row["number"]: row for row in rows}

    def _policies(self) -> tuple[list[Row], list[Row]]:
        count = round(self.size * 1.2)
        points = people.points_of_sale(self.units)
        policies: list[Row] = []
        parties: list[Row] = []
        for block in range(-(-count // people.BLOCK)):
            for policy, own in people.policies(self.seed, block, count, self.size, self.units, points):
                contract = Contract(dict(policy), [dict(row) for row in own], self.people, self.sellers)
                if len(policies) % self.every == 2:
                    place = len(policies) // self.every
                    CHANGES[place % len(CHANGES)](self.chance, contract)
                self._sold_alike(contract)
                policies.append(contract.policy)
                parties += contract.parties
        return policies, parties

    def _sold_alike(self, contract: Contract) -> None:
        """In every third group of neighbours all policies are sold by one seller, in other thirds by one outlet."""
        place, within = divmod(int(contract.parties[0]["customer"][1:]) - 1, self.groups)
        if within in range(8, 15) and place // 16 % 3 < 2 and place % 16 < 8 and place % 2:
            seller = self.sellers[place % len(self.units.sellers)]
            if place // 16 % 3:
                contract.policy["outlet_no"] = self.odd["outlets"][place % 50]["number"]
            else:
                contract.policy["seller_no"], contract.policy["seller_name"] = (
                    seller["number"],
                    seller["name"],
                )


def write_odd(odd: dict[str, list[Row]]) -> None:
    for kind, part in (("agencies", "agencies"), ("outlets", "heads"), ("outlets", "outlets"), ("agents", "agents"),
                       ("agents", "later")):  # fmt: skip
        at = AT - timedelta(days=part != "later")
        result = write_rows(kind=kind, rows=odd[part], actor=None, at=at, extracted_at=at)
        if result.rejected:
            raise RuntimeError(f"{kind}: {result.rejected[0]}")


def rename(odd: dict[str, list[Row]]) -> None:
    """Some outlets and sellers got another name and phone; the former ones stay in the register."""
    outlets = [
        {**row, "name": row["name"] + "新", "phone": row["phone"][:-1] + "9"} for row in odd["outlets"][::5]
    ]
    sellers = [{**row, "phone": row["phone"][:-1] + "8"} for row in odd["agents"][1::6]]
    for kind, rows in (("outlets", outlets), ("agents", sellers)):
        result = write_rows(kind=kind, rows=rows, actor=None, at=AT, extracted_at=AT)
        if result.rejected:
            raise RuntimeError(f"{kind}: {result.rejected[0]}")


# -- finished rows ------------------------------------------------------------------------------------


def customer_rows(book: Book) -> Iterator[Row]:
    branches = dict(Branch.objects.values_list("number", "pk"))
    for place, row in enumerate(book.people.values(), 1):
        facts = derive({field: row[field] for field in SOURCE_FIELDS})
        yield {
            **facts,
            "id": place,
            "number": row["number"],
            "home_branch_id": branches[row["home_branch"]],
            "recorded_at": AT,
            "extracted_at": AT,
            "identity_checked_on": row["identity_checked_on"] or None,
            "identity_check_method": "original",
            "identity_checked_key": row.get("checked_key", facts["id_key"] or facts["id_no"]),
            "identity_check_lapses_on": row.get("lapses_on", facts["id_valid_to"]),
            "contact_confirmed_on": row["contact_confirmed_on"] or None,
            "own_mobile": row.get("own_mobile", facts["mobile"]),
        }


def policy_rows(book: Book) -> Iterator[Row]:
    branches = dict(Branch.objects.values_list("number", "pk"))
    products = {product.code: product for product in Product.objects.all()}
    made = []
    for place, row in enumerate(book.policies, 1):
        plain = {
            name: value for name, value in row.items() if name not in ("product", "branch", "account_no")
        }
        for name in ("applied_on", "issued_on", "effective_on", "death_cover"):
            plain[name] = plain.get(name) or None
        plain["account_holder_name"] = row.get("account_holder_name", "").strip()
        plain["account_holder_id_no"] = owner_number(row.get("account_holder_id_no", ""))
        product = products[row["product"]]
        made.append(
            Policy(**plain, **account_columns(row.get("account_no", "")), id=place, product=product,
                   branch_id=branches[row["branch"]], in_scope=product.in_scope, recorded_at=AT, extracted_at=AT)
        )  # fmt: skip
    match_sellers(made)
    for policy in made:
        yield {name: getattr(policy, name) for name in defaults_of(Policy)}


def party_rows(book: Book) -> Iterator[Row]:
    for place, row in enumerate(book.parties, 1):
        written = (
            derive_person({field: row.get(field, "") for field in PERSON_FIELDS}) if row.get("name") else {}
        )
        if "id_no" in row and not written:
            written = derive_person({field: row.get(field, "") for field in PERSON_FIELDS})
        plain = {
            name: value for name, value in row.items() if name not in (*PERSON_FIELDS, "policy", "customer")
        }
        yield {
            **plain,
            **written,
            "id": place,
            "policy_id": int(row["policy"].removeprefix("ZX")),
            "customer_id": int(row["customer"].removeprefix("C")) if row.get("customer") else None,
            "order": row.get("order") or None,
            "share": row.get("share") or None,
            "recorded_at": AT,
            "extracted_at": AT,
        }


def copy(server: Any, model: Any, rows: Iterable[Row]) -> None:
    table, names = model._meta.db_table, ", ".join(f'"{column}"' for column in columns_of(model))
    lines = io.StringIO(lines_of(iter(rows), defaults_of(model)))
    with server.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as out:
        while block := lines.read(1 << 20):
            out.write(block)
    server.execute(f"SELECT setval(pg_get_serial_sequence(%s, 'id'), (SELECT max(id) FROM {table}))", [table])


def lay(book: Book, server: Any) -> None:
    """`server` is a superuser's connection to the same database."""
    write_units(book.seed)
    write_odd(book.odd)
    rename(book.odd)
    Word.objects.create(list=WordList.COMPANY_PHONE, text=COMPANY_PHONE)
    server.execute("SET session_replication_role = replica")
    for model, rows in (
        (Customer, customer_rows(book)),
        (Policy, policy_rows(book)),
        (PolicyParty, party_rows(book)),
    ):
        copy(server, model, rows)
    for statement in (STATES, SERVING, COVERAGE):
        server.execute(statement)
    server.execute("SET session_replication_role = origin")
    lay_beside(book)
    server.execute("ANALYZE")


# -- what stands beside customers and policies --------------------------------------------------------


def lay_beside(book: Book) -> None:
    chance, some = book.chance, list(Customer.objects.order_by("pk")[3 :: max(1, 9)])
    staff = make_staff()
    ContactAttempt.objects.bulk_create(
        chain.from_iterable(_attempts(chance, one) for one in some[::2]), batch_size=5000
    )
    _debits(book)
    refresh_failed_contacts(customer_ids=set(ContactAttempt.objects.values_list("customer_id", flat=True)))
    CustomerImage.objects.bulk_create(_images(chance, some[1::4], make_file(owner=staff)), batch_size=5000)
    Relationship.objects.bulk_create(_ties(chance, staff), batch_size=5000)
    ApplicationForm.objects.bulk_create(_forms(chance, book), batch_size=5000)


def _attempts(chance: random.Random, one: Customer) -> Iterator[ContactAttempt]:
    point = chance.choice(("mobile", "landline", "email", "address"))
    present = one.address_key if point == "address" else getattr(one, point)
    if not present:
        return
    key = present if point == "address" else stable_hash(present)
    other = chance.random() < 0.2
    for turn in range(chance.randrange(1, 5)):
        yield ContactAttempt(
            customer=one, channel="sms", point=point, key=stable_hash("other") if other else key, reason="",
            outcome=chance.choice(("failed", "failed", "failed", "delivered")), recorded_at=AT,
            tried_at=AT - timedelta(days=40 - turn),
        )  # fmt: skip


def _debits(book: Book) -> None:
    held = PolicyParty.objects.filter(role="holder").exclude(policy__account_no="")
    made = []
    for customer, account in list(held.order_by("pk").values_list("customer_id", "policy__account_no"))[::3]:
        for turn in range(book.chance.randrange(1, 4)):
            outcome = book.chance.choice(("failed", "failed", "delivered"))
            made.append(ContactAttempt(customer_id=customer, channel="debit", point="account", outcome=outcome,
                        key=stable_hash(account), recorded_at=AT, tried_at=AT - timedelta(days=30 - turn)))  # fmt: skip
    ContactAttempt.objects.bulk_create(made, batch_size=5000, ignore_conflicts=True)


def _images(chance: random.Random, some: Sequence[Customer], file: UploadedFile) -> Iterator[CustomerImage]:
    for turn, one in enumerate(some):
        same = turn if turn % 4 else turn - 4
        yield CustomerImage(customer=one, document="resident_id", side="front", file=file, sha256=f"{same // 2:064d}",
                            source="upload", taken_at=AT)  # fmt: skip


def _ties(chance: random.Random, staff: Any) -> Iterator[Relationship]:
    """Between some who share a number, in either direction."""
    shared: dict[str, list[int]] = {}
    for pk, mobile in Customer.objects.exclude(mobile="").order_by("pk").values_list("pk", "mobile"):
        shared.setdefault(mobile, []).append(pk)
    for ids in shared.values():
        if 1 < len(ids) < 5 and chance.random() < 0.5:
            one, other = chance.sample(ids, 2)
            yield Relationship(customer_id=one, relative_id=other, relation=chance.choice(("sibling", "parent")),
                               source="customer", recorded_by=staff, recorded_at=AT)  # fmt: skip


def _forms(chance: random.Random, book: Book) -> Iterator[ApplicationForm]:
    held = PolicyParty.objects.filter(role__in=("holder", "insured"), position=1, policy_id__lte=book.size)
    for party in held.select_related("customer", "policy").order_by("pk")[::61]:
        field = chance.choice(FORM_FIELDS)
        value = getattr(party.customer, field)
        says = {f"{party.role}.{field}": str(value or "") if chance.random() < 0.4 else "另一个"}
        if says[f"{party.role}.{field}"]:
            yield ApplicationForm(number=f"F{party.pk}", channel=party.policy.channel, policy=party.policy, says=says,
                                  says_normal=says, received_on=AT.date(), recorded_at=AT, extracted_at=AT)  # fmt: skip
