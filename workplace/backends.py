from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.models import Permission
from django.db import models

from workplace.models import Staff


class PermissionsAtOnceBackend(BaseBackend):
    """What Django's own backend grants, the person's and the roles', in one question instead of two.

    It stands before Django's, which finds the answer remembered on the person.
    """

    def get_all_permissions(self, user_obj: Any, obj: models.Model | None = None) -> set[str]:
        if obj is not None or not isinstance(user_obj, Staff) or not user_obj.is_active:
            return set()
        known: set[str] | None = getattr(user_obj, "_perm_cache", None)
        if known is None:
            rows = Permission.objects.order_by().values_list("content_type__app_label", "codename")
            if not user_obj.is_superuser:  # a union, as either-or would read what every group grants
                rows = rows.filter(group__user=user_obj).union(rows.filter(user=user_obj))
            known = {f"{app}.{codename}" for app, codename in rows}
            user_obj._perm_cache = known  # type: ignore[attr-defined]  # where Django's backend looks
        return known


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
