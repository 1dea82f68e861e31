"""Forms of the office's own pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.base import File
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from workplace.intake.kinds import kinds

MEGABYTE = 1024 * 1024
MINUTE = "%Y-%m-%dT%H:%M"


class ImportForm(forms.Form):
    """Which kind of record, which file, and when it was drawn from its source (time of Shanghai)."""

    kind = forms.ChoiceField(label=_("Record kind"), initial="customers")
    file = forms.FileField(
        label=_("File"),
        help_text=_("Excel (.xlsx) or CSV, as the template."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    extracted_at = forms.DateTimeField(
        label=_("Extraction time"),
        help_text=_("When the data was drawn from its source; decides which of two files is newer."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTE),
        input_formats=[MINUTE, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.fields["kind"].choices = [(kind.code, kind.label) for kind in kinds()]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["extracted_at"].initial = localtime(now).strftime(MINUTE)
        self.fields["extracted_at"].widget.attrs["max"] = localtime(now).strftime(MINUTE)

    def clean_extracted_at(self) -> datetime:
        given: datetime = self.cleaned_data["extracted_at"]
        if given > self.now:
            raise forms.ValidationError(_("The extraction time lies ahead; give the time of the drawing."))
        return given

    def clean_file(self) -> File[bytes]:
        given: File[bytes] = self.cleaned_data["file"]
        if (given.size or 0) > settings.BULK_BYTES_LIMIT:
            limit = settings.BULK_BYTES_LIMIT // MEGABYTE
            raise forms.ValidationError(_("The file is larger than %(limit)s MB."), params={"limit": limit})
        return given


class DecisionForm(forms.Form):
    """Why a person decided so."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
