"""Rules of assignment: the list in its order, one rule, and what they would do now."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audits.assigning import Given
from audits.assignment_forms import AssignmentRuleForm, families
from audits.assignment_reading import active_rules, plan_for, waiting
from audits.assignment_scope import CHANGE, changeable, may_change, rules_for
from audits.choices import RectificationState as State
from audits.models import AssignmentRule, Rectification
from audits.operations.assigning import KIND
from audits.operations.assignment_rules import RuleRefused, move_rule, save_rule, switch_rule
from audits.states import ASSIGN
from workplace.access import requires, staff_of
from workplace.field_history import changes_of
from workplace.jobs import start_job
from workplace.models import Staff
from workplace.paging import number_of
from workplace.visibility import RecordKind

SEE = "audits.view_assignmentrule"
LOOKED_OVER = 2_000


@dataclass(frozen=True)
class Asked:
    """What the rules would do with one rectification."""

    number: str
    found: Rectification | None = None
    rule: AssignmentRule | None = None
    owner: Staff | None = None


@requires(SEE)
@require_safe
def assignment_rules(request: HttpRequest) -> HttpResponse:
    """In the order in which they are asked; `?number=` asks them about one rectification."""
    staff = staff_of(request)
    found = rules_for(staff).select_related("branch", "agency").prefetch_related("members__staff")
    rows, own = list(found.order_by("place", "pk")), changeable(staff)
    context = {
        "rules": [(rule, rule.pk in own) for rule in rows],
        "active": sum(rule.active for rule in rows),
        "may_change": staff.has_perm(CHANGE),
        "asked": _asked(request.GET.get("number", "").strip()[:30], staff),
        "without": waiting(Rectification.objects.visible_to(staff)).count(),
    }
    return render(request, "audits/assignment_rules.html", context)


def _asked(number: str, staff: Staff) -> Asked | None:
    if not number:
        return None
    found = Rectification.objects.visible_to(staff).filter(number__iexact=number).first()
    if found is None:
        return Asked(number)
    given = plan_for([found], day=timezone.localdate())[0]
    rule = AssignmentRule.objects.filter(pk=given.rule).first()
    return Asked(number, found, rule, Staff.objects.filter(pk=given.owner).first())


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def assignment_rule_add(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def assignment_rule(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, _rule(request, pk))


def _rule(request: HttpRequest, pk: int) -> AssignmentRule:
    return get_object_or_404(rules_for(staff_of(request)), pk=pk)


def _edit(request: HttpRequest, rule: AssignmentRule | None) -> HttpResponse:
    staff = staff_of(request)
    form = AssignmentRuleForm(request.POST or None, actor=staff, rule=rule)
    if request.method == "POST" and form.is_valid():
        try:
            save_rule(
                rule=rule,
                said=form.said(),
                seen_version=number_of(request.POST, "version"),
                actor=staff,
                at=timezone.now(),
            )
        except RuleRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.info(request, _("The rule holds from the next round on, within a few minutes."))
            return redirect("assignment_rules")
    context = {
        "rule": rule,
        "form": form,
        "families": families(),
        "mine": rule is None or may_change(rule, staff),
        "changes": _past(rule) if rule is not None else [],
    }
    return render(request, "audits/assignment_rule.html", context)


def _past(rule: AssignmentRule) -> list[dict[str, Any]]:
    """Who changed what, with the people as they were before."""
    kind = RecordKind("assignment_rule", _("Rule of assignment"), rules_for_nobody, SEE)
    people = {
        event.pgh_created_at: str((event.pgh_context.metadata if event.pgh_context else {}).get("people", ""))
        for event in rule.past.select_related("pgh_context")  # type: ignore[attr-defined]  # made by pghistory
    }
    return [{"change": one, "people": people.get(one.at, "")} for one in changes_of(rule, kind)]


def rules_for_nobody(staff: Staff) -> Any:
    """The kind is asked for masks only: the rule was found by `rules_for` already."""
    return AssignmentRule.objects.none()


@requires(CHANGE)
@require_POST
def assignment_rule_switch(request: HttpRequest, pk: int) -> HttpResponse:
    rule = _rule(request, pk)
    try:
        switch_rule(
            rule=rule, active=request.POST.get("active") == "1", actor=staff_of(request), at=timezone.now()
        )
    except RuleRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("assignment_rules")


@requires(CHANGE)
@require_POST
def assignment_rule_move(request: HttpRequest, pk: int) -> HttpResponse:
    rule = _rule(request, pk)
    try:
        move_rule(rule=rule, up=request.POST.get("up") == "1", actor=staff_of(request), at=timezone.now())
    except RuleRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("assignment_rules")


@requires(ASSIGN)
@require_http_methods(["GET", "POST"])
def assign_waiting(request: HttpRequest) -> HttpResponse:
    """GET shows what the rules would do with all that is with nobody; POST lets them, in the background."""
    staff = staff_of(request)
    rows = waiting(Rectification.objects.visible_to(staff))
    if request.method == "POST":
        job = start_job(
            kind=KIND, parameters={}, actor=staff, at=timezone.now(), unique_key=f"{KIND}:{staff.pk}"
        )
        return redirect("job", pk=job.pk)
    looked = list(rows.order_by("pk")[:LOOKED_OVER])
    plan = plan_for(looked, day=timezone.localdate())
    total = len(looked) if len(looked) < LOOKED_OVER else rows.count()
    return render(
        request, "audits/assign_by_rule.html", {**_summed(plan), "total": total, "looked": len(looked)}
    )


def _summed(plan: list[Given]) -> dict[str, Any]:
    gets = Counter(one.owner for one in plan if one.owner)
    by_rule = Counter(one.rule for one in plan if one.rule)
    empty = Counter(one.rule for one in plan if one.rule and not one.owner)
    people = Staff.objects.filter(pk__in=gets).order_by("name", "pk")
    in_hand = Rectification.objects.filter(owner__in=gets).exclude(state=State.CLOSED).order_by()
    open_now = Counter(dict(in_hand.values_list("owner").annotate(n=Count("pk"))))
    return {
        "people": [(one, open_now[one.pk], gets[one.pk], open_now[one.pk] + gets[one.pk]) for one in people],
        "rules": [(rule, by_rule[rule.pk], empty[rule.pk]) for rule in active_rules() if by_rule[rule.pk]],
        "given": sum(gets.values()),
        "nobody": sum(empty.values()),
        "unruled": sum(1 for one in plan if not one.rule),
    }
