"""Plans as people read them: who sees which, whom one may name, and what a frame is in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from agents.choices import Channel
from agents.models import Agency, Branch
from agents.models.reach import reach_of
from audits.choices import Cohort
from audits.models import ChecklistVersion, PlanVersion, SamplingPlan, Seal
from audits.sampling.checklists import Question
from audits.sampling.choices import PlanState, SamplePurpose, SealKind
from audits.sampling.frames import Risk
from audits.sampling.schedule import next_days
from audits.sampling.terms import PlanTerms
from policies.models import Product
from workplace.calendar import WorkingCalendar
from workplace.choices import Role
from workplace.models import Staff

ABOUT = {
    SamplePurpose.CONSISTENCY: gettext_lazy(
        "A reviewer types blind what the scanned form shows; the system's value appears only then."
    ),
    SamplePurpose.TRUTH: gettext_lazy(
        "The customer is called on the form's number, visited or written to: true, changed, or never true?"
    ),
    SamplePurpose.SELLER: gettext_lazy("Does the policy name the person who sold it, with the right number?"),
    SamplePurpose.CALL_BACK: gettext_lazy(
        "Recordings of call-backs: in time, by the right person, complete."
    ),
    SamplePurpose.IMAGES: gettext_lazy(
        "Documents and signatures: all present, legible, by the applicant's hand."
    ),
    SamplePurpose.HANDLED: gettext_lazy("Changes that a seller handed in: did the customer want them?"),
    SamplePurpose.CLOSED: gettext_lazy("Half a year later: is what was corrected still true?"),
    SamplePurpose.NEWCOMERS: gettext_lazy(
        "Every customer recorded that day; people look at those with findings."
    ),
}


def plans_seen_by(staff: Staff) -> QuerySet[SamplingPlan]:
    """Plans look at the whole book: who does not reach all of it sees those of their own."""
    if reach_of(staff).everything:
        return SamplingPlan.objects.all()
    own = PlanVersion.objects.filter(written_by=staff).order_by().values("plan_id")
    return SamplingPlan.objects.filter(Q(made_by=staff) | Q(pk__in=own))


def out_of_reach(terms: PlanTerms, staff: Staff) -> dict[str, str]:
    """By field: who sees a part of the book plans for that part, and counts no other."""
    reach = reach_of(staff)
    if reach.everything:
        return {}
    named = Branch.objects.filter(number__in=terms.frame.get("branches", ())).values_list("pk", flat=True)
    if named and set(named) <= reach.branch_ids:
        return {}
    return {"branches": _("Name branches within your own scope.")}


def approvers() -> list[Staff]:
    return list(Staff.objects.filter(is_active=True, role=Role.COMPLIANCE).order_by("pk"))


def possible_reviewers() -> QuerySet[Staff]:
    roles = (Role.COMPLIANCE, Role.MANAGER, Role.CLERK)
    return Staff.objects.filter(is_active=True, role__in=roles).order_by("name", "pk")


def usable_checklists(purpose: str) -> QuerySet[ChecklistVersion]:
    """The newest approved version of each that is for this purpose."""
    approved = ChecklistVersion.objects.filter(approved_at__isnull=False, checklist__purpose=purpose)
    newest = approved.order_by("checklist_id", "-number").distinct("checklist_id").values("pk")
    return ChecklistVersion.objects.filter(pk__in=newest).select_related("checklist")


def questions_of(version: ChecklistVersion) -> list[Question]:
    return [
        Question(item.code, item.text, item.article.code if item.article else "", item.kind, item.fails)
        for item in version.items.order_by("place").select_related("article")
    ]


def purposes() -> list[tuple[str, Any, Any]]:
    """Each with its name and what it does."""
    return [(purpose.value, purpose.label, ABOUT[purpose]) for purpose in SamplePurpose]


def free_code(purpose: str) -> str:
    """The purpose itself, or with the first number that no plan has."""
    stem = purpose.replace("_", "-")
    taken = set(SamplingPlan.objects.filter(code__startswith=stem).values_list("code", flat=True))
    numbers = (f"{stem}-{n}" for n in range(2, len(taken) + 3))
    return stem if stem not in taken else next(code for code in numbers if code not in taken)


def next_draw(versions: Iterable[PlanVersion], today: date) -> dict[int, date]:
    """By plan the day of its next draw by schedule."""
    calendar = WorkingCalendar()
    days = {version.plan_id: next_days(version, today, calendar) for version in versions}
    return {pk: found[0][1] for pk, found in days.items() if found}


def seal_of_version(version: PlanVersion) -> Seal | None:
    """The link of the chain that its approval made."""
    if version.decided_at is None or version.state not in (PlanState.APPROVED, PlanState.REPLACED):
        return None
    seals = Seal.objects.filter(subject=f"plan:{version.plan.code}", sealed_at=version.decided_at)
    return seals.filter(kind=SealKind.PLAN).first()


def frame_in_words(version: PlanVersion) -> list[tuple[str, str]]:
    """Each filter with what it lets pass; nothing for the whole book."""
    said: Mapping[str, Any] = version.frame
    found: list[tuple[str, str]] = []
    for name, label, names in (
        ("branches", _("Branches"), _names(Branch.objects.all(), "number", said.get("branches"))),
        ("channels", _("Channels"), {value: str(text) for value, text in Channel.choices}),
        ("agencies", _("Agencies"), _names(Agency.objects.all(), "number", said.get("agencies"))),
        ("products", _("Products"), _names(Product.objects.all(), "code", said.get("products"))),
    ):
        if said.get(name):
            told = [names.get(value, value) for value in said[name]]
            found.append((label, pgettext("between names", ", ").join(told)))
    if said.get("cohort"):
        found.append((_("New or historical"), str(Cohort(said["cohort"]).label)))
    if said.get("issued_within_days"):
        found.append((_("Issued"), _("within %(days)s days") % {"days": said["issued_within_days"]}))
    for label, first, last in (
        (_("Issued"), "issued_from", "issued_to"),
        (_("Premium"), "premium_from", "premium_to"),
    ):
        if said.get(first) or said.get(last):
            found.append((label, f"{said.get(first, '')} – {said.get(last, '')}"))
    if said.get("risk"):
        found.append((_("Risk"), str(Risk(said["risk"]).label)))
    if said.get("grey_list"):
        found.append((_("Sellers"), _("on the grey list")))
    return found


def _names(rows: QuerySet[Any], key: str, values: Iterable[str] | None) -> dict[str, str]:
    wanted = list(values or ())
    return dict(rows.filter(**{f"{key}__in": wanted}).values_list(key, "name")) if wanted else {}
