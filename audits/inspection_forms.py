"""Forms of the yearly inspection: shape only, the operations decide."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agents.models import Agency, Branch, SalesAgent
from agents.models.reach import subtree_of
from audits.inspecting import inspectors, posted_in
from audits.models import BranchInspection, ChecklistVersion, SamplingRun
from audits.sampling.choices import AccountableMeasure, InspectionState, PlanState
from authenticity.choices import Severity
from authenticity.models import Article
from workplace.models import Staff

MOST_UNITS = 300


def _day(label: Any, *, required: bool = True) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=required, widget=widget)


class YearForm(forms.Form):
    """Only approved checklists; the newest version of each."""

    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    checklist = forms.ModelChoiceField(label=_("Checklist"), queryset=ChecklistVersion.objects.none())

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year, str(year)) for year in (today.year, today.year + 1)]  # type: ignore[attr-defined]  # a ChoiceField
        approved = ChecklistVersion.objects.filter(approved_at__isnull=False, checklist__purpose="")
        newest = approved.order_by("checklist_id", "-number").distinct("checklist_id").values("pk")
        field: Any = self.fields["checklist"]
        field.queryset = ChecklistVersion.objects.filter(pk__in=newest).select_related("checklist")
        field.label_from_instance = lambda version: f"{version.checklist.name} v{version.number}"
        field.empty_label = None


class SetForm(forms.Form):
    """Who inspects and when; of an approved plan the days are shown and stay."""

    inspector = forms.ModelChoiceField(
        label=_("Inspector"), queryset=Staff.objects.get_queryset().none(), required=False
    )
    planned_from = _day(_("Planned from"), required=False)
    due_on = _day(_("Due"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, inspection: BranchInspection, today: date, **kwargs: Any) -> None:
        given = {name: getattr(inspection, name) for name in ("planned_from", "due_on", "version")}
        super().__init__(*args, **kwargs)
        self.auto_id = "set-%s"
        self.initial = {**given, "inspector": inspection.inspector_id}
        field: Any = self.fields["inspector"]
        field.queryset = inspectors().exclude(pk__in=posted_in([inspection.branch_id], today))
        field.label_from_instance = lambda staff: staff.name
        if inspection.year.state != PlanState.DRAFT or inspection.state == InspectionState.DONE:
            self.fields["planned_from"].disabled = self.fields["due_on"].disabled = True


class FindingForm(forms.Form):
    question = forms.TypedChoiceField(
        label=pgettext_lazy("of a checklist", "Question"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=(),
    )
    article = forms.ModelChoiceField(
        label=_("Article"),
        queryset=Article.objects.order_by("code"),
        required=False,
        help_text=_("The question's own unless you choose another."),
    )
    severity = forms.ChoiceField(label=_("Severity"), choices=Severity.choices, initial=Severity.ERROR)
    due_on = _day(_("To be put right until"), required=False)
    text = forms.CharField(
        label=pgettext_lazy("of an inspection", "What was found"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, questions: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "finding-%s"
        choices = [("", _("none of them")), *questions]
        self.fields["question"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField


class AccountForm(forms.Form):
    """One unit or person for one finding: chosen from those of the branch, or a seller by number."""

    finding = forms.TypedChoiceField(label=_("Finding"), coerce=int, choices=())
    who = forms.ChoiceField(label=_("Unit or person"), required=False, choices=())
    seller_no = forms.CharField(label=_("or seller number"), max_length=30, required=False)
    measure = forms.ChoiceField(
        label=pgettext_lazy("of accountability", "Measure"), choices=AccountableMeasure.choices
    )
    reason = forms.CharField(label=_("Reason"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, inspection: BranchInspection, actor: Staff, today: date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.auto_id = "account-%s"
        self.actor = actor
        self.units = _answerable(inspection, actor, today)
        groups = [
            (label, [(f"{kind}:{one.pk}", one.name) for one in rows])
            for kind, label, rows in self.units
            if rows
        ]
        found = enumerate(inspection.found.order_by("id"), start=1)
        said = [(one.pk, f"{place} {one.text[:40]}") for place, one in found]
        self.fields["finding"].choices = said  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["who"].choices = [("", "–"), *groups]  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        """The unit or person as `answerable`: what `hold_to_account` takes, by its name."""
        said: dict[str, Any] = super().clean() or {}
        who, number = said.get("who", ""), said.get("seller_no", "").strip()
        said["answerable"] = {}
        if number:
            found = SalesAgent.objects.visible_to(self.actor).filter(staff_no=number).first()
            if found is None:
                self.add_error("seller_no", _("There is no such seller."))
            said["answerable"]["seller"] = found
        if who:
            kind, _colon, pk = who.partition(":")
            rows = {name: rows for name, _label, rows in self.units}[kind]
            said["answerable"][kind] = next(one for one in rows if str(one.pk) == pk)
        return said


class SampleForm(forms.Form):
    run = forms.ModelChoiceField(
        label=pgettext_lazy("of an inspection", "Sample"), queryset=SamplingRun.objects.none(), required=False
    )

    def __init__(self, *args: Any, runs: Iterable[SamplingRun], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["run"]
        field.queryset = SamplingRun.objects.filter(pk__in=[run.pk for run in runs]).select_related("plan")
        field.label_from_instance = lambda run: f"{run.plan.name} {run.period}"
        field.empty_label = _("none")


class SummaryForm(forms.Form):
    summary = forms.CharField(
        label=pgettext_lazy("of an inspection", "Summary"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def _answerable(inspection: BranchInspection, actor: Staff, today: date) -> list[tuple[str, Any, list[Any]]]:
    """Units at and below the branch, its agencies, and who is posted there."""
    below = subtree_of([inspection.branch_id])
    branches = Branch.objects.visible_to(actor).filter(pk__in=below).order_by("number")
    agencies = Agency.objects.visible_to(actor).filter(branch_id__in=below).order_by("number")
    people = Staff.objects.visible_to(actor).filter(
        Q(pk__in=posted_in([inspection.branch_id], today)), is_active=True
    )
    return [
        ("branch", _("Branches"), list(branches[:MOST_UNITS])),
        ("agency", _("Agencies"), list(agencies[:MOST_UNITS])),
        ("person", _("Staff"), list(people.exclude(pk=actor.pk).order_by("name", "pk")[:MOST_UNITS])),
    ]
