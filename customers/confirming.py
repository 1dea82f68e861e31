"""The forms by which a person records that data was confirmed or an identity checked."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.choices import CheckMethod
from customers.models import Customer, CustomerImage
from customers.operations.upkeep import CONTACTS
from customers.personal import label_of, masked
from workplace.choices import SourceChannel, Whose

DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
NOT_CONFIRMED = "-"


class OnADay(forms.Form):
    """Never ahead of today, which whoever makes the form says; of the record as it was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    on = forms.DateField(label=_("Day"), widget=DAY)
    source_channel = forms.ChoiceField(label=_("Source"), choices=SourceChannel.choices)
    reference = forms.CharField(
        label=_("Reference"),
        max_length=200,
        help_text=_("Number of the recording, letter or form; no personal data."),
    )

    def __init__(self, *args: Any, customer: Customer, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer, self.today = customer, today
        self.fields["on"].initial = today
        self.fields["version"].initial = customer.version

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if day > self.today:
            raise forms.ValidationError(_("The day may not lie ahead."))
        return day


class ContactsForm(OnADay):
    """One choice for each contact that the customer has: whose it is, or that it was not asked about."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = [field for field in CONTACTS if getattr(self.customer, field)]
        for field in self.asked:
            text = f"{label_of(self.customer, field)} {masked(self.customer, field)}"
            self.fields[field] = forms.ChoiceField(
                label=text, choices=[(NOT_CONFIRMED, _("Not asked about")), *_whose()]
            )

    @property
    def contacts(self) -> list[forms.BoundField]:
        return [self[field] for field in self.asked]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.whose:
            raise forms.ValidationError(_("Say for one contact at least whose it is."))
        return cleaned

    @property
    def whose(self) -> dict[str, str]:
        given = {field: self.cleaned_data.get(field, NOT_CONFIRMED) for field in self.asked}
        return {field: said for field, said in given.items() if said != NOT_CONFIRMED}


def _whose() -> list[tuple[str, Any]]:
    return [(value, label) for value, label in Whose.choices if value]


class IdentityCheckForm(OnADay):
    method = forms.ChoiceField(label=_("Method"), choices=CheckMethod.choices)
    image: forms.ModelChoiceField[CustomerImage] = forms.ModelChoiceField(
        label=_("Image of the document"), queryset=CustomerImage.objects.none(), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        images = CustomerImage.objects.filter(customer=self.customer).select_related("file")
        choice: Any = self.fields["image"]
        choice.queryset = images
        choice.label_from_instance = _label_of_image


def _label_of_image(image: CustomerImage) -> str:
    kind = image.get_document_display() if image.document else image.get_source_display()
    return f"{kind} {image.get_side_display()} {image.taken_at:%Y-%m-%d}".strip()
