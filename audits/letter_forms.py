"""Forms of letters: shape only, the operations decide."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget)


class LetterForm(forms.Form):
    """One paragraph a line."""

    due_on = _day(_("Answer due"))
    text = forms.CharField(
        label=_("Text"),
        max_length=6_000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("One paragraph a line. The list, the number and the signature come by themselves."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].widget.attrs["min"] = today.isoformat()


class DayForm(forms.Form):
    on = _day(pgettext_lazy("a day", "On"))


class VoidForm(forms.Form):
    reason = forms.CharField(label=_("Why it is voided"), max_length=200)


class AnswerForm(forms.Form):
    on = _day(_("Answered on"))
    answer = forms.CharField(label=_("Answer"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 5}))
