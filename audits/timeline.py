"""The lines of a rectification's life in words; values stand masked in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits.catalogue import message_of
from audits.choices import ContactWay, DisputeState, ReturnReason, StepAction, TimelineKind
from audits.models import Rectification, TimelineEntry
from authenticity.rule import label_of
from workplace.correctable import correctable, is_correctable

ACTIONS = {
    **dict(StepAction.choices),
    "open": pgettext_lazy("rectification", "Opened"),
    "opened": _("Finding opened"),
    "reopened": _("Finding reopened"),
    "closed": _("Finding closed"),
    "changed": _("Finding changed"),
    "moved_away": _("Finding moved to another rectification"),
    "moved_here": _("Finding moved here"),
    "contact": _("Contact"),
    "evidence": _("Evidence added"),
    "dispute": _("Rule disputed"),
    "answer": _("Dispute answered"),
    "exemption_proposed": _("Exemption proposed"),
    "exemption_approved": _("Exemption approved"),
    "exemption_refused": _("Exemption refused"),
    "exemption_revoked": _("Exemption ended"),
    "contact_wrong": _("Shared contact found wrong"),
}


@dataclass(frozen=True)
class Change:
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class TimelineLine:
    """One entry as a page tells it."""

    entry: TimelineEntry
    text: str
    said: str = ""
    changes: list[Change] = field(default_factory=list)


def timeline_of(rectification: Rectification) -> list[TimelineLine]:
    """Newest first."""
    entries = rectification.timeline.select_related("actor").order_by("-at", "-id")
    return [_line(entry) for entry in entries]


def last_return(lines: Iterable[TimelineLine]) -> TimelineLine | None:
    """Why the reviewer gave it back, unless it was reopened since."""
    newest = (line for line in lines if line.entry.action in {StepAction.RETURN, StepAction.REOPEN})
    found = next(newest, None)
    return found if found is not None and found.entry.action == StepAction.RETURN else None


def _line(entry: TimelineEntry) -> TimelineLine:
    text = str(ACTIONS.get(entry.action, entry.action))
    detail = entry.detail
    said = ""
    if "for" in detail:
        said = str(_("for %(owner)s") % {"owner": detail["for"]})
    elif entry.kind == TimelineKind.FINDING:
        said = message_of(str(detail.get("rule", "")), str(detail.get("field", "")))
    elif entry.action in {StepAction.ASSIGN, StepAction.REASSIGN}:
        said = str(detail.get("owner", ""))
    elif entry.action == StepAction.RETURN:
        said = _label(ReturnReason.choices, detail.get("why"))
    elif entry.action == "contact":
        said = _label(ContactWay.choices, detail.get("way"))
    elif "finding" in detail:
        said = str(detail["finding"])
    elif entry.action == "answer":
        said = _label(DisputeState.choices, detail.get("verdict"))
    changes = [
        Change(label_of(one["field"]), *(_shown(one, value) for value in (one["old"], one["new"])))
        for one in detail.get("fields", [])
        if isinstance(one, dict)
    ]
    return TimelineLine(entry, text, said, changes)


def _shown(change: dict[str, str], value: str) -> str:
    """A code such as a sex by its word; other values stand masked already."""
    if not is_correctable(change.get("kind", ""), change["field"]):
        return value
    return _label(correctable(change["kind"]).fields[change["field"]].choices, value) or value


def _label(choices: Iterable[tuple[object, object]], value: object) -> str:
    return next((str(label) for key, label in choices if str(key) == str(value)), "")
