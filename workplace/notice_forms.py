"""How a person wants to be told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workplace.models import NoticePreference
from workplace.notices import choices


class PreferenceForm(forms.Form):
    mail = forms.BooleanField(label=_("Daily digest by e-mail"), required=False)
    digest_hour = forms.TypedChoiceField(
        label=_("Hour of the digest"),
        coerce=int,
        choices=[(hour, f"{hour:02d}:00") for hour in range(24)],
    )
    push = forms.BooleanField(
        label=_("Push to my group chat"),
        required=False,
        help_text=_("Only what comes in outside the quiet hours; what comes during them follows afterwards."),
    )
    quiet_from = forms.TimeField(
        label=_("Quiet from"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    quiet_to = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Tell me about"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = choices()  # type: ignore[attr-defined]  # a MultipleChoiceField

    @staticmethod
    def of(known: NoticePreference) -> dict[str, Any]:
        """What the form begins with."""
        names = ("mail", "digest_hour", "push", "quiet_from", "quiet_to")
        wanted = [name for name, _label in choices() if name not in known.muted]
        return {name: getattr(known, name) for name in names} | {"kinds": wanted}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if (cleaned.get("quiet_from") is None) != (cleaned.get("quiet_to") is None):
            self.add_error("quiet_to", _("Give both ends of the quiet hours, or neither."))
        return cleaned

    def wanted(self) -> dict[str, Any]:
        """For `save_preference`."""
        given = dict(self.cleaned_data)
        chosen = set(given.pop("kinds"))
        return given | {"muted": [name for name, _label in choices() if name not in chosen]}
