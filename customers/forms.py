from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agents.models import Branch
from customers.models import DuplicateSettings
from workplace.models import Staff

REVIEW = "customers.review_duplicate"


class ThresholdsForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = DuplicateSettings
        fields = ("review_from", "likely_from", "certain_from", "crowd", "largest_group")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        steps = [cleaned.get(name) for name in ("review_from", "likely_from", "certain_from")]
        given = [step for step in steps if step is not None]
        if given != sorted(given):
            raise ValidationError(_("The three thresholds must rise from shown to nearly certain."))
        return cleaned


class CleanupForm(forms.Form):
    """Branches within reach; owners are colleagues who may decide about duplicates."""

    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=60)
    branch = forms.ModelChoiceField(label=_("Branch and all below it"), queryset=Branch.objects.none())
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=Staff.objects.none())
    deadline = forms.DateField(
        label=_("Deadline"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, *args: Any, staff: Staff, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["branch"].queryset = Branch.objects.visible_to(staff).order_by("number")  # type: ignore[attr-defined]  # a ModelChoiceField
        colleagues = Staff.objects.visible_to(staff).filter(is_active=True)
        self.fields["owner"].queryset = colleagues.filter(  # type: ignore[attr-defined]  # the same
            groups__permissions__codename=REVIEW.partition(".")[2]
        ).distinct()

    def clean_deadline(self) -> date:
        deadline: date = self.cleaned_data["deadline"]
        if deadline < self.today:
            raise ValidationError(_("The deadline has passed already."))
        return deadline
