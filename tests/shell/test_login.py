"""In, out, locked out, another language, an own password."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import AT, PASSWORD, make_branch, make_staff
from tests.personas import Persona
from workplace.choices import Role
from workplace.models import Staff
from workplace.operations.staff import create_staff

pytestmark = pytest.mark.django_db
NEW = "a-New-one-2026!"


@pytest.fixture
def somebody(db: None) -> Staff:
    return make_staff(Role.CLERK, branch=make_branch(), username="duan")


def try_password(client: Client, password: str, **more: str):
    return client.post("/login/", {"username": "duan", "password": password, **more})


def test_a_person_comes_in_and_lands_at_home(client: Client, somebody: Staff):
    answer = try_password(client, PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/").status_code == 200


def test_a_person_goes_on_where_the_login_had_ended(client: Client, somebody: Staff):
    sent_away = client.get("/customers/?q=1")
    assert sent_away.headers["Location"] == "/login/?next=/customers/%3Fq%3D1"
    answer = try_password(client, PASSWORD, next="/customers/?q=1")
    assert answer.headers["Location"] == "/customers/?q=1"


def test_nobody_is_led_to_a_foreign_address(client: Client, somebody: Staff):
    assert try_password(client, PASSWORD, next="https://example.com/").headers["Location"] == "/"


def test_a_wrong_password_says_what_to_do_and_nothing_about_the_name(client: Client, somebody: Staff):
    known = try_password(client, "wrong").content.decode()
    unknown = client.post("/login/", {"username": "nobody", "password": "wrong"}).content.decode()
    faults = [re.findall(r'class="zx-fault"[^>]*>([^<]+)<', html) for html in (known, unknown)]
    assert len(faults[0]) == 1
    assert faults[0] == faults[1]


def test_eight_wrong_passwords_lock_the_name_from_this_address(client: Client, somebody: Staff):
    answers = [try_password(client, "wrong").status_code for _unused in range(8)]
    assert answers[:7] == [200] * 7
    locked = try_password(client, PASSWORD)
    assert (answers[7], locked.status_code) == (429, 429)
    assert "15" in locked.content.decode()
    elsewhere = Client(REMOTE_ADDR="10.1.2.3")
    assert try_password(elsewhere, PASSWORD).status_code == 302


def test_logging_out_is_a_post_and_the_login_page_says_so(clerk: Persona):
    assert clerk.client.get("/logout/").status_code == 405
    answer = clerk.client.post("/logout/")
    assert answer.headers["Location"] == "/login/?left=1"
    assert "data-logged-out" in clerk.client.get("/login/?left=1").content.decode()
    assert clerk.client.get("/").status_code == 302


def test_the_login_page_changes_its_language_and_stays_where_it_was(client: Client):
    assert '<html lang="zh-hans">' in client.get("/login/?next=/board/").content.decode()
    answer = client.post("/language/", {"language": "en", "next": "/login/?next=/board/"})
    assert answer.headers["Location"] == "/login/?next=/board/"
    page = client.get("/login/?next=/board/").content.decode()
    assert '<html lang="en">' in page
    assert "Log in" in page


def test_the_browser_s_wish_is_not_asked(client: Client):
    page = client.get("/login/", headers={"Accept-Language": "en-GB,en;q=0.9"}).content.decode()
    assert '<html lang="zh-hans">' in page


def test_whoever_got_a_password_sets_an_own_one_first(client: Client, administrator: Persona):
    staff, handed_over = create_staff(
        username="xin",
        name="新人",
        role=Role.CLERK,
        actor=administrator.staff,
        at=AT,
    )
    client.post("/login/", {"username": "xin", "password": handed_over})
    assert client.get("/").headers["Location"] == reverse("password_change")
    page = client.get(reverse("password_change")).content.decode()
    assert "data-go=" not in page
    weak = {"old_password": handed_over, "new_password1": "12345", "new_password2": "12345"}
    assert "data-refused" in client.post(reverse("password_change"), weak).content.decode()
    strong = {"old_password": handed_over, "new_password1": NEW, "new_password2": NEW}
    assert client.post(reverse("password_change"), strong).headers["Location"] == "/"
    assert client.get("/").status_code == 200
    staff.refresh_from_db()
    assert (staff.must_change_password, staff.check_password(NEW)) == (False, True)
