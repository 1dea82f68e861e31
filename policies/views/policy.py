"""Policies: the list, and one with its sellers as recorded and as matched, its parties, form and states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from agents.models import Branch
from customers.personal import REVEALABLE, shown
from customers.revealing import may_reveal
from customers.views.customer import reveal_posted
from policies.choices import PartyRole, PolicyStatus
from policies.form_values import form_rows
from policies.models import ApplicationForm, FormPage, Policy, PolicyParty
from policies.saved_lists import ORDERS, policy_rows
from policies.sections import sections_for
from policies.sellers import seller_levels
from workplace.access import requires, staff_of
from workplace.choices import Access, Purpose
from workplace.looks import count_look, untyped_of
from workplace.models import Staff
from workplace.operations.access_log import record_look
from workplace.paging import keyset_page
from workplace.saved_views import view_context

IMAGES = frozenset({"image/png", "image/jpeg", "image/webp", "application/pdf"})
# Whatever is inside runs nothing and loads nothing.
LOCKED = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox"
PARTY = ("name", "sex", "birth_date", "id_type", "id_no")


@dataclass(frozen=True)
class PartyRow:
    party: PolicyParty
    fields: list[Any]
    may_reveal: bool


@requires("policies.view_policy")
@require_GET
def policies(request: HttpRequest) -> HttpResponse:
    text, status = request.GET.get("q", "").strip(), request.GET.get("status", "")
    staff, saved = staff_of(request), view_context(request, page="policies")
    found = policy_rows(staff, request.GET, timezone.localdate())
    found = found.select_related("product", "branch", "agency", "outlet", "seller")
    page = keyset_page(found, request, order=ORDERS[saved["views"].order])
    untyped = untyped_of(staff, [("policy", one.pk) for one in page.rows])
    context = {
        **saved,
        "branches": Branch.objects.visible_to(staff).order_by("number"),
        "branch": request.GET.get("branch", ""),
        "page": page,
        "untyped": {pk for _kind, pk in untyped},
        "text": text,
        "status": status,
        "statuses": PolicyStatus.choices,
    }
    return render(request, "policies/policies.html", context)


@requires("policies.view_policy")
@require_GET
def policy(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    seen = Policy.objects.visible_to(staff).select_related(
        "product", "branch", "agency", "agency_branch", "outlet", "seller", "seller__agency"
    )
    found = get_object_or_404(seen, pk=pk)
    parties = sorted(found.parties.select_related("customer"), key=_order)
    form = ApplicationForm.objects.filter(policy=found).prefetch_related("pages").first()
    count_look(request, [("policy", found.pk), *(("party", party.pk) for party in parties)])
    context = {
        "policy": found,
        "levels": seller_levels(found),
        "parties": [_party(party, staff) for party in parties],
        "states": found.states.select_related("branch", "agency", "seller").order_by("-recorded_from")[:50],
        "form": form,
        "form_rows": form_rows(form, parties) if form else [],
        "sections": sections_for(found, staff),
        "purposes": Purpose.choices,
        "purpose": request.session.get("purpose", ""),
    }
    return render(request, "policies/policy.html", context)


def _order(party: PolicyParty) -> tuple[int, int]:
    """Holder, insured, beneficiaries."""
    return PartyRole.values.index(party.role), party.position


def _party(party: PolicyParty, staff: Staff) -> PartyRow:
    allowed = staff.has_perm("customers.reveal_customer")
    today = timezone.localdate()
    return PartyRow(
        party=party,
        fields=shown(party, PARTY),
        may_reveal=allowed and may_reveal(record=party, staff=staff, today=today),
    )


@requires("customers.reveal_customer")
@require_POST
def reveal_party(request: HttpRequest, pk: int, field: str) -> HttpResponse:
    found = get_object_or_404(PolicyParty.objects.visible_to(staff_of(request)), pk=pk)
    if field not in REVEALABLE or field not in PARTY:
        raise Http404
    return reveal_posted(request, record=found, kind="party", field=field)


@requires("customers.reveal_customer")
@require_GET
def form_page(request: HttpRequest, pk: int, page: int) -> HttpResponseBase:
    """The image of a signed form holds everything about its people: each look is written down, and a child
    among them asks for the same right as its data elsewhere."""
    staff = staff_of(request)
    forms = ApplicationForm.objects.visible_to(staff)
    found = get_object_or_404(
        FormPage.objects.select_related("image", "form"), form__in=forms, form=pk, page=page
    )
    parties = PolicyParty.objects.filter(policy=found.form.policy_id).select_related("customer")
    people = [one for party in parties for one in (party, party.customer) if one is not None]
    today = timezone.localdate()
    shown_to_all = all(may_reveal(record=one, staff=staff, today=today) for one in people)
    if found.image.removed_at or found.image.media_type not in IMAGES or not shown_to_all:
        raise Http404
    record_look(
        staff=staff,
        access=Access.DOWNLOAD,
        record_kind="application",
        record_id=found.form_id,
        detail=str(page),
        at=timezone.now(),
    )
    response = FileResponse(found.image.content.open("rb"), content_type=found.image.media_type)
    response["Cache-Control"] = "no-store"
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = LOCKED
    response["X-Content-Type-Options"] = "nosniff"
    return response
