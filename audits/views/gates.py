"""Gates for people: ask one about a policy, see what was in the way, let pass in spite of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from audits.choices import Gate, ServicingItem
from audits.gates import Asked
from audits.models import GateAnswer
from audits.operations.gates import OVERRIDE_DAYS, GateRefused, ask_about_policy, override_gate
from policies.choices import PartyRole
from policies.models import Policy
from workplace.access import requires, staff_of
from workplace.paging import keyset_page


@requires("audits.ask_gate")
@require_POST
def ask_gate(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    policy = get_object_or_404(Policy.objects.visible_to(staff), pk=pk)
    gate, item = request.POST.get("gate", ""), request.POST.get("item", "")
    if gate not in Gate.values or (gate == Gate.SERVICING and item not in ServicingItem.values):
        messages.error(request, _("Choose a gate and, for servicing, what the customer wants done."))
        return redirect("policy", pk)
    asked = Asked(actor=staff, at=timezone.now())
    answer = ask_about_policy(
        gate=gate, policy=policy, asked=asked, item=item if gate == Gate.SERVICING else ""
    )
    return redirect("gate_answer", answer.pk)


@requires("audits.view_gateanswer")
@require_GET
def gate_answers(request: HttpRequest) -> HttpResponse:
    """Refusals first of all; what was let pass in spite of one has its own tab (requirement 19)."""
    tab = request.GET.get("tab", "refused")
    found = GateAnswer.objects.visible_to(staff_of(request)).select_related(
        "asked_by", "client", "branch", "agency", "override__overridden_by"
    )
    if tab == "overridden":
        found = found.filter(override__isnull=False)
    elif tab == "refused":
        found = found.filter(passed=False)
    context = {"page": keyset_page(found, request), "tab": tab}
    return render(request, "audits/gate_answers.html", context)


@requires("audits.ask_gate", "audits.view_gateanswer")
@require_GET
def gate_answer(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    seen = GateAnswer.objects.visible_to(staff).select_related(
        "asked_by", "client", "policy", "branch", "agency", "override__overridden_by"
    )
    found = get_object_or_404(seen, pk=pk)
    override = getattr(found, "override", None)
    context = {
        "answer": found,
        "override": override,
        "gaps": [_in_words(gap) for gap in found.answer["gaps"]],
        "stops": sum(gap["stops"] for gap in found.answer["gaps"]),
        "may_override": not found.passed and override is None and staff.has_perm("audits.override_gate"),
        "days": OVERRIDE_DAYS,
    }
    return render(request, "audits/gate_answer.html", context)


@requires("audits.override_gate")
@require_POST
def override(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    found = get_object_or_404(GateAnswer.objects.visible_to(staff), pk=pk)
    try:
        override_gate(answer=found, reason=request.POST.get("reason", ""), actor=staff, at=timezone.now())
    except GateRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It may pass. The next question about it is answered so."))
    return redirect("gate_answer", pk)


def _in_words(gap: dict[str, Any]) -> dict[str, Any]:
    """A gap in the language of the reader; the answer keeps both."""
    short = "zh" if (get_language() or "").startswith("zh") else "en"
    told = {name: gap[name][short] for name in ("label", "text", "remedy")}
    return {**gap, **told, "of": _whose(gap["of"])}


def _whose(name: str) -> str:
    """`insured:1` as a page tells it; another policy of the holder by its number."""
    role, _colon, place = name.partition(":")
    word = dict(PartyRole.choices).get(role) or (_("Policy") if role == "policy" else role)
    return f"{word} {place.rpartition(':')[2]}" if place and place != "1" else str(word)
