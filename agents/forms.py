"""Forms about people and their postings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agents.choices import Post
from agents.models import Agency, Branch
from workplace.choices import Role
from workplace.models import Staff
from workplace.operations.staff import StaffRefused, refuse_identity


class StaffForm(forms.Form):
    username = forms.CharField(label=_("Login name"), max_length=60)
    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), max_length=60)
    staff_no = forms.CharField(label=_("Staff number"), max_length=30, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)

    def __init__(self, *args: Any, person: Staff | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        if person is not None:
            del self.fields["username"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        username = self.person.username if self.person else cleaned.get("username", "")
        try:
            if username:
                refuse_identity(username=username, staff_no=cleaned.get("staff_no", ""), but=self.person)
        except StaffRefused as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))
        return cleaned


class PostingForm(forms.Form):
    """`unit` is the number of a branch or an agency that the actor sees."""

    unit = forms.CharField(
        label=_("Branch or agency number"),
        widget=forms.TextInput(attrs={"list": "units", "autocomplete": "off"}),
    )
    post = forms.ChoiceField(label=_("Post"), choices=Post.choices)
    valid_from = forms.DateField(
        label=pgettext_lazy("of a period", "From"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, actor: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def clean_unit(self) -> Branch | Agency:
        number = self.cleaned_data["unit"].split(" ")[0]
        branch = Branch.objects.visible_to(self.actor).filter(number=number).first()
        unit = branch or Agency.objects.visible_to(self.actor).filter(number=number).first()
        if unit is None:
            raise forms.ValidationError(_("There is no branch or agency with this number."))
        return unit

    def branch(self) -> Branch | None:
        unit = self.cleaned_data["unit"]
        return unit if isinstance(unit, Branch) else None

    def agency(self) -> Agency | None:
        unit = self.cleaned_data["unit"]
        return unit if isinstance(unit, Agency) else None


class StaffFileForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("Excel (.xlsx) or CSV, as the template."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )
