"""Forms of the page of absences."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workplace.choices import AbsenceReason
from workplace.models import Staff

LEAD = "workplace.change_absence"


def day_field(label: Any, **more: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, **more)


class AbsenceForm(forms.Form):
    """Oneself; a manager also names others."""

    staff = forms.ModelChoiceField(label=_("Who is away"), queryset=Staff.objects.none())
    substitute = forms.ModelChoiceField(
        label=_("Substitute"),
        queryset=Staff.objects.none(),
        required=False,
        empty_label=_("nobody"),
        help_text=_("Sees and does on these days what is the absent person's; nothing is moved."),
    )
    since = day_field(pgettext_lazy("of a period", "From"))
    until = day_field(_("Last day away"))
    reason = forms.ChoiceField(label=_("Reason"), choices=AbsenceReason.choices)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, actor: Staff, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Staff.objects.visible_to(actor).filter(is_active=True).order_by("name", "pk")
        whose = people if actor.has_perm(LEAD) else people.filter(pk=actor.pk)
        self.fields["staff"].queryset = whose  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["staff"].initial = actor.pk
        self.fields["substitute"].queryset = people  # type: ignore[attr-defined]  # the same
        for name in ("since", "until"):
            self.fields[name].initial = today
            self.fields[name].widget.attrs["min"] = today.isoformat()


class BackForm(forms.Form):
    """The first day back, or another substitute."""

    back_on = day_field(_("First day back"))


class SubstituteForm(forms.Form):
    substitute = forms.ModelChoiceField(
        label=_("Substitute"), queryset=Staff.objects.none(), required=False, empty_label=_("nobody")
    )

    def __init__(self, *args: Any, actor: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Staff.objects.visible_to(actor).filter(is_active=True).order_by("name", "pk")
        self.fields["substitute"].queryset = people  # type: ignore[attr-defined]  # a ModelChoiceField
