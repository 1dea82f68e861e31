from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.db import models

from workplace.models import Staff


class RecordPermissionBackend(BaseBackend):
    """`has_perm(perm, record)`: the permission itself, and the record within what the person may see."""

    def has_perm(self, user_obj: Any, perm: str, obj: models.Model | None = None) -> bool:
        if obj is None or not isinstance(user_obj, Staff) or not user_obj.is_active:
            return False
        visible_to = getattr(type(obj)._default_manager, "visible_to", None)
        if visible_to is None or not user_obj.has_perm(perm):
            return False
        found: bool = visible_to(user_obj).filter(pk=obj.pk).exists()
        return found
