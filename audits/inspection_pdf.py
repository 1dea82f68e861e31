"""The report of one branch inspection, as it is signed and filed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Paragraph, Spacer, Table

from audits.inspecting import Found, findings_of, name_of, questions_of, sample_counts
from audits.models import BranchInspection, InspectionFinding
from audits.paper import heading, printed, ruled, titled, words
from audits.sampling.choices import ItemOutcome


def pdf_of(inspection: BranchInspection) -> bytes:
    """Always in the language of documents."""
    with override(settings.LANGUAGE_CODE):
        title = _("Report of the yearly inspection %(year)s") % {"year": inspection.year.year}
        author = inspection.branch.name
        return printed(_story(inspection, title), title=f"{title} {author}", author=author)


def _story(inspection: BranchInspection, title: str) -> list[Any]:
    paragraphs = [text for text in inspection.summary.splitlines() if text.strip()]
    found = findings_of(inspection)
    return [
        *titled(title, inspection.branch.name),
        *_facts(inspection),
        heading(pgettext("of an inspection", "Summary")),
        *(words(text, firstLineIndent=22) for text in paragraphs),
        heading(_("Findings")),
        _findings(found) if found else words(_("Nothing was found.")),
        heading(_("Units and persons held to account")),
        *_measures(found),
        *_sample(inspection),
        heading(_("Checklist")),
        _checklist(inspection),
        KeepTogether(_signatures(inspection)),
    ]


def _label(name: str, value: str) -> Paragraph:
    return words(name + pgettext("after a label", ": ") + value)


def _facts(inspection: BranchInspection) -> list[Paragraph]:
    begun = localdate(inspection.begun_at).isoformat() if inspection.begun_at else "–"
    done = localdate(inspection.done_at).isoformat() if inspection.done_at else "–"
    due = inspection.due_on.isoformat() if inspection.due_on else "–"
    late = bool(
        inspection.done_at and inspection.due_on and localdate(inspection.done_at) > inspection.due_on
    )
    return [
        _label(_("Branch number"), inspection.branch.number),
        _label(_("Inspector"), inspection.inspector.name if inspection.inspector else "–"),
        _label(_("Inspected"), f"{begun} – {done}"),
        _label(_("Due"), f"{due} {_('finished late')}" if late else due),
    ]


def _findings(found: list[Found]) -> Table:
    rows = [
        (
            str(place),
            one.finding.text,
            str(one.finding.article or "–"),
            str(one.finding.get_severity_display()),
            _standing(one.finding),
        )
        for place, one in enumerate(found, start=1)
    ]
    heads = (
        _("No."),
        pgettext("of an inspection", "What was found"),
        _("Article"),
        _("Severity"),
        _("Put right"),
    )
    return ruled(heads, rows, [width * mm for width in (11, 62, 38, 18, 31)])


def _standing(finding: InspectionFinding) -> str:
    if finding.settled_at:
        return f"{localdate(finding.settled_at).isoformat()} {finding.settlement}"
    due = finding.due_on.isoformat() if finding.due_on else "–"
    return _("until %(day)s") % {"day": due}


def _measures(found: list[Found]) -> list[Any]:
    rows = [
        (str(place), name_of(row), str(row.get_measure_display()), row.reason, row.decided_by.name)
        for place, one in enumerate(found, start=1)
        for row in one.held
    ]
    if not rows:
        return [words(_("Nobody."))]
    heads = (
        _("Finding"),
        _("Unit or person"),
        pgettext("of accountability", "Measure"),
        _("Reason"),
        _("Decided by"),
    )
    return [ruled(heads, rows, [width * mm for width in (14, 42, 30, 50, 24)])]


def _sample(inspection: BranchInspection) -> list[Any]:
    if inspection.run is None:
        return [
            heading(pgettext("of an inspection", "Sample")),
            words(_("No sample was drawn for this inspection.")),
        ]
    run, counts = inspection.run, sample_counts(inspection)
    said = [f"{ItemOutcome(outcome).label} {count}" for outcome, count in sorted(counts.items())]
    lines = [
        _label(pgettext("of an inspection", "Sample"), f"{run.plan.name} {run.period}"),
        _label(_("Items of this branch"), f"{sum(counts.values())} ({'; '.join(said)})"),
    ]
    if last := run.conclusions.order_by("-id").first():
        lines.append(_label(_("Verdict of the whole sample"), str(last.get_verdict_display())))
    return [heading(pgettext("of an inspection", "Sample")), *lines]


def _checklist(inspection: BranchInspection) -> Table:
    rows = []
    for place, one in enumerate(questions_of(inspection), start=1):
        answer = str(one.answer.get_answer_display()) if one.answer and not one.question.in_words else "–"
        text = one.answer.text if one.answer else ""
        rows.append((str(place), one.question.text, str(one.question.article or "–"), answer, text))
    heads = (_("No."), pgettext("of a checklist", "Question"), _("Article"), _("Answer"), _("In words"))
    return ruled(heads, rows, [width * mm for width in (11, 62, 38, 18, 31)])


def _signatures(inspection: BranchInspection) -> list[Any]:
    right = {"alignment": TA_RIGHT}
    day = localdate(inspection.done_at).isoformat() if inspection.done_at else ""
    return [
        Spacer(0, 12 * mm),
        words(_("Inspector (signature)") + "________________", **right),
        words(_("Head of the branch (signature)") + "________________", **right),
        words(day, **right),
    ]
