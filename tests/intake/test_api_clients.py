"""A system gets its token from a command, once."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from workplace.models import ApiClient

pytestmark = pytest.mark.django_db


def test_a_new_client_reads_the_outbox_with_the_token_printed_once(compliance) -> None:
    out = io.StringIO()
    call_command("create_api_client", "core", "--acts-as", compliance.staff.username, stdout=out)
    token = out.getvalue().strip()

    assert token not in ApiClient.objects.get().token_hash
    answers = [
        Client().get("/api/v1/outbox", headers={"Authorization": f"Bearer {key}"}).status_code
        for key in (token, token[:-1])
    ]
    assert answers == [200, 401]


def test_a_client_of_nobody_is_refused() -> None:
    with pytest.raises(CommandError, match="nobody active"):
        call_command("create_api_client", "core", "--acts-as", "nobody")
