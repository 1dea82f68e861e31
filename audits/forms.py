from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from audits.choices import ContactWay, DisputeState, EvidenceKind, ExemptionRelation, ReturnReason

WORDS = forms.Textarea(attrs={"rows": 3})


class ReturnForm(forms.Form):
    why = forms.ChoiceField(label=_("Reason"), choices=ReturnReason)
    words = forms.CharField(label=_("In words"), max_length=1000, widget=WORDS)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=WORDS)


class ContactForm(forms.Form):
    way = forms.ChoiceField(label=_("Contact"), choices=ContactWay)
    text = forms.CharField(label=_("What was said"), max_length=1000, required=False, widget=WORDS)


class EvidenceForm(forms.Form):
    """The file's type and size are judged by the operation, from its bytes."""

    file = forms.FileField(label=_("Image or PDF"), max_length=200)
    kind = forms.ChoiceField(
        label=_("Kind of evidence"), choices=EvidenceKind, initial=EvidenceKind.DOCUMENT, required=False
    )
    note = forms.CharField(label=_("What it shows"), max_length=200, required=False)


class DisputeForm(forms.Form):
    reason = forms.CharField(label=_("Why the rule is wrong here"), max_length=1000, widget=WORDS)


class ExemptionForm(forms.Form):
    """Who shares it, how that is known, and until when; the file is judged by the operation."""

    relation = forms.ChoiceField(label=_("Why it may stand"), choices=ExemptionRelation)
    reason = forms.CharField(label=_("How you know"), max_length=1000, widget=WORDS)
    expires_on = forms.DateField(
        label=_("Expires on"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    evidence = forms.FileField(label=_("Image or PDF"), max_length=200, required=False)


class AnswerForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("Answer"),
        choices=[one for one in DisputeState.choices if one[0] != DisputeState.OPEN],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(label=_("In words"), max_length=1000, widget=WORDS)
