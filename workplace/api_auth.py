"""Who calls the API: a system known by the hash of its token, acting as one staff account."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest
from ninja.security import HttpBearer

from workplace.models import ApiClient, Staff


def token_hash(token: str) -> str:
    """Tokens are long and random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


class TokenAuth(HttpBearer):
    """Gives the staff account that the client acts as, or None; needs the permission that is named."""

    def __init__(self, permission: str) -> None:
        super().__init__()
        self.permission = permission

    def authenticate(self, request: HttpRequest, token: str) -> Staff | None:
        client = (
            ApiClient.objects.select_related("staff")
            .filter(token_hash=token_hash(token), active=True, staff__is_active=True)
            .first()
        )
        if client is None or not client.staff.has_perm(self.permission):
            return None
        return client.staff
