"""The form of a rule of assignment: shape only, the operation decides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agents.choices import Post
from agents.models import Agency, Branch
from audits.catalogue import catalogue
from audits.choices import Spread
from audits.loads import workers
from audits.models import AssignmentRule
from audits.operations.assignment_rules import MOST_WEIGHT, Said
from authenticity.choices import Severity
from workplace.models import Staff


def families() -> list[str]:
    """What rule codes begin with."""
    return sorted({code.partition("-")[0] for code in catalogue()})


class AssignmentRuleForm(forms.Form):
    """Which rectifications, and to whom; weights stand beside the people."""

    name = forms.CharField(label=pgettext_lazy("of a rule", "Name"), max_length=80)
    branch = forms.ModelChoiceField(
        label=_("Branch and all below it"),
        queryset=Branch.objects.none(),
        required=False,
        empty_label=_("every branch"),
    )
    agency = forms.ModelChoiceField(
        label=_("Agency"), queryset=Agency.objects.none(), required=False, empty_label=_("every agency")
    )
    family = forms.CharField(
        label=_("Family of rules"),
        max_length=12,
        required=False,
        help_text=_("What the rule's code begins with, such as PH or PH-020; empty: every rule."),
        widget=forms.TextInput(attrs={"list": "families"}),
    )
    severity = forms.ChoiceField(
        label=_("Severity"), choices=[("", _("every severity")), *Severity.choices], required=False
    )
    spread = forms.ChoiceField(label=_("How it is spread"), choices=Spread.choices)
    post = forms.ChoiceField(
        label=_("Whoever holds this post"),
        choices=[("", _("– the people below –")), *Post.choices],
        required=False,
        help_text=_("In the answering unit, else the next one above that has any; liaisons: the agency's."),
    )

    def __init__(self, *args: Any, actor: Staff, rule: AssignmentRule | None = None, **kwargs: Any) -> None:
        if rule is not None:
            initial = {name: getattr(rule, name) for name in ("name", "family", "severity", "spread", "post")}
            kwargs.setdefault("initial", {**initial, "branch": rule.branch_id, "agency": rule.agency_id})
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = Branch.objects.visible_to(actor).order_by("number")  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["agency"].queryset = Agency.objects.visible_to(actor).order_by("number")  # type: ignore[attr-defined]  # the same
        self._people = list(workers(actor))
        self._weights = {row.staff_id: row.weight for row in rule.members.all()} if rule else {}
        if isinstance(self.data, QueryDict) and self.is_bound:
            self._weights = self._posted(self.data)

    def _posted(self, given: QueryDict) -> dict[int, int]:
        """A weight that is no number counts as none, which the operation refuses."""
        ids = [int(pk) for pk in given.getlist("person") if pk.isdecimal()]
        said = {pk: given.get(f"weight-{pk}", "1") for pk in ids}
        return {
            pk: int(weight) if weight.isdecimal() and len(weight) < 4 else 0 for pk, weight in said.items()
        }

    @property
    def people(self) -> list[tuple[Staff, int | None]]:
        """Everybody within sight who works on rectifications, with the weight of who takes part."""
        return [(one, self._weights.get(one.pk)) for one in self._people]

    @property
    def most_weight(self) -> int:
        return MOST_WEIGHT

    def said(self) -> Said:
        return Said(**{**self.cleaned_data, "people": dict(self._weights)})
