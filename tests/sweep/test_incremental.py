"""An incremental sweep of what changed leaves what a full one would leave."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from unittest.mock import patch

import pytest

from agents.models import SalesAgentPhone
from audits.models import Finding, Sweep
from authenticity.models import Word
from customers.choices import ImageSource
from customers.models import Customer
from customers.operations.images import keep_image
from policies.choices import PolicyStatus
from policies.models import Policy
from tests.factories import AT, make_customer, make_file, make_policy, make_staff, resident_id
from tests.rules.book import Book, amend, another_holder, clean_book, recorded, rewrite
from tests.sweep.sweeping import findings, sweep

pytestmark = pytest.mark.django_db
SAYS = ("rule", "subject_key", "field", "part", "state", "severity", "value_hash", "answering_policy__number")
SEEDS = range(6)


@pytest.fixture(autouse=True)
def quiet_queue():
    with patch("workplace.jobs.current_app.send_task"):
        yield


def crowd(book: Book, count: int = 8) -> list[Customer]:
    """Holders who each have something of their own."""
    return [
        book.holder,
        *(
            another_holder(
                book,
                name=f"吴{'甲乙丙丁戊己庚辛壬癸'[turn]}河",
                birth_date=f"1979-11-{turn + 10}",
                id_no=resident_id(born=date(1979, 11, turn + 10), order=101 + 2 * turn),
                mobile=f"1375721936{turn}",
            )
            for turn in range(count)
        ),
    ]


def takes_anothers_mobile(chance: random.Random, people: list[Customer]) -> None:
    one, other = chance.sample(people, 2)
    rewrite(one, mobile=Customer.objects.get(pk=other.pk).mobile)


def takes_anothers_address(chance: random.Random, people: list[Customer]) -> None:
    one, other = chance.sample(people, 2)
    rewrite(one, address=Customer.objects.get(pk=other.pk).address_raw)


def takes_anothers_document(chance: random.Random, people: list[Customer]) -> None:
    one, other = chance.sample(people, 2)
    rewrite(one, id_no=Customer.objects.get(pk=other.pk).id_no)


def loses_the_mobile(chance: random.Random, people: list[Customer]) -> None:
    rewrite(chance.choice(people), mobile="")


def gets_a_short_mobile(chance: random.Random, people: list[Customer]) -> None:
    rewrite(chance.choice(people), mobile=f"139204618{chance.randrange(10)}")


def is_born_another_day(chance: random.Random, people: list[Customer]) -> None:
    rewrite(chance.choice(people), birth_date=f"2012-03-{chance.randrange(10, 29)}")


def loses_the_address(chance: random.Random, people: list[Customer]) -> None:
    rewrite(chance.choice(people), address="")


def surrenders(chance: random.Random, people: list[Customer]) -> None:
    policy = Policy.objects.filter(parties__customer=chance.choice(people)).order_by("pk").first()
    assert policy is not None
    amend(policy, status=PolicyStatus.SURRENDERED)


def forgets_the_seller(chance: random.Random, people: list[Customer]) -> None:
    policy = Policy.objects.filter(parties__customer=chance.choice(people)).order_by("pk").first()
    assert policy is not None
    amend(policy, seller_name="")


def is_new(chance: random.Random, people: list[Customer]) -> None:
    """A customer with a first policy, sold by the seller of another."""
    mobile = Customer.objects.get(pk=chance.choice(people).pk).mobile
    policy = Policy.objects.filter(parties__customer=people[0]).order_by("pk")[0]
    born = date(1970, 1, 1) + timedelta(days=Customer.objects.count())
    new = make_customer(
        home_branch=policy.branch,
        name="郑新人",
        birth_date=born.isoformat(),
        id_no=resident_id(born=born),
        mobile=mobile,
    )
    assert policy.agency_branch is not None
    make_policy(seller=policy.seller, holder=new, **recorded(policy.agency_branch))
    people.append(new)


STEPS: tuple[Callable[[random.Random, list[Customer]], None], ...] = (
    takes_anothers_mobile,
    takes_anothers_address,
    takes_anothers_document,
    loses_the_mobile,
    gets_a_short_mobile,
    is_born_another_day,
    loses_the_address,
    surrenders,
    forgets_the_seller,
    is_new,
)


def said() -> set[tuple[object, ...]]:
    return set(Finding.objects.filter(state="open").values_list(*SAYS))


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_after_chance_changes_an_incremental_sweep_says_what_a_full_one_says(seed: int):
    chance = random.Random(seed)
    people = crowd(clean_book())
    for _each in range(6):
        chance.choice(STEPS)(chance, people)
    sweep()
    for turn in range(3):
        for _each in range(3):
            chance.choice(STEPS)(chance, people)
        sweep(AT + timedelta(hours=turn + 1), incremental=True)
        assert Sweep.objects.latest("pk").scope == "incremental"
        incremental = said()
        job = sweep(AT + timedelta(hours=turn + 1, minutes=30))
        assert (said(), job.result) == (
            incremental,
            {"opened": 0, "reopened": 0, "changed": 0, "closed": 0},
        )
    assert incremental


def test_nothing_that_changed_is_nothing_to_look_at():
    rewrite(clean_book().holder, mobile="1392046185")
    sweep()
    before = findings()
    sweep(AT + timedelta(hours=1), incremental=True)
    last = Sweep.objects.latest("pk")
    assert (last.scope, last.records, findings()) == ("incremental", 0, before)


def test_the_first_sweep_is_a_full_one():
    rewrite(clean_book().holder, mobile="1392046185")
    sweep(incremental=True)
    assert list(Sweep.objects.values_list("scope", "opened")) == [("full", 1)]


def test_another_word_concerns_the_whole_book():
    book = clean_book()
    sweep()
    Word.objects.create(list="placeholder", text=book.holder.name)
    sweep(AT + timedelta(hours=1), incremental=True)
    assert Sweep.objects.latest("pk").scope == "full"
    assert Finding.objects.filter(customer=book.holder, state="open").exists()


def test_a_sellers_new_phone_concerns_the_whole_book():
    book = clean_book()
    sweep()
    SalesAgentPhone.objects.create(
        seller=book.seller, phone=book.holder.mobile, phone_norm=book.holder.mobile
    )
    sweep(AT + timedelta(hours=1), incremental=True)
    assert set(Finding.objects.values_list("rule", "customer")) == {("PH-020", book.holder.pk)}


def test_a_changed_value_of_the_same_defect_is_told_by_the_next_full_sweep():
    book = clean_book()
    rewrite(book.holder, mobile="1392046185")
    sweep()
    first = Finding.objects.get().value_hash
    rewrite(book.holder, mobile="1392046186")
    assert sweep(AT + timedelta(hours=1)).result["changed"] == 1
    assert Finding.objects.get().value_hash != first


def test_a_full_sweep_judges_nothing_again_that_stands():
    rewrite(clean_book().holder, mobile="1392046185")
    sweep()
    with patch("audits.operations.sweep_job.sweep_chunk_patiently") as settled:
        sweep(AT + timedelta(hours=1))
    assert not settled.called


def test_the_history_of_runs_tells_versions_and_counts():
    book = clean_book()
    rewrite(book.holder, mobile="1392046185")
    sweep(codes=["PH-001"])
    run = Sweep.objects.get()
    assert (run.scope, run.codes, run.opened, run.closed) == ("rules", ["PH-001"], 1, 0)
    assert run.rule_versions["PH-001"] == 1
    assert run.finished_at is not None


def test_an_image_that_comes_to_a_second_customer_is_told_of_the_first_too():
    first, second = make_customer(), make_customer()
    for customer in (first, second):
        make_policy(holder=customer)
    file = make_file(owner=make_staff())
    keep_image(customer=first, file=file, source=ImageSource.EVIDENCE, at=AT)
    sweep()
    keep_image(customer=second, file=file, source=ImageSource.EVIDENCE, at=AT)
    sweep(incremental=True)
    found = Finding.objects.filter(rule="IMG-002", state="open")
    assert {finding.customer for finding in found} == {first, second}
