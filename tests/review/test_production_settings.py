"""What only a production setting shows."""

import pytest
from django.test import Client, override_settings

pytestmark = pytest.mark.django_db


@override_settings(SECURE_SSL_REDIRECT=True)
@pytest.mark.parametrize("probe", ["/healthz", "/readyz", "/metrics"])
def test_a_probe_over_plain_http_is_answered(probe):
    assert Client().get(probe).status_code == 200


@override_settings(SECURE_SSL_REDIRECT=True)
@pytest.mark.parametrize("page", ["/", "/login/", "/healthz/x", "/api/v1/outbox"])
def test_every_other_page_leads_to_https(page):
    answer = Client().get(page)
    assert (answer.status_code, answer["Location"]) == (301, f"https://testserver{page}")
