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

    def __init__(self, *args: Any, actor: Staff, colleagues: list[Staff], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whose = colleagues if actor.has_perm(LEAD) else [actor]
        _offer(self.fields["staff"], whose)
        _offer(self.fields["substitute"], colleagues, empty=True)
        self.fields["staff"].initial = actor.pk
        for name in ("since", "until"):
            self.fields[name].initial = today
            self.fields[name].widget.attrs["min"] = today.isoformat()


def colleagues_of(actor: Staff) -> list[Staff]:
    """Everybody active whom the person sees, themselves included."""
    return list(Staff.objects.visible_to(actor).filter(is_active=True).order_by("name", "pk"))


def _offer(field: Any, people: list[Staff], *, empty: bool = False) -> None:
    """Those people and nobody else; they were read once for all lists of the page."""
    field.queryset = Staff.objects.filter(pk__in=[one.pk for one in people])
    field.choices = [*([("", field.empty_label)] if empty else []), *((one.pk, one.name) for one in people)]


class BackForm(forms.Form):
    """The first day back, or another substitute."""

    back_on = day_field(_("First day back"))


class SubstituteForm(forms.Form):
    substitute = forms.ModelChoiceField(
        label=_("Substitute"), queryset=Staff.objects.none(), required=False, empty_label=_("nobody")
    )

    def __init__(self, *args: Any, colleagues: list[Staff], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["substitute"], colleagues, empty=True)
