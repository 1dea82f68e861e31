"""Postings: who works for which unit, and the grant of scope that comes and goes with it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm, remove_perm

from agents.choices import Post
from agents.models import Agency, Branch, Posting
from agents.models.reach import WORK_IN_AGENCY, WORK_IN_BRANCH, forget_reach
from workplace.models import Staff
from workplace.operations.staff import recorded


class PostingRefused(Exception):
    """The posting cannot be; its text says why."""


def post_staff(
    *,
    staff: Staff,
    post: str,
    valid_from: date,
    actor: Staff | None,
    at: datetime,
    branch: Branch | None = None,
    agency: Agency | None = None,
) -> Posting:
    """Grants scope over the unit from `valid_from` on: at once when that day has come."""
    if (branch is None) == (agency is None):
        raise PostingRefused(_("A posting is to one branch or to one agency."))
    if staff.left_on is not None:
        raise PostingRefused(_("Who has left is posted nowhere."))
    today = localdate(at)
    with transaction.atomic(), recorded(actor, "posted"):
        Staff.objects.get_queryset().select_for_update().get(pk=staff.pk)
        same = Posting.objects.filter(staff=staff, branch=branch, agency=agency, post=post)
        if same.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=max(today, valid_from))).exists():
            raise PostingRefused(_("This person already has this post there."))
        posting = Posting.objects.create(
            staff=staff, branch=branch, agency=agency, post=Post(post), valid_from=valid_from
        )
        _align(posting, today)
    forget_reach(staff)
    return posting


def end_posting(*, posting: Posting, actor: Staff | None, at: datetime, on: date | None = None) -> Posting:
    """Ends before `on` (default: today); the grant goes too, unless another posting there still needs it."""
    today = localdate(at)
    with transaction.atomic(), recorded(actor, "posting ended"):
        found: Posting = Posting.objects.select_for_update(of=("self",)).get(pk=posting.pk)
        end = on or today
        if found.valid_to is not None and found.valid_to <= end:
            return found
        found.valid_to = max(found.valid_from, end)
        found.save(update_fields=["valid_to"])
        _align(found, today)
    forget_reach(found.staff)
    forget_reach(posting.staff)
    return found


def end_postings_of(staff: Staff, actor: Staff, at: datetime) -> None:
    """For somebody who leaves."""
    unended = Q(valid_to__isnull=True) | Q(valid_to__gt=localdate(at))
    for posting in Posting.objects.filter(unended, staff=staff):
        end_posting(posting=posting, actor=actor, at=at)


def align_grants(*, today: date, at: datetime) -> int:
    """Grants what begins and takes away what ended since yesterday; returns how many postings it saw."""
    yesterday = today - timedelta(days=1)
    changing = Posting.objects.filter(
        Q(valid_from__in=[yesterday, today]) | Q(valid_to__in=[yesterday, today])
    ).select_related("staff", "branch", "agency")
    late = current(Posting.objects.filter(_out_of_group("branch") | _out_of_group("agency")), today)
    changing = changing | late.select_related("staff", "branch", "agency")
    with transaction.atomic(), recorded(None, "posting began or ended"):
        for posting in changing:
            _align(posting, today)
    return len(changing)


def current(postings: QuerySet[Posting], today: date) -> QuerySet[Posting]:
    return postings.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today), valid_from__lte=today)


def _align(posting: Posting, today: date) -> None:
    """The grant stands exactly while some posting of that person to that unit runs."""
    unit = posting.branch or posting.agency
    assert unit is not None  # noqa: S101 - a constraint of the table
    codename = WORK_IN_BRANCH if posting.branch_id else WORK_IN_AGENCY
    same = Posting.objects.filter(staff=posting.staff, branch=posting.branch, agency=posting.agency)
    group = group_of(unit)
    if current(same, today).exists():
        assign_perm(f"agents.{codename}", posting.staff, unit)
        posting.staff.groups.add(group)
    else:
        remove_perm(f"agents.{codename}", posting.staff, unit)
        posting.staff.groups.remove(group)


def group_of(unit: Branch | Agency) -> Group:
    """The auth group of who is posted there now; it carries no permission, saved views are shared with it."""
    if unit.group is None:
        kind = "branch" if isinstance(unit, Branch) else "agency"
        unit.group = Group.objects.get_or_create(name=f"{kind} {unit.number}")[0]
        unit.save(update_fields=["group"])
    return unit.group


def _out_of_group(unit: str) -> Q:
    """Postings to a unit whose group does not hold the person yet."""
    held = Staff.groups.through.objects.filter(
        staff_id=OuterRef("staff_id"), group_id=OuterRef(f"{unit}__group_id")
    )
    return Q(**{f"{unit}__isnull": False}) & ~Q(Exists(held))
