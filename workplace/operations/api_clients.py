"""Systems that talk to the API; a token is shown once and kept as its hash."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from workplace.models import ApiClient, Staff


def create_api_client(
    *, name: str, staff: Staff, at: datetime, token: str | None = None
) -> tuple[ApiClient, str]:
    """The client and its token, which cannot be told again; it acts within what `staff` may see."""
    token = token or secrets.token_urlsafe(32)
    hashed = hashlib.sha256(token.encode()).hexdigest()
    return ApiClient.objects.create(name=name, staff=staff, token_hash=hashed, created_at=at), token
