"""Forms of checklists: shape only, the operations decide."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits.models import ChecklistVersion
from audits.plan_reading import questions_of
from audits.sampling.checklists import Question
from audits.sampling.choices import AnswerKind, SamplePurpose

SPARE = 3
"""Empty lines below the last question; saving makes room for more."""


class ChecklistForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("of a checklist", "Name"), max_length=80)
    code = forms.SlugField(
        label=_("Code"), max_length=40, help_text=_("Letters, digits and hyphens; it never changes.")
    )
    purpose = forms.ChoiceField(
        label=pgettext_lazy("of a sample", "Purpose"),
        choices=[("", _("Yearly inspection")), *SamplePurpose.choices],
        required=False,
    )


def questions_posted(given: QueryDict) -> list[Question]:
    """In the order of their places; a line without a question is none. A new one gets a code by number."""
    rows = [_row(given, place) for place in given.getlist("line") if place.isascii() and place.isdigit()]
    told = sorted((row for row in rows if row["text"]), key=lambda row: (row["place"], int(row["line"])))
    taken = {row["code"] for row in told}
    found: list[Question] = []
    for number, row in enumerate(told, start=1):
        code = row["code"] or _free(f"q{number}", taken)
        taken.add(code)
        found.append(Question(code, row["text"], row["article"], row["kind"], row["fails"] == "on"))
    return found


def lines_of(version: ChecklistVersion, posted: list[Question] | None) -> list[Question]:
    """What stands in the form: as posted, or as kept, with empty lines below."""
    told = posted if posted is not None else questions_of(version)
    return [*told, *(Question("", "") for _spare in range(SPARE))]


def _row(given: QueryDict, line: str) -> Mapping[str, str]:
    names = ("code", "text", "article", "kind", "fails", "place")
    row = {name: given.get(f"{name}-{line}", "").strip()[:400] for name in names}
    place = row["place"]
    row["place"] = f"{int(place):06d}" if place.isascii() and place.isdigit() and len(place) < 6 else "999999"
    row["line"] = line
    row["kind"] = row["kind"] or AnswerKind.YES_NO
    return row


def _free(code: str, taken: set[str]) -> str:
    while code in taken:
        code += "a"
    return code
