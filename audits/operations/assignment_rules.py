"""The rules of assignment themselves: written, ordered, switched off; what they said stays on record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pghistory
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from agents.choices import Post
from agents.models import Agency, Branch
from audits.assignment_scope import CHANGE, may_change, rules_for, within
from audits.catalogue import catalogue
from audits.choices import Spread
from audits.models import AssignmentMember, AssignmentRule
from authenticity.choices import Severity
from workplace.models import Staff

MOST_WEIGHT = 20
STEP = 10


class RuleRefused(Exception):
    """The rule cannot be like this; its text says why, `field` where."""

    def __init__(self, text: str, *, field: str = "") -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True)
class Said:
    """What a rule is to say; `people` are weights by person."""

    name: str
    branch: Branch | None = None
    agency: Agency | None = None
    family: str = ""
    severity: str = ""
    post: str = ""
    spread: str = Spread.LOAD
    people: Mapping[int, int] = field(default_factory=dict)


def save_rule(
    *, rule: AssignmentRule | None, said: Said, seen_version: int = 0, actor: Staff, at: datetime
) -> AssignmentRule:
    """A new one stands last; raises RuleRefused, also when somebody else changed it meanwhile."""
    _check(said, actor)
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="assignment rule changed"):
        found = _locked(rule, seen_version, actor) if rule is not None else _new()
        people_before = _people(found)
        found.name, found.family, found.severity = said.name.strip(), said.family, said.severity
        found.post, found.spread = said.post, Spread(said.spread)
        found.branch, found.agency = said.branch, said.agency
        with pghistory.context(people=people_before):
            found.save()
        AssignmentMember.objects.filter(rule=found).exclude(staff__in=said.people).delete()
        for staff, weight in said.people.items():
            AssignmentMember.objects.update_or_create(rule=found, staff_id=staff, defaults={"weight": weight})
    return found


def switch_rule(*, rule: AssignmentRule, active: bool, actor: Staff, at: datetime) -> AssignmentRule:
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="assignment rule switched"):
        found = _locked(rule, rule.version, actor)
        found.active = active
        found.save(update_fields=["active", "version"])
    return found


def move_rule(*, rule: AssignmentRule, up: bool, actor: Staff, at: datetime) -> bool:
    """Changes places with its neighbour; False at the end. Raises RuleRefused past one that is not one's."""
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="assignment rule moved"):
        rows = list(AssignmentRule.objects.select_for_update(of=("self",)).order_by("place", "pk"))
        seen = set(rules_for(actor).values_list("pk", flat=True))
        order = [row for row in rows if row.pk in seen]
        here = next(place for place, row in enumerate(order) if row.pk == rule.pk)
        there = here - 1 if up else here + 1
        if not 0 <= there < len(order):
            return False
        if not may_change(order[here], actor) or not may_change(order[there], actor):
            raise RuleRefused(_("This rule or its neighbour is not yours to move."))
        one, other = rows.index(order[here]), rows.index(order[there])
        rows[one], rows[other] = rows[other], rows[one]
        for number, row in enumerate(rows, start=1):
            if row.place != number * STEP:
                row.place = number * STEP
                row.save(update_fields=["place"])
    return True


def _new() -> AssignmentRule:
    last = AssignmentRule.objects.aggregate(last=Max("place"))["last"] or 0
    return AssignmentRule(place=last + STEP, version=0)


def _locked(rule: AssignmentRule, seen_version: int, actor: Staff) -> AssignmentRule:
    found: AssignmentRule = AssignmentRule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    if not may_change(found, actor):
        raise RuleRefused(_("This rule is not yours to change."))
    if found.version != seen_version:
        raise RuleRefused(_("Somebody changed this rule meanwhile; look at it again."))
    found.version += 1
    return found


def _people(rule: AssignmentRule) -> str:
    if rule._state.adding:
        return ""
    rows = rule.members.select_related("staff").order_by("staff__name", "pk")
    return ", ".join(f"{row.staff.name} {row.weight}" for row in rows)


def _check(said: Said, actor: Staff) -> None:
    if not actor.has_perm(CHANGE):
        raise RuleRefused(_("Your role may not change rules of assignment."))
    if not said.name.strip():
        raise RuleRefused(_("Give the rule a name."), field="name")
    if not within(said.branch.pk if said.branch else None, said.agency.pk if said.agency else None, actor):
        text = _("Name a branch or an agency within your scope; only head office makes rules for all.")
        raise RuleRefused(text, field="branch")
    family = said.family if "-" in said.family else f"{said.family}-"
    if said.family and not any(code.startswith(family) for code in catalogue()):
        raise RuleRefused(_("No rule has a code that begins like this."), field="family")
    if said.severity and said.severity not in Severity.values:
        raise RuleRefused(_("There is no such severity."), field="severity")
    if not said.people and said.post not in Post.values:
        raise RuleRefused(_("Name people, or the post whose holders get it."), field="post")
    if any(not 1 <= weight <= MOST_WEIGHT for weight in said.people.values()):
        raise RuleRefused(_("A weight is between 1 and 20."), field="people")
    seen = Staff.objects.visible_to(actor).filter(is_active=True, pk__in=said.people)
    if seen.count() != len(said.people):
        raise RuleRefused(_("Choose people from the list."), field="people")
