"""People who work here: they come, change roles, forget passwords and leave; nobody is deleted."""

from __future__ import annotations

import re
import secrets
from datetime import datetime

import pghistory
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from workplace.choices import Role
from workplace.leaving import end_everything
from workplace.models import ApiClient, Staff

USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{1,59}")
# No letters or digits that are mistaken for one another when read out.
ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
PASSWORD_LENGTH = 12


class StaffRefused(Exception):
    """The person cannot be kept like this; the text says why, `field` where."""

    def __init__(self, text: str, *, field: str = "") -> None:
        super().__init__(text)
        self.field = field


def temporary_password() -> str:
    return "".join(secrets.choice(ALPHABET) for _unused in range(PASSWORD_LENGTH))


def create_staff(
    *,
    username: str,
    name: str,
    role: str,
    actor: Staff | None,
    at: datetime,
    staff_no: str = "",
    email: str = "",
    password: str | None = None,
    superuser: bool = False,
) -> tuple[Staff, str]:
    """The person and the password to hand over once; one made up here must be changed at the first login."""
    refuse_identity(username=username, staff_no=staff_no)
    handed_over = password or temporary_password()
    with transaction.atomic(), recorded(actor, "staff joined"):
        staff = Staff(
            username=username,
            name=name,
            staff_no=staff_no,
            email=email,
            role=Role(role),
            is_superuser=superuser,
            must_change_password=password is None,
            joined_at=at,
        )
        staff.set_password(handed_over)
        staff.save()
        _join_group_of_role(staff)
    return staff, handed_over


def refuse_identity(*, username: str, staff_no: str = "", but: Staff | None = None) -> None:
    """Raises StaffRefused for a login name or staff number that is malformed or taken."""
    others = Staff.objects.exclude(pk=but.pk) if but else Staff.objects.all()
    if not USERNAME.fullmatch(username):
        text = _("The login name must be 2 to 60 letters, digits, dots or dashes and begin with a letter.")
        raise StaffRefused(text, field="username")
    if others.filter(username__iexact=username).exists():
        raise StaffRefused(_("This login name is taken."), field="username")
    if staff_no and others.filter(staff_no=staff_no).exists():
        raise StaffRefused(_("Another person has this staff number."), field="staff_no")


def change_staff(
    *, staff: Staff, name: str, role: str, staff_no: str, email: str, actor: Staff, at: datetime
) -> Staff:
    """A changed role moves the person to that role's group, and so changes what they may do at once."""
    with transaction.atomic(), recorded(actor, "staff changed"):
        found = Staff.objects.get_queryset().select_for_update().get(pk=staff.pk)
        refuse_identity(username=found.username, staff_no=staff_no, but=found)
        if actor.pk == found.pk and role != found.role:
            raise StaffRefused(_("Nobody changes the own role; another administrator must."), field="role")
        found.name, found.staff_no, found.email, found.role = name, staff_no, email, Role(role)
        found.save()
        _join_group_of_role(found)
    return found


def reset_password(*, staff: Staff, actor: Staff, at: datetime) -> str:
    """The new password, to be shown once; every session of the person ends."""
    if staff.left_on is not None:
        raise StaffRefused(_("Who has left gets no password."))
    handed_over = temporary_password()
    with transaction.atomic(), recorded(actor, "password reset"):
        found = Staff.objects.get_queryset().select_for_update().get(pk=staff.pk)
        found.set_password(handed_over)
        found.must_change_password = True
        found.save(update_fields=["password", "must_change_password"])
        end_sessions(found)
    return handed_over


def leave(*, staff: Staff, actor: Staff, at: datetime) -> Staff:
    """Ends the login, the sessions, the API tokens and, through the apps above, postings, grants and work."""
    if actor.pk == staff.pk:
        raise StaffRefused(_("Nobody lets themselves go; another administrator must."))
    with transaction.atomic(), recorded(actor, "staff left"):
        found = Staff.objects.get_queryset().select_for_update().get(pk=staff.pk)
        if found.left_on is not None:
            raise StaffRefused(_("This person has already left."))
        end_everything(found, actor, at)
        found.is_active = False
        found.left_on = localdate(at)
        found.set_unusable_password()
        found.save()
        found.groups.clear()
        ApiClient.objects.filter(staff=found).update(active=False)
        end_sessions(found)
    return found


def end_sessions(staff: Staff) -> None:
    """Sessions keep their owner inside, so all that have not expired are read."""
    mine = [s.pk for s in Session.objects.iterator() if s.get_decoded().get("_auth_user_id") == str(staff.pk)]
    Session.objects.filter(pk__in=mine).delete()


def recorded(actor: Staff | None, cause: str) -> pghistory.context:
    """What the history rows written inside say about who did it and why."""
    return pghistory.context(actor=actor.pk if actor else None, cause=cause)


def _join_group_of_role(staff: Staff) -> None:
    """The groups of the other roles go; groups of branches and agencies stay."""
    staff.groups.remove(*Group.objects.filter(name__in=Role.values).exclude(name=staff.role))
    staff.groups.add(Group.objects.get_or_create(name=staff.role)[0])
