"""A person's own new password."""

from __future__ import annotations

from datetime import datetime

import pghistory
from django.db import transaction

from workplace.models import Staff


def change_own_password(*, actor: Staff, password: str, at: datetime) -> Staff:
    """Ends the duty to change a handed-out password; the caller keeps the session alive."""
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="password changed", at=at.isoformat()):
        found = Staff.objects.get_queryset().select_for_update().get(pk=actor.pk)
        found.set_password(password)
        found.must_change_password = False
        found.save(update_fields=["password", "must_change_password"])
    return found
