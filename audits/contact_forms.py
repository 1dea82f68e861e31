"""What the forms of the contact log post; what may be contacted is judged by the operations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from audits.call_backs import results
from customers.choices import ContactChannel, ContactPoint

MOMENTS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M"]


class AttemptForm(forms.Form):
    """`way` is `call:reached`: the channel and how it ended."""

    way = forms.CharField(max_length=30)
    point = forms.ChoiceField(choices=[("", ""), *ContactPoint.choices], required=False)
    note = forms.CharField(max_length=300, required=False)
    asked = forms.CharField(max_length=100, required=False)
    tried_at = forms.DateTimeField(required=False, input_formats=MOMENTS)

    @property
    def said(self) -> dict[str, Any]:
        """As the operations take it."""
        channel, _colon, result = self.cleaned_data["way"].partition(":")
        names = ("point", "note", "asked", "tried_at")
        return {"channel": channel, "result": result, **{name: self.cleaned_data[name] for name in names}}


class CallBackForm(forms.Form):
    channel = forms.ChoiceField(choices=[(ContactChannel.CALL, ""), (ContactChannel.VISIT, "")])
    result = forms.ChoiceField(choices=results)
    birth_date = forms.CharField(max_length=20, required=False)
    point = forms.ChoiceField(choices=[("", ""), *ContactPoint.choices], required=False)
    note = forms.CharField(max_length=300, required=False)
    asked = forms.CharField(max_length=100, required=False)
    tried_at = forms.DateTimeField(required=False, input_formats=MOMENTS)


class QuietForm(forms.Form):
    channel = forms.ChoiceField(
        label=_("Way of contact"), choices=[("", _("Any")), *ContactChannel.choices], required=False
    )
    until = forms.DateField(label=_("Until"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200)
