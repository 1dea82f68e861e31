"""Forms of the rule book: shape only, the operations decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.catalogue import rule_of
from audits.rulebook.proposals import Terms
from audits.rulebook.thresholds import OutOfBounds, read_threshold, threshold_of
from audits.rulebook.trial import Tried
from authenticity.choices import DocumentType, Severity
from authenticity.models import Article, Division
from authenticity.operations.articles import EDITABLE

PREFIX = "threshold-"
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
WORDS = forms.Textarea(attrs={"rows": 3})


class ChangeForm(forms.Form):
    """What every change says beside what it changes."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=1000, widget=WORDS)
    effective_from = forms.DateField(
        label=gettext_lazy("Effective from"),
        required=False,
        widget=DAY,
        help_text=gettext_lazy("Empty: as soon as it is in the rule book."),
    )


class RuleForm(ChangeForm):
    """On or off, severity, thresholds, days and articles of one rule or setting."""

    effective_to = forms.DateField(
        label=gettext_lazy("Effective until"),
        required=False,
        widget=DAY,
        help_text=gettext_lazy("Empty: until the next change. After this day the version before returns."),
    )

    def __init__(self, code: str, terms: Terms, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code, self.terms, self.rule = code, terms, rule_of(code)
        if self.rule is not None:
            self.fields["enabled"] = forms.BooleanField(
                label=gettext_lazy("The rule is on"), required=False, initial=terms.enabled
            )
            self.fields["severity"] = forms.ChoiceField(
                label=gettext_lazy("Severity"),
                choices=[("", _("As delivered: %s") % Severity(self.rule.severity).label), *Severity.choices],
                required=False,
                initial=terms.severity,
            )
            self.fields["articles"] = forms.MultipleChoiceField(
                label=gettext_lazy("Articles"),
                choices=[(code, code) for code in Article.objects.values_list("code", flat=True)],
                required=False,
            )
        for name, value in terms.parameters.items():
            self.fields[PREFIX + name] = _threshold_field(code, name, value)

    @property
    def thresholds(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(PREFIX)]

    @property
    def cited(self) -> set[str]:
        """The articles that are ticked."""
        if self.is_bound:
            return set(cast("QueryDict", self.data).getlist("articles"))
        own = self.rule.articles if self.rule else ()
        return set(own if self.terms.articles is None else self.terms.articles)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in self.terms.parameters:
            field = PREFIX + name
            if field not in cleaned:
                continue
            try:
                cleaned[field] = read_threshold(self.code, name, str(cleaned[field]))
            except OutOfBounds:
                self.add_error(field, bounds_of(self.code, name))
        return cleaned

    def proposed(self) -> Terms:
        """Call it on a valid form."""
        given = self.cleaned_data
        parameters = {name: given[PREFIX + name] for name in self.terms.parameters}
        if self.rule is None:
            return Terms(parameters=parameters)
        articles = [code for code, _label in self.fields["articles"].choices if code in given["articles"]]  # type: ignore[attr-defined]  # a choice field
        own = sorted(articles) == sorted(self.rule.articles)
        return Terms(given["enabled"], given["severity"], parameters, None if own else articles)


def _threshold_field(code: str, name: str, value: Any) -> forms.Field:
    threshold = threshold_of(code, name)
    widget: forms.Widget
    if threshold.is_date:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    else:
        widget = forms.NumberInput(
            attrs={"min": threshold.low, "max": threshold.high, "inputmode": "numeric"}
        )
    return forms.CharField(
        label=str(threshold.meaning),
        initial=value,
        widget=widget,
        max_length=20,
        help_text=bounds_of(code, name),
    )


def bounds_of(code: str, name: str) -> str:
    threshold = threshold_of(code, name)
    if threshold.is_date:
        return _("A date")
    text = _("From %(low)s to %(high)s") % {"low": threshold.low, "high": threshold.high}
    return f"{text} {threshold.unit}" if threshold.unit else text


class WordsForm(ChangeForm):
    """Entries to add, one a line, and those ticked to be taken off."""

    add = forms.CharField(
        label=gettext_lazy("Add, one entry a line"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    remove = forms.MultipleChoiceField(label=gettext_lazy("Take off"), required=False)

    field_order = ["add", "reason", "effective_from"]

    def __init__(self, standing: Iterable[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remove"].choices = [(text, text) for text in standing]  # type: ignore[attr-defined]  # a choice field

    def clean_add(self) -> list[str]:
        entries = [line.strip() for line in self.cleaned_data["add"].splitlines() if line.strip()]
        if long := [entry for entry in entries if len(entry) > 100]:
            raise forms.ValidationError(
                _("An entry has at most 100 characters; %(count)s have more.") % {"count": len(long)}
            )
        return entries


class ArticleForm(forms.ModelForm):  # type: ignore[type-arg]  # takes no argument at run time
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=1000, widget=WORDS)

    class Meta:
        model = Article
        fields = EDITABLE
        widgets = {"text": WORDS, "control": WORDS, "valid_from": DAY, "valid_to": DAY}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        provinces = Division.objects.filter(level="province", valid_to__isnull=True)
        everywhere = [("", _("The whole country"))]
        self.fields["province"] = forms.ChoiceField(
            label=gettext_lazy("Province"),
            required=False,
            choices=[*everywhere, *provinces.values_list("code", "name")],
        )
        others = Article.objects.exclude(pk=self.instance.pk)
        self.fields["carries_out"] = forms.ChoiceField(
            label=gettext_lazy("Carries out"),
            required=False,
            choices=[("", "—"), *((one.code, str(one)) for one in others)],
            help_text=gettext_lazy("What cites that article cites this one too, in its province."),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("valid_from"), cleaned.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("The last day lies before the first."))
        return cleaned

    def values(self) -> Mapping[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class NewArticleForm(ArticleForm):
    class Meta(ArticleForm.Meta):
        fields = ("code", *ArticleForm.Meta.fields)  # type: ignore[assignment]  # one field more

    def values(self) -> Mapping[str, Any]:
        return {name: self.cleaned_data[name] for name in ArticleForm.Meta.fields}


class TryForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("What"), choices=Tried.choices)
    id_type = forms.ChoiceField(
        label=gettext_lazy("Document type"), choices=DocumentType.choices, required=False
    )
    value = forms.CharField(
        label=gettext_lazy("Value or number"),
        max_length=400,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
