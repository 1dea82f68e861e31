from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workplace.choices import Role
from workplace.history import tracked
from workplace.models.queryset import StaffQuerySet, Viewer


class StaffManager(BaseUserManager["Staff"]):
    def get_queryset(self) -> StaffQuerySet:
        return StaffQuerySet(self.model, using=self._db)

    def visible_to(self, user: Viewer) -> StaffQuerySet:
        return self.get_queryset().visible_to(user)

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> Staff:
        staff = self.model(username=username, **fields)
        staff.set_password(password)
        staff.save(using=self._db)
        return staff

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> Staff:
        fields.setdefault("role", Role.ADMINISTRATOR)
        return self.create_user(username, password, is_superuser=True, **fields)


@tracked
class Staff(AbstractBaseUser, PermissionsMixin):
    """A person who works here and can log in; leaving ends the login, never deletes the row."""

    username = models.CharField(_("Login name"), max_length=60, unique=True)
    name = models.CharField(pgettext_lazy("of a person", "Name"), max_length=60)
    staff_no = models.CharField(_("Staff number"), max_length=30, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    role = models.CharField(_("Role"), max_length=20, choices=Role)
    language = models.CharField(_("Language"), max_length=10, default="zh-hans")
    is_active = models.BooleanField(_("Active"), default=True)
    must_change_password = models.BooleanField(_("Must change the password"), default=False)
    joined_at = models.DateTimeField(_("Joined at"), null=True, blank=True)
    left_on = models.DateField(_("Left on"), null=True, blank=True)

    objects: ClassVar[StaffManager] = StaffManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("Staff member")
        verbose_name_plural = _("Staff")
        ordering = ["username"]
        constraints = [
            models.UniqueConstraint(
                fields=["staff_no"], condition=~models.Q(staff_no=""), name="staff_no_once"
            ),
            models.CheckConstraint(
                condition=models.Q(left_on__isnull=True) | models.Q(is_active=False),
                name="staff_who_left_cannot_log_in",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def is_staff(self) -> bool:
        """Django's admin asks for it; every active person here may enter, and sees only what scope grants."""
        return self.is_active

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name
