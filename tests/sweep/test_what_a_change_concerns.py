"""After a change only those are judged anew whom it may concern; nobody whom it does."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date, timedelta
from unittest.mock import patch

import pytest

from audits.catalogue import catalogue
from audits.changed import OF_PERSON, WHETHER_GIVEN
from audits.models import Finding, Sweep
from audits.questions import plan_of
from audits.rows import chosen_rows
from authenticity.choices import Stage
from authenticity.queries import load_values
from customers.models import Customer
from tests.factories import AT
from tests.rules.book import another_holder, clean_book, rewrite
from tests.sweep.sweeping import sweep

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
# Compares all that is written; a policy with a form is judged with every change of its persons.
OF_FORMS = "PO-001"
JOINED = re.compile(r'"customers_customer"(?: (\w+))? (?:ON|WHERE)')
READ = re.compile(r'(?:"customers_customer"|\b([A-Z]\d+|customer|other))\."?(\w+)"?')
GIVEN = re.compile(r"""(?:"customers_customer"|\b[A-Z]\d+)\."(\w+)" = ''""")


@pytest.fixture(autouse=True)
def quiet_queue():
    with patch("workplace.jobs.current_app.send_task"):
        yield


def looked_at() -> int:
    sweep(AT + timedelta(hours=1), incremental=True)
    last = Sweep.objects.latest("pk")
    assert last.scope == "incremental"
    return last.records


def told_of(customer: Customer) -> set[str]:
    return set(Finding.objects.filter(customer=customer, state="open").values_list("rule", flat=True))


def read_of_customers(text: str) -> dict[str, int]:
    """How often each column of a customer stands in a statement, and is not merely asked to be empty."""
    aliases = {alias or "customers_customer" for alias in JOINED.findall(text)}
    read: defaultdict[str, int] = defaultdict(int)
    for alias, column in READ.findall(text):
        if (alias or "customers_customer") in aliases | {"customer", "other"}:
            read[column] += 1
    for column in GIVEN.findall(text):
        if column in WHETHER_GIVEN:
            read[column] -= 1
    return {column: times for column, times in read.items() if times}


@pytest.mark.parametrize("target", ["policy", "party"])
def test_rules_about_policies_read_nothing_of_a_customer_but_what_is_compared(target: str):
    values = load_values(rules=catalogue().values(), today=TODAY)
    rows = chosen_rows([1])
    assert rows is not None
    book = [rule for rule in catalogue().values() if Stage.BOOK in rule.stages]
    rules = [rule for rule in book if rule.code != OF_FORMS]
    plan = plan_of(stage=Stage.BOOK, target=target, rows=rows, rules=rules, values=values)
    assert plan._statement is not None
    judged = plan._statement.text.partition('SELECT "policies_')[2]
    read = read_of_customers(judged)
    assert {"id", "birth_date"} <= set(read) <= set(OF_PERSON)


def test_another_address_concerns_the_customer_alone():
    holder = clean_book().holder
    sweep()
    rewrite(holder, address="上海市浦东新区世纪大道1188号3幢501室")
    assert looked_at() == 1


def test_another_birth_date_concerns_the_policies_too():
    holder = clean_book().holder
    sweep()
    rewrite(holder, birth_date="1979-11-30")
    assert looked_at() > 1


def test_a_number_left_concerns_who_has_it_still():
    book = clean_book()
    other = another_holder(book, mobile=book.holder.mobile)
    sweep()
    assert told_of(other) == {"PH-024"}
    rewrite(book.holder, mobile="13757219388")
    looked_at()
    assert told_of(other) == set()
