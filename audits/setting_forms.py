"""Forms of the settings of rectification: shape only, the operations decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agents.choices import Channel
from audits.choices import EscalationTo
from audits.models import RectificationSettings
from audits.operations.settings import EDITABLE
from authenticity.choices import Kind, Severity


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = RectificationSettings
        fields = EDITABLE

    def _post_clean(self) -> None:
        """The operation checks and writes; the row that the page holds stays as it is."""


class LevelForm(forms.Form):
    severity = forms.ChoiceField(label=_("Severity"), choices=Severity.choices)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("every kind")), *Kind.choices], required=False)
    channel = forms.ChoiceField(
        label=_("Channel"), choices=[("", _("every channel")), *Channel.choices], required=False
    )
    days = forms.IntegerField(label=_("Working days"))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class LimitForm(forms.Form):
    field = forms.ChoiceField(label=_("Field"), choices=())
    most = forms.IntegerField(label=_("At most"))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, fields: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["field"].choices = fields  # type: ignore[attr-defined]  # a ChoiceField


class StepForm(forms.Form):
    days = forms.IntegerField(label=_("Working days after the due date"))
    to = forms.ChoiceField(label=_("Who is told"), choices=EscalationTo.choices)
    active = forms.BooleanField(label=_("Active"), required=False)
    seen = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
