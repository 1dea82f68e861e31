"""The box in which the rules are tried: posted, answered, and forgotten."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from audits.catalogue import catalogue
from audits.rule_forms import RuleForm, TryForm
from audits.rulebook.proposals import known_codes, terms_on, with_terms
from audits.rulebook.trial import Tried, try_customer, try_value
from audits.views.finding_rectification import refusal_text
from authenticity.queries import load_values
from authenticity.rule import RuleValues
from workplace.access import requires, staff_of
from workplace.intake.shapes import Misshapen
from workplace.models import Staff


@requires("audits.try_rules")
@never_cache
@require_http_methods(["GET", "POST"])
def try_rules(request: HttpRequest) -> HttpResponse:
    """With the rule book of today; from the box itself only the answer comes back."""
    form = TryForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"try_form": form}
    if request.method == "POST" and form.is_valid():
        values = load_values(rules=catalogue().values(), today=timezone.localdate())
        context |= _answer(form, staff_of(request), values)
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, "audits/parts/tried.html" if fragment else "audits/try_rules.html", context)


@requires("authenticity.change_rulesetting")
@never_cache
@require_POST
def try_proposed(request: HttpRequest, code: str) -> HttpResponse:
    """With one rule as it stands in the form beside the box, saved or not."""
    if code not in known_codes():
        raise Http404
    today = timezone.localdate()
    form, rule_form = TryForm(request.POST), RuleForm(code, terms_on(code, today), _with_reason(request))
    context: dict[str, Any] = {"try_form": form, "proposed": True}
    if not rule_form.is_valid():
        context["refused"] = rule_form.errors
    elif form.is_valid():
        values = load_values(rules=catalogue().values(), today=today)
        context |= _answer(form, staff_of(request), with_terms(values, code, rule_form.proposed()), code)
    return render(request, "audits/parts/tried.html", context)


def _with_reason(request: HttpRequest) -> Any:
    """Nobody has to say why to try."""
    data = request.POST.copy()
    data["reason"] = data.get("reason") or "-"
    return data


def _answer(form: TryForm, staff: Staff, values: RuleValues, code: str = "") -> dict[str, Any]:
    given = form.cleaned_data
    try:
        if given["kind"] == Tried.CUSTOMER:
            trial = try_customer(number=given["value"].strip(), staff=staff, values=values)
        else:
            trial = try_value(
                kind=given["kind"],
                raw=given["value"],
                id_type=given["id_type"],
                staff=staff,
                values=values,
                at=timezone.now(),
            )
    except Misshapen as error:
        return {"misshapen": refusal_text(error)}
    return {"trial": trial, "about": code, "speaks": any(line.hit.rule.code == code for line in trial.lines)}
