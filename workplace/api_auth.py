"""Who calls the API: a system known by the hash of its token, acting as one staff account."""

from __future__ import annotations

import hashlib

from django.core.cache import cache
from django.http import HttpRequest
from ninja.security import HttpBearer
from ninja.throttling import BaseThrottle

from workplace.models import ApiClient, Staff

MINUTE = 60


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
        request.api_client = client  # type: ignore[attr-defined]  # read by client_of
        return client.staff


def client_of(request: HttpRequest) -> ApiClient:
    """The system that calls; only behind TokenAuth."""
    client: ApiClient = request.api_client  # type: ignore[attr-defined]  # set by TokenAuth
    return client


class ClientThrottle(BaseThrottle):
    """So many requests a minute for each client, counted where all web processes see it."""

    def allow_request(self, request: HttpRequest) -> bool:
        client = client_of(request)
        key = f"api-client-{client.pk}"
        cache.add(key, 0, timeout=MINUTE)
        try:
            return int(cache.incr(key)) <= client.requests_per_minute
        except ValueError:  # the minute ended between the two calls
            return True

    def wait(self) -> float:
        """At most that many seconds until the next minute begins."""
        return float(MINUTE)
