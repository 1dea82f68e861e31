"""Where a person may look: branches with all below them, and agencies, resolved to ids once per request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, connections
from django.db.models import Q, QuerySet

from agents.choices import BranchLevel
from workplace.models import Staff
from workplace.models.queryset import Viewer, staff_or_none

WORK_IN_BRANCH = "work_in_branch"
WORK_IN_AGENCY = "work_in_agency"
_CACHE = "_zhenxin_reach"
_UNITS = "_zhenxin_own_units"
# What guardian grants to the person, directly or through a group: branches with all below, agencies without
# a level.
REACH = """
    SELECT id, level FROM (
        WITH RECURSIVE granted (codename, id) AS (
            SELECT p.codename, g.content_object_id
              FROM agents_branchuserobjectpermission g JOIN auth_permission p ON p.id = g.permission_id
             WHERE g.user_id = %(staff)s
            UNION ALL
            SELECT p.codename, g.content_object_id
              FROM agents_agencyuserobjectpermission g JOIN auth_permission p ON p.id = g.permission_id
             WHERE g.user_id = %(staff)s
            UNION ALL
            SELECT p.codename, g.content_object_id
              FROM workplace_staff_groups m
              JOIN agents_branchgroupobjectpermission g USING (group_id)
              JOIN auth_permission p ON p.id = g.permission_id
             WHERE m.staff_id = %(staff)s
            UNION ALL
            SELECT p.codename, g.content_object_id
              FROM workplace_staff_groups m
              JOIN agents_agencygroupobjectpermission g USING (group_id)
              JOIN auth_permission p ON p.id = g.permission_id
             WHERE m.staff_id = %(staff)s
        ), below (id, level) AS (
            SELECT branch.id, branch.level
              FROM agents_branch branch JOIN granted ON granted.id = branch.id
             WHERE granted.codename = %(branch)s
            UNION
            SELECT branch.id, branch.level FROM agents_branch branch JOIN below ON branch.parent_id = below.id
        )
        SELECT id, level FROM below
        UNION ALL
        SELECT id, NULL FROM granted WHERE codename = %(agency)s
    ) AS reach
"""


@dataclass(frozen=True)
class Reach:
    """`everything`: a grant on the head office; else the ids of all branches and agencies in reach."""

    everything: bool = False
    branch_ids: frozenset[int] = frozenset()
    agency_ids: frozenset[int] = frozenset()


NOWHERE = Reach()


@dataclass(frozen=True)
class OwnUnits:
    """Those one works for, short of the head office; `above` are the branches over them, `below` under."""

    branch_ids: frozenset[int] = frozenset()
    above: frozenset[int] = frozenset()
    below: frozenset[int] = frozenset()
    agency_ids: frozenset[int] = frozenset()


def reach_of(user: Viewer) -> Reach:
    """Nowhere for whoever is unknown or inactive; kept on the user object, so once per request."""
    staff = staff_or_none(user)
    if staff is None:
        return NOWHERE
    known = getattr(staff, _CACHE, None)
    if isinstance(known, Reach):
        return known
    reach = _resolve(staff)
    setattr(staff, _CACHE, reach)
    return reach


def forget_reach(user: Viewer) -> None:
    """After a grant came or went; the next question asks the database again."""
    for name in (_CACHE, _UNITS):
        if user is not None and hasattr(user, name):
            delattr(user, name)


def own_units(user: Viewer) -> OwnUnits:
    """Whom one answers with; kept on the user object like the reach."""
    staff = staff_or_none(user)
    if staff is None:
        return OwnUnits()
    known = getattr(staff, _UNITS, None)
    if isinstance(known, OwnUnits):
        return known
    found = _around(_granted("Branch", WORK_IN_BRANCH, staff).exclude(level=BranchLevel.HEAD))
    own = found["own"]
    units = OwnUnits(own, found["above"] - own, found["below"] - own, reach_of(staff).agency_ids)
    setattr(staff, _UNITS, units)
    return units


def _around(granted: QuerySet[Any]) -> dict[str, frozenset[int]]:
    """Those branches, what is under them, and what is over them up to the head office, in one query."""
    table = granted.model._meta.db_table
    roots, parameters = granted.order_by().values("pk").query.sql_with_params()
    statement = f"""
        WITH RECURSIVE own (id) AS MATERIALIZED ({roots}),
        below (id) AS (
            SELECT id FROM own
            UNION
            SELECT branch.id FROM "{table}" branch JOIN below ON branch.parent_id = below.id
        ),
        above (id) AS (
            SELECT id FROM own
            UNION
            SELECT parent.id
              FROM above JOIN "{table}" branch ON branch.id = above.id
              JOIN "{table}" parent ON parent.id = branch.parent_id AND parent.level <> %s
        )
        SELECT 'own', id FROM own
        UNION ALL SELECT 'below', id FROM below
        UNION ALL SELECT 'above', id FROM above
    """  # noqa: S608 - Django's own SQL with its parameters and a model's table name
    found: dict[str, set[int]] = {"own": set(), "below": set(), "above": set()}
    with connections[granted.db].cursor() as cursor:
        cursor.execute(statement, [*parameters, BranchLevel.HEAD.value])
        for where, pk in cursor.fetchall():
            found[where].add(pk)
    return {where: frozenset(ids) for where, ids in found.items()}


def _resolve(staff: Staff) -> Reach:
    """In one query, written out: every page asks it."""
    with connection.cursor() as cursor:
        cursor.execute(REACH, {"staff": staff.pk, "branch": WORK_IN_BRANCH, "agency": WORK_IN_AGENCY})
        rows: list[tuple[int, str | None]] = cursor.fetchall()
    branches = {pk: level for pk, level in rows if level is not None}
    agencies = frozenset(pk for pk, level in rows if level is None)
    return Reach(BranchLevel.HEAD in branches.values(), frozenset(branches), agencies)


def _granted(unit: str, codename: str, staff: Staff) -> QuerySet[Any]:
    """The units that guardian grants to the person, directly or through a group."""
    to_user = apps.get_model("agents", f"{unit}UserObjectPermission")._default_manager
    to_group = apps.get_model("agents", f"{unit}GroupObjectPermission")._default_manager
    direct = to_user.filter(user=staff, permission__codename=codename)
    shared = to_group.filter(group__user=staff, permission__codename=codename)
    found: QuerySet[Any] = apps.get_model("agents", unit)._default_manager.filter(
        Q(pk__in=direct.values("content_object_id")) | Q(pk__in=shared.values("content_object_id"))
    )
    return found


def _branches_below(granted: QuerySet[Any]) -> tuple[frozenset[int], bool]:
    """All branches at and under the granted ones, in one query, and whether the head office is among them."""
    table = granted.model._meta.db_table
    roots, parameters = granted.order_by().values("pk", "level").query.sql_with_params()
    statement = f"""
        WITH RECURSIVE below (id, level) AS (
            {roots}
            UNION
            SELECT branch.id, branch.level FROM "{table}" branch JOIN below ON branch.parent_id = below.id
        )
        SELECT id, level FROM below
    """  # noqa: S608 - Django's own SQL with its parameters and a model's table name
    with connections[granted.db].cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[int, str]] = cursor.fetchall()
    return frozenset(pk for pk, _level in rows), any(level == BranchLevel.HEAD for _pk, level in rows)


def subtree_of(branch_ids: list[int]) -> frozenset[int]:
    """Those branches and all below them."""
    if not branch_ids:
        return frozenset()  # Django has no SQL for nothing
    branches = apps.get_model("agents", "Branch")._default_manager
    return _branches_below(branches.filter(pk__in=branch_ids))[0]
