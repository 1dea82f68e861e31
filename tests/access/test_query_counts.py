"""Every list screen asks the database no oftener for thirty rows than for one, and at most fifteen times."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agents.models import Branch
from customers.admin import CustomerGrantAdmin
from tests.access.lists import admin_lists, own_pages
from tests.factories import make_staff
from tests.personas import Persona, log_in
from tests.populate import populate
from workplace.choices import Role

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MOST = 15
LEADS_ON, NOT_FOR_THIS_ROLE, NOT_BY_GET = 302, 403, 405


@pytest.fixture
def everybody_at_once(here: Branch) -> Persona:
    """Whoever may open every list: a superuser posted to the city."""
    return log_in(make_staff(Role.ADMINISTRATOR, branch=here, superuser=True))


def queries_of(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return [query["sql"] for query in captured.captured_queries]


def opened_by(client: Client) -> dict[str, int]:
    """How often each list that this person may open with GET asks."""
    answers, asked = {}, {}
    for name in [*own_pages(), *admin_lists()]:
        with CaptureQueriesContext(connection) as captured:
            answers[name] = client.get(reverse(name)).status_code
        asked[name] = len(captured)
    refused = {LEADS_ON, NOT_FOR_THIS_ROLE, NOT_BY_GET}
    assert set(answers.values()) <= {200, *refused}, answers
    return {name: number for name, number in asked.items() if answers[name] not in refused}


@pytest.mark.parametrize(
    "who, least", [("everybody_at_once", 30), ("clerk", 10), ("manager", 15), ("compliance", 15)]
)
def test_lists_ask_no_oftener_for_thirty_rows_than_for_one(
    who: str, least: int, here: Branch, request: pytest.FixtureRequest
):
    persona: Persona = request.getfixturevalue(who)
    populate(1, branch=here, owner=persona.staff)
    one = opened_by(persona.client)
    assert len(one) >= least
    populate(29, branch=here, owner=persona.staff)
    thirty = {name: queries_of(persona.client, reverse(name)) for name in one}
    # Some ask a few times more when a process opens them first.
    grown = {name: sql for name, sql in thirty.items() if len(sql) > one[name]}
    assert grown == {}
    assert {name: len(sql) for name, sql in thirty.items() if len(sql) > MOST} == {}


def test_the_check_sees_a_list_that_asks_for_each_row(
    here: Branch, everybody_at_once: Persona, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(CustomerGrantAdmin, "list_select_related", ())
    address = reverse("admin:customers_customergrant_changelist")
    populate(1, branch=here, owner=everybody_at_once.staff)
    everybody_at_once.client.get(address)
    one = queries_of(everybody_at_once.client, address)
    populate(2, branch=here, owner=everybody_at_once.staff)
    assert len(queries_of(everybody_at_once.client, address)) > len(one)
