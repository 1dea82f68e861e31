"""Each role sees its part of the navigation; home says what matters to it."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from agents.models import Agency, Branch
from config.navigation import GROUPS, address
from tests.factories import make_branch, make_finding, make_policy, make_rectification
from tests.personas import Persona

pytestmark = pytest.mark.django_db


def links(person: Persona, path: str = "/") -> list[str]:
    html = person.client.get(path).content.decode()
    nav = re.search(r'id="nav-sidebar-apps".*?openUserLinks', html, re.S)
    assert nav is not None
    return re.findall(r'<a href="([^"]+)"', nav.group(0))


def test_each_link_of_each_role_opens(
    clerk: Persona,
    manager: Persona,
    compliance: Persona,
    auditor: Persona,
    partner: Persona,
    administrator: Persona,
):
    for person in (clerk, manager, compliance, auditor, partner, administrator):
        found = [link for link in links(person) if link.startswith("/")]
        assert len(found) > 3, person.staff.role
        answers = {link: person.client.get(link).status_code for link in found}
        assert (person.staff.role, answers) == (person.staff.role, dict.fromkeys(found, 200))


def test_a_role_sees_only_its_part(
    clerk: Persona, manager: Persona, compliance: Persona, administrator: Persona
):
    for_all = {address(name) for name in ("team_board", "performance", "customers", "staff")}
    assert all(for_all)
    seen = {
        person.staff.role: {link for link in links(person) if link in for_all}
        for person in (clerk, manager, compliance, administrator)
    }
    board, figures, customers, staff = (
        address(name) for name in ("team_board", "performance", "customers", "staff")
    )
    assert seen == {
        "clerk": {customers},
        "manager": {board, figures, customers, staff},
        "compliance": {figures, customers, staff},
        "administrator": {staff},
    }


def test_no_letter_goes_two_ways(manager: Persona):
    letters = [entry.go for _title, entries in GROUPS for entry in entries if entry.go and not entry.unless]
    assert len(letters) == len(set(letters))


def test_the_clerk_reads_what_is_due_and_each_clause_opens_its_list(clerk: Persona, here: Branch):
    today = timezone.localdate()
    for days in (0, 0, -1, 5):
        make_rectification(branch=here, owner=clerk.staff, due_on=today + timedelta(days=days))
    clerk.client.cookies["django_language"] = "en"
    html = clerk.client.get("/").content.decode()
    clauses = re.findall(r'<a href="([^"]+)" class="zx-figure[^"]*">([^<]+)</a>', html)
    assert clauses == [
        ("/rectifications/?tab=today", "2 are due today"),
        ("/rectifications/?tab=overdue", "1 is overdue"),
    ]
    for href, text in clauses:
        listed = clerk.client.get(href).content.decode()
        assert len(re.findall(r"<tr data-href", listed)) == int(text.split()[0])


def test_nothing_to_do_is_said_as_well(clerk: Persona):
    clerk.client.cookies["django_language"] = "en"
    assert "Nothing is waiting for you." in clerk.client.get("/").content.decode()


def test_the_live_counts_are_the_person_s_own(
    clerk: Persona, manager: Persona, here: Branch, elsewhere: Branch
):
    late = timezone.localdate() - timedelta(days=1)
    make_rectification(branch=here, owner=clerk.staff, due_on=late)
    make_rectification(branch=here)
    make_rectification(branch=elsewhere)
    own, team = clerk.client.get("/badges/").json(), manager.client.get("/badges/").json()
    assert (own["mine"]["count"], own["mine"]["urgent"]) == (1, True)
    assert (team["mine"]["count"], team["unassigned"]["count"], team["unassigned"]["urgent"]) == (0, 1, False)


def test_the_homes_cost_the_same_at_one_row_and_at_thirty(
    manager: Persona, compliance: Persona, clerk: Persona, here: Branch, django_assert_max_num_queries: Any
):
    def fill(number: int) -> None:
        for _unused in range(number):
            policy = make_policy(branch=here)
            work = make_rectification(policy=policy, branch=here, owner=clerk.staff)
            make_finding(policy=policy, rectification=work)

    fill(1)
    before = {}
    for person in (manager, compliance, clerk):
        with django_assert_max_num_queries(15) as captured:
            person.client.get("/")
        before[person.staff.role] = len(captured)
    fill(30)
    for person in (manager, compliance, clerk):
        with django_assert_max_num_queries(15) as captured:
            person.client.get("/")
        assert (person.staff.role, len(captured)) == (person.staff.role, before[person.staff.role])


def test_a_part_of_a_page_brings_no_navigation(clerk: Persona, django_assert_max_num_queries: Any):
    make_branch()
    whole = clerk.client.get("/").content.decode()
    part = clerk.client.get("/", headers={"HX-Request": "true"}).content.decode()
    assert ('id="nav-sidebar"' in whole, 'id="nav-sidebar"' in part) == (True, False)


def test_the_liaison_reads_what_is_open_at_the_own_agency(partner: Persona, here: Branch, bank: Agency):
    make_rectification(branch=here, agency=bank)
    make_rectification(branch=here)
    partner.client.cookies["django_language"] = "en"
    html = partner.client.get("/").content.decode()
    clauses = re.findall(r'<a href="([^"]+)" class="zx-figure[^"]*">([^<]+)</a>', html)
    assert clauses == [("/rectifications/?tab=all&amp;whose=all", "1 is open at your agency")]
    listed = partner.client.get(unescape(clauses[0][0])).content.decode()
    assert len(re.findall(r"<tr data-href", listed)) == 1
