"""What a person may see of the office's own tables; `visible_to` never asks the clock or the request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models

from workplace.choices import Role, SharedWith
from workplace.visibility import of_colleagues, of_visible_records

if TYPE_CHECKING:
    from workplace.models.staff import Staff

Viewer = AbstractBaseUser | AnonymousUser | None
ModelT = TypeVar("ModelT", bound=models.Model)
READERS_OF_THE_LOG = frozenset({Role.AUDITOR, Role.COMPLIANCE, Role.ADMINISTRATOR})


def staff_or_none(user: Viewer) -> Staff | None:
    """The active person who works here, or None for anybody else: whoever is unknown sees nothing."""
    known: Any = user
    if isinstance(user, apps.get_model("workplace", "Staff")) and known.is_active and known.pk:
        found: Staff = known
        return found
    return None


class ScopedQuerySet(models.QuerySet[ModelT]):
    """`visible_to(user)`: what that person may see; a subclass says it in `of_staff`."""

    def visible_to(self, user: Viewer) -> Self:
        staff = staff_or_none(user)
        return self.none() if staff is None else self.of_staff(staff)

    def of_staff(self, staff: Staff) -> Self:
        raise NotImplementedError


class StaffQuerySet(ScopedQuerySet["Staff"]):
    def of_staff(self, staff: Staff) -> Self:
        """Administrators manage everybody; others see themselves and who works within their reach."""
        return self if staff.role == Role.ADMINISTRATOR else self.filter(of_colleagues(staff))


class AccessLogQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        """Auditors, compliance and administrators see what the staff they see looked at; others their own."""
        if staff.role not in READERS_OF_THE_LOG:
            return self.filter(staff_id=staff.pk)
        seen = apps.get_model("workplace", "Staff")._default_manager.visible_to(staff)
        return self.filter(staff_id__in=seen.order_by().values("pk"))


class OwnedFileQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        """A file is its owner's; whoever may open what it hangs on gets it through that page's own view."""
        return self.filter(owner=staff)


class OwnBatchQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        """Rows of a batch stand unmasked: only whoever uploaded the file sees them."""
        return self.filter(created_by=staff)


class OfRecordQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        """Seen by whoever sees the record that the row is about."""
        return self.filter(of_visible_records(staff))


class OfStaffQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        """About people whom one sees."""
        seen = apps.get_model("workplace", "Staff")._default_manager.visible_to(staff)
        return self.filter(staff_id__in=seen.order_by().values("pk"))


class SavedViewQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        """One's own, those of one's units, and those for everybody."""
        return self.filter(
            models.Q(owner=staff)
            | models.Q(shared_with=SharedWith.ALL)
            | models.Q(shared_with=SharedWith.UNIT, group_id__in=staff.groups.order_by().values("pk"))
        )


class OwnNoticeQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        return self.filter(recipient=staff)


class AnnouncementQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        """What one got, and what one published."""
        return self.filter(models.Q(published_by=staff) | models.Q(receipts__staff=staff)).distinct()


class ExportedListQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        """One's own; auditors, compliance and administrators see those of the people they see."""
        if staff.role not in READERS_OF_THE_LOG:
            return self.filter(owner=staff)
        seen = apps.get_model("workplace", "Staff")._default_manager.visible_to(staff)
        return self.filter(owner_id__in=seen.order_by().values("pk"))
