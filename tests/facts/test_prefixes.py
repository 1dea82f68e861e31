"""Which prefixes are stripped from phones is a setting that facts follow (requirement 77)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

from audits.models import RuleChange
from authenticity.models import Word
from authenticity.operations.words import change_words
from customers import editions, reading
from customers.editions import DELIVERED, FACTS_VERSION, Reading
from customers.facts import derive, derive_person, version_for
from customers.models import Customer
from customers.operations.corrections import correct_customer
from policies.models import PolicyParty
from tests.factories import AT, make_customer, make_policy
from tests.facts.test_refresh import refresh
from tests.personas import Persona
from tests.rulebook.scenes import approved, drafted_words, officer
from workplace.operations import refreshing

DIALLED = "17951" + "13812340987"


@pytest.fixture
def following(db: None) -> Iterator[None]:
    """As a real process: what the list says now."""
    reading.forget_reading()
    editions.hold(None)
    yield
    editions.hold(DELIVERED)
    reading.forget_reading()


def changed(*, add: list[str] = [], remove: list[str] = []) -> RuleChange:  # noqa: B006 - never changed
    return approved(drafted_words("phone_prefix", officer(), add=add, remove=remove), by=officer("王合规"))


def test_as_delivered_the_version_is_that_of_the_code(following: None):
    assert set(reading.stored_reading().prefixes) == set(DELIVERED.prefixes)
    assert derive({"mobile": DIALLED})["facts_version"] == FACTS_VERSION
    assert derive({"mobile": DIALLED})["mobile"] == DIALLED


def test_a_list_that_was_never_loaded_is_as_delivered(following: None):
    Word.objects.filter(list="phone_prefix").delete()
    assert reading.stored_reading() == DELIVERED


def test_a_change_needs_two_people_and_is_read_at_once(following: None):
    change = changed(add=["17951"])
    assert change.four_eyes
    derived = derive({"mobile": DIALLED})
    assert (derived["mobile"], derived["facts_version"]) == ("13812340987", FACTS_VERSION + 100)
    changed(remove=["17951", "86"])
    derived = derive({"mobile": "8613812340987"})
    assert (derived["mobile_marks"] != [], derived["facts_version"]) == (True, FACTS_VERSION + 200)


def test_the_pages_say_who_reads_it(following: None, compliance: Persona):
    for page in (reverse("word_lists"), reverse("word_list", args=["phone_prefix"])):
        with translation.override("en"):
            compliance.client.cookies["django_language"] = "en"
            assert "when phones are stored" in compliance.client.get(page).content.decode()


def test_it_waits_for_its_day(following: None):
    first = date.today() + timedelta(days=400)  # noqa: DTZ011 - any day ahead of the database's
    change_words(name="phone_prefix", add=["17951"], remove=[], effective_from=first)
    assert "17951" not in reading.stored_reading().prefixes


@pytest.mark.parametrize("processes", [0, 2])
def test_refresh_facts_derives_the_book_anew_and_then_has_nothing_to_do(following: None, processes: int):
    customer = make_customer(mobile=DIALLED)
    make_policy(holder=customer)
    assert customer.facts_version == FACTS_VERSION
    changed(add=["17951"])
    stale = Customer.objects.exclude(facts_version=version_for(customer))
    assert stale.count() == Customer.objects.count()
    told = refresh("customers", chunk=1, processes=processes)
    assert (told.looked_at, told.left) == (Customer.objects.count(), 0)
    customer.refresh_from_db()
    assert (customer.mobile, customer.mobile_raw) == ("13812340987", DIALLED)
    assert stale.count() == 0
    assert refresh("customers").looked_at == 0
    assert refresh("parties").looked_at == 0


def test_a_correction_of_something_else_keeps_a_stale_record_stale(following: None):
    customer = make_customer(mobile=DIALLED)
    changed(add=["17951"])
    correct_customer(
        customer=customer,
        expected_version=customer.version,
        values={"name": "段思远"},
        actor=officer("何合规"),
        at=AT,
    )
    customer.refresh_from_db()
    assert customer.facts_version == FACTS_VERSION


def test_a_party_has_no_phones_to_read(following: None):
    changed(add=["17951"])
    assert derive_person({"name": "段思远"})["facts_version"] == FACTS_VERSION
    assert version_for(PolicyParty()) == FACTS_VERSION


def test_one_process_asks_seldom(following: None, django_assert_num_queries):
    editions.present()
    with django_assert_num_queries(0):
        for _turn in range(50):
            derive({"mobile": DIALLED})


def test_editions_fit_the_column_and_tell_neighbours_apart():
    versions = [Reading(edition=edition).version for edition in range(1, 1_000)]
    assert max(versions) < 32_767
    assert all(one != other for one, other in pairwise(versions))


def test_the_command_takes_it_up(following: None, capsys):
    make_customer(mobile=DIALLED)
    changed(add=["17951"])
    with patch.object(refreshing, "PROCESSES", 0):
        call_command("refresh_facts", "--json")
    assert f'"facts_version": {FACTS_VERSION + 100}' in capsys.readouterr().out
    assert Customer.objects.filter(mobile="13812340987").exists()
