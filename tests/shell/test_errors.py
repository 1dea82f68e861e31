"""What one reads when a page cannot be shown."""

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import path
from django.utils import translation

from config import urls as house
from config.views.errors import broken
from tests.personas import Persona

pytestmark = pytest.mark.django_db


def explode(request: Any) -> None:
    raise RuntimeError("planted 13812345678")


urlpatterns = [*house.urlpatterns, path("explode/", explode, name="login")]
handler400, handler403 = house.handler400, house.handler403
handler404, handler500 = house.handler404, house.handler500


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_unknown_address_says_so_in_the_language(clerk: Persona, client: Client, language: str):
    for visitor in (clerk.client, client):
        visitor.cookies["django_language"] = language
        answer = visitor.get("/no/such/page/")
        assert answer.status_code == 404
        with translation.override(language):
            assert translation.gettext("This page is not here") in answer.content.decode()
    assert 'id="nav-sidebar"' in clerk.client.get("/no/such/page/").content.decode()
    assert 'id="nav-sidebar"' not in client.get("/no/such/page/").content.decode()


def test_what_the_role_may_not_do_is_refused_in_words(clerk: Persona):
    answer = clerk.client.get("/performance/", headers={"Accept-Language": "en"})
    assert answer.status_code == 403
    assert "data-refused" in answer.content.decode()


def test_a_part_of_a_page_gets_a_line_not_a_page(clerk: Persona):
    answer = clerk.client.get("/performance/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content.decode().count("<html")) == (403, 0)


def test_a_missing_safety_mark_says_that_nothing_was_changed(clerk: Persona):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(clerk.staff, backend="django.contrib.auth.backends.ModelBackend")
    strict.cookies["django_language"] = "en"
    answer = strict.post("/logout/")
    assert (answer.status_code, "nothing was changed" in answer.content.decode()) == (403, True)
    assert strict.get("/").status_code == 200


@pytest.mark.urls("tests.shell.test_errors")
def test_a_fault_of_ours_shows_no_detail(clerk: Persona):
    clerk.client.raise_request_exception = False
    answer = clerk.client.get("/explode/")
    html = answer.content.decode()
    assert answer.status_code == 500
    assert "zx-plain-box" in html
    assert "13812345678" not in html


def test_the_page_about_a_fault_needs_no_database(rf: RequestFactory, django_assert_num_queries: Any):
    with django_assert_num_queries(0):
        assert broken(rf.get("/")).status_code == 500
