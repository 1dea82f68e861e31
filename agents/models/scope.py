"""Guardian's rows for scope, with real foreign keys: generic rows keep keys as text and do not scale.

Guardian finds these tables by their reverse relations: without a related_name it falls back to generic rows.
"""

from __future__ import annotations

from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from agents.models.agency import Agency
from agents.models.branch import Branch


class BranchUserObjectPermission(UserObjectPermissionBase):
    content_object = models.ForeignKey(Branch, on_delete=models.CASCADE, related_name="user_grants")


class BranchGroupObjectPermission(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Branch, on_delete=models.CASCADE, related_name="group_grants")


class AgencyUserObjectPermission(UserObjectPermissionBase):
    content_object = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="user_grants")


class AgencyGroupObjectPermission(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="group_grants")
