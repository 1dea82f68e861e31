"""The form of a sampling plan: shape only; what the terms may be is said by the terms themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agents.choices import Channel
from agents.models import Agency, Branch
from audits.choices import Cohort
from audits.models import ChecklistVersion, PlanVersion
from audits.plan_reading import out_of_reach, possible_reviewers, usable_checklists
from audits.sampling.choices import Allocation, SamplePurpose, SampleSize, SamplingPeriod, StratumKey
from audits.sampling.frames import STRATA, Risk, filters_of, subject_of
from audits.sampling.terms import PlanTerms, delivered_terms
from policies.models import Product
from workplace.models import Staff

PERCENTS = ("size_rate", "tolerable_rate", "expected_rate", "confidence", "second_share")
FRAME = (
    "branches",
    "channels",
    "agencies",
    "products",
    "cohort",
    "issued_within_days",
    "issued_from",
    "issued_to",
    "premium_from",
    "premium_to",
    "risk",
    "grey_list",
)


class PercentField(forms.DecimalField):
    """A fraction of one, written in per cent."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.NumberInput(attrs={"step": "any", "min": "0", "max": "100", "inputmode": "decimal"})
        super().__init__(max_digits=8, decimal_places=4, widget=widget, **kwargs)

    def clean(self, value: Any) -> Decimal | None:
        found = super().clean(value)
        return None if found is None else found / 100

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            return f"{(value * 100).normalize():f}"
        return value


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=False, widget=widget)


def _picks(label: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, required=False, widget=forms.CheckboxSelectMultiple)


def _amount(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, max_digits=14, decimal_places=2)


class PlanForm(forms.Form):
    """Filters of what is drawn, strata, size, time and people; `purpose` decides which filters there are."""

    name = forms.CharField(label=pgettext_lazy("of a plan", "Name"), max_length=80)
    code = forms.SlugField(
        label=_("Plan code"), max_length=40, help_text=_("Letters, digits and hyphens; it never changes.")
    )
    reason = forms.CharField(
        label=_("Why, and why so"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Whoever approves reads this first."),
    )
    branches = _picks(_("Branches, with all below them"))
    channels = _picks(_("Channels"))
    agencies = _picks(_("Agencies"))
    products = _picks(_("Products"))
    cohort = forms.ChoiceField(
        label=_("New or historical"), required=False, choices=[("", _("Both")), *Cohort.choices]
    )
    issued_within_days = forms.IntegerField(
        label=_("Issued within days"), required=False, help_text=_("Counted back from the day of the draw.")
    )
    issued_from = _day(_("Issued from"))
    issued_to = _day(_("Issued until"))
    premium_from = _amount(_("Premium from"))
    premium_to = _amount(_("Premium until"))
    risk = forms.ChoiceField(label=_("Risk"), required=False, choices=[("", _("Any")), *Risk.choices])
    grey_list = forms.BooleanField(label=_("Only sellers on the grey list"), required=False)
    strata = _picks(_("Cut into strata by"))
    allocation = forms.ChoiceField(label=_("Allocation"), choices=Allocation.choices)
    minimum = forms.IntegerField(label=_("At least a stratum"), min_value=0)
    size_by = forms.ChoiceField(label=_("Size by"), choices=SampleSize.choices, widget=forms.RadioSelect)
    size_number = forms.IntegerField(label=_("Number"), required=False)
    size_rate = PercentField(label=_("Share, %"), required=False)
    tolerable_rate = PercentField(label=_("Tolerable rate, %"))
    expected_rate = PercentField(label=_("Expected rate, %"))
    confidence = PercentField(label=_("Confidence, %"))
    period = forms.ChoiceField(label=_("Drawn"), choices=SamplingPeriod.choices)
    working_day = forms.IntegerField(label=_("On working day of the period"), required=False)
    deadline_days = forms.IntegerField(label=_("Working days for the review"))
    second_share = PercentField(label=_("Reviewed twice, %"))
    checklist = forms.ModelChoiceField(
        label=_("Checklist"), queryset=ChecklistVersion.objects.none(), required=False, empty_label=_("none")
    )
    reviewers = forms.ModelMultipleChoiceField(
        label=_("Reviewers"),
        queryset=Staff.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, data: QueryDict | None = None, *, purpose: str, actor: Staff, version: PlanVersion | None = None
    ) -> None:
        self.purpose = SamplePurpose(purpose)
        super().__init__(data, initial=_initial(self.purpose, version))
        self._actor = actor
        self._fill(actor, version)
        usable = filters_of(purpose)
        for name in FRAME:
            if name not in usable:
                del self.fields[name]
        if version is not None:
            del self.fields["code"], self.fields["name"]

    def _fill(self, actor: Staff, version: PlanVersion | None) -> None:
        fields: Mapping[str, Any] = self.fields
        branches = Branch.objects.visible_to(actor).order_by("number")
        agencies = Agency.objects.visible_to(actor).order_by("number")
        fields["branches"].choices = _named(branches.values_list("number", "name"))
        fields["agencies"].choices = _named(agencies.values_list("number", "name"))
        fields["products"].choices = _named(Product.objects.order_by("code").values_list("code", "name"))
        fields["channels"].choices = Channel.choices
        known = dict(StratumKey.choices)
        fields["strata"].choices = [(key.value, known[key.value]) for key in STRATA[subject_of(self.purpose)]]
        fields["checklist"].queryset = usable_checklists(self.purpose)
        fields["checklist"].label_from_instance = lambda one: f"{one.checklist.name} v{one.number}"
        fields["reviewers"].queryset = possible_reviewers()
        fields["reviewers"].label_from_instance = lambda one: one.name
        if version is not None and version.checklist is not None:
            newest = fields["checklist"].queryset.values("pk")
            both = ChecklistVersion.objects.filter(Q(pk=version.checklist.pk) | Q(pk__in=newest))
            fields["checklist"].queryset = both.select_related("checklist")

    @property
    def whole_strata(self) -> list[str]:
        if isinstance(self.data, QueryDict) and self.is_bound:
            return self.data.getlist("whole_strata")
        return list(self.initial.get("whole_strata", []))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            terms = self.terms()
            for name, text in (terms.faults(self.purpose) | out_of_reach(terms, self._actor)).items():
                self.add_error(name if name in self.fields else None, text)
        return cleaned

    def terms(self) -> PlanTerms:
        """As the form says them; of a form without faults in its single fields."""
        said = self.cleaned_data
        frame = {name: _plain(said[name]) for name in FRAME if name in said}
        by_hand = said["period"] in (SamplingPeriod.BY_HAND, SamplingPeriod.DAILY)
        sizes: dict[str, Any] = {
            "size_number": said["size_number"] if said["size_by"] == SampleSize.NUMBER else None,
            "size_rate": said["size_rate"] if said["size_by"] == SampleSize.RATE else None,
        }
        names = (
            "strata",
            "allocation",
            "minimum",
            "size_by",
            "tolerable_rate",
            "expected_rate",
            "confidence",
        )
        return PlanTerms(
            frame={name: value for name, value in frame.items() if value not in ([], "", None, False)},
            whole_strata=self.whole_strata,
            period=said["period"],
            working_day=1 if by_hand else said["working_day"] or 1,
            deadline_days=said["deadline_days"],
            second_share=said["second_share"],
            **{name: said[name] for name in names},
            **sizes,
        )


def _initial(purpose: SamplePurpose, version: PlanVersion | None) -> dict[str, Any]:
    if version is None:
        terms = delivered_terms(purpose)
        newest = usable_checklists(purpose).first()
        return {**terms.values(), **terms.frame, "name": purpose.label, "checklist": newest}
    values = {name: getattr(version, name) for name in PlanTerms.__dataclass_fields__}
    return {
        **values,
        **version.frame,
        "reason": version.reason,
        "checklist": version.checklist_id,
        "reviewers": list(version.reviewers.values_list("pk", flat=True)),
    }


def _named(rows: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(number, name) for number, name in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
