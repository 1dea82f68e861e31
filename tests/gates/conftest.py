import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests import factories as make
from workplace.api_auth import token_hash
from workplace.choices import Role
from workplace.models import ApiClient

TOKEN = "another-long-random-token"
Ask = Callable[..., Any]


@pytest.fixture
def client_of_core(db: None) -> ApiClient:
    staff = make.make_staff(Role.COMPLIANCE, branch=make.head_office(), name="核心系统")
    return ApiClient.objects.create(
        name="core", staff=staff, token_hash=token_hash(TOKEN), created_at=make.AT, requests_per_minute=50_000
    )


@pytest.fixture
def ask(client_of_core: ApiClient) -> Ask:
    def post(gate: str, body: dict[str, Any], *, key: str = "", status: int = 200) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {TOKEN}"} | ({"idempotency-key": key} if key else {})
        client = Client(headers=headers)
        answer = client.post(f"/api/v1/gates/{gate}", json.dumps(body), content_type="application/json")
        assert answer.status_code == status, answer.content
        told: dict[str, Any] = answer.json()
        return told

    return post
