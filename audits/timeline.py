"""The lines of a rectification's life in words; values stand masked in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from audits.catalogue import message_of
from audits.choices import (
    AppealState,
    ClosingCause,
    ContactWay,
    DisputeState,
    EvidenceKind,
    ExemptionRelation,
    LookResult,
    PauseReason,
    ProposedEnd,
    RectificationState,
    ReturnReason,
    StepAction,
    TimelineKind,
    Will,
)
from audits.models import Evidence, Rectification, TimelineEntry
from authenticity.rule import label_of
from customers.choices import ContactChannel, ContactResult
from customers.models import ContactAttempt
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
    "letter": _("Letter to the agency"),
    "visit_asked": _("Visit asked for: calls have failed"),
    "evidence": _("Evidence added"),
    "evidence_withdrawn": _("Evidence withdrawn"),
    "dispute": _("Rule disputed"),
    "answer": _("Dispute answered"),
    "exemption_proposed": _("Exemption proposed"),
    "exemption_approved": _("Exemption approved"),
    "exemption_refused": _("Exemption refused"),
    "exemption_revoked": _("Exemption ended"),
    "contact_wrong": _("Shared contact found wrong"),
    "extended": _("Working days given in bulk"),
    "paused": _("Clock paused"),
    "resumed": _("Clock goes on"),
    "extension_asked": _("More time asked for"),
    "extension_granted": _("More time granted"),
    "extension_refused": _("More time refused"),
    "extension_withdrawn": _("Wish for more time taken back"),
    "appealed_too": _("Appealed"),
    "appeal_upheld": _("Appeal upheld"),
    "appeal_dismissed": _("Appeal dismissed"),
    "appeal_withdrawn": _("Appeal taken back"),
    "second_look": _("Second look"),
}


OWNED = {StepAction.ASSIGN, StepAction.REASSIGN, StepAction.PUT_BACK, StepAction.PUT_BACK_RETURNED}
DAYS = {"extended", "resumed", "extension_asked", "extension_granted", "extension_refused"}
# Which choice of the detail a line tells.
CHOSEN: dict[str, tuple[Iterable[tuple[object, object]], str]] = {
    StepAction.RETURN: (ReturnReason.choices, "why"),
    "evidence": (EvidenceKind.choices, "evidence_kind"),
    "second_look": (LookResult.choices, "result"),
    "contact": (ContactWay.choices, "way"),
    "answer": (DisputeState.choices, "verdict"),
    "paused": (PauseReason.choices, "why"),
    StepAction.DECIDE: (AppealState.choices, "verdict"),
}


# Why the machine or a look reopened it.
CAUSES: dict[object, object] = {"recurred": _("The defect came back"), "second_look": _("Second look")}


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

    @property
    def day(self) -> date:
        return localtime(self.entry.at).date()

    @property
    def before(self) -> str:
        """The state that it left; nothing where it stayed."""
        stayed = self.entry.from_state == self.entry.to_state
        return "" if stayed else _label(RectificationState.choices, self.entry.from_state)

    @property
    def after(self) -> str:
        return _label(RectificationState.choices, self.entry.to_state)


def timeline_of(rectification: Rectification) -> list[TimelineLine]:
    """Newest first."""
    entries = rectification.timeline.select_related("actor").order_by("-at", "-id")
    return [_line(entry) for entry in entries]


def last_return(lines: Iterable[TimelineLine]) -> TimelineLine | None:
    """Why the reviewer gave it back, unless it was reopened since."""
    newest = (line for line in lines if line.entry.action in {StepAction.RETURN, StepAction.REOPEN})
    found = next(newest, None)
    return found if found is not None and found.entry.action == StepAction.RETURN else None


def was_tried(
    rectification: Rectification,
    *,
    entries: Iterable[TimelineEntry],
    evidence: Iterable[Evidence],
    attempts: Iterable[ContactAttempt],
) -> bool:
    """Since it was opened or last reopened: a file that proves something, or somebody tried to reach the
    customer; `entries` newest first."""
    lines = list(entries)
    again = next((one.at for one in lines if one.action == StepAction.REOPEN), None)
    since = again or rectification.opened_at
    return (
        any(again is None or one.file.uploaded_at >= again for one in evidence)
        or any(one.action == "contact" and one.at >= since for one in lines)
        or any(one.customer_id == rectification.customer_id and one.tried_at >= since for one in attempts)
    )


def _line(entry: TimelineEntry) -> TimelineLine:
    detail = entry.detail
    changes = [
        Change(label_of(one["field"]), *(_shown(one, value) for value in (one["old"], one["new"])))
        for one in detail.get("fields", [])
        if isinstance(one, dict)
    ]
    return TimelineLine(entry, str(ACTIONS.get(entry.action, entry.action)), _said(entry, detail), changes)


def _said(entry: TimelineEntry, detail: Mapping[str, Any]) -> str:
    """What the line tells besides its action."""
    parts = [
        gettext("for %(owner)s") % {"owner": detail["for"]} if "for" in detail else "",
        _what(entry, detail),
        *_besides(entry, detail),
    ]
    return " · ".join(part for part in parts if part)


def _what(entry: TimelineEntry, detail: Mapping[str, Any]) -> str:
    if entry.kind == TimelineKind.FINDING:
        return message_of(str(detail.get("rule", "")), str(detail.get("field", "")))
    if entry.action in CHOSEN:
        choices, key = CHOSEN[entry.action]
        return _contact_said(detail) if "channel" in detail else _label(choices, detail.get(key))
    if entry.action == StepAction.SUBMIT:
        return _label(ProposedEnd.choices, detail["end"]) if "end" in detail else _will_said(detail)
    if entry.action == "letter":
        return str(detail.get("number", ""))
    if entry.action in DAYS:
        return f"{int(detail.get('days', 0)):+d}"
    return ""


def _besides(entry: TimelineEntry, detail: Mapping[str, Any]) -> Iterator[str]:
    """Whatever else the step wrote down, each in words."""
    if "previous" in detail or entry.action in OWNED:
        names = [str(detail[key]) for key in ("previous", "owner") if detail.get(key)]
        yield " → ".join([*names, "–"] if "owner" not in detail else names)
    if detail.get("cause"):
        yield _label([*ClosingCause.choices, *CAUSES.items()], detail["cause"])
    if "relation" in detail:
        yield _label(ExemptionRelation.choices, detail["relation"])
    if entry.kind != TimelineKind.FINDING and "finding" not in detail and "rule" in detail:
        yield f"{detail['rule']} {message_of(str(detail['rule']))}"
    yield str(detail.get("finding", ""))
    yield str(detail.get("sha256", ""))
    if detail.get("times"):
        yield gettext("time %(n)s") % {"n": detail["times"]}
    if detail.get("paused_days"):
        yield gettext("the pause gave working days: %(n)s") % {"n": detail["paused_days"]}
    if "bulk" in detail:
        yield gettext("in bulk")


def _contact_said(detail: Mapping[str, Any]) -> str:
    way = _label(ContactChannel.choices, detail["channel"])
    return f"{way} · {_label(ContactResult.choices, detail.get('result'))}"


def _will_said(detail: Mapping[str, Any]) -> str:
    """How the customer's will is known, and that a seller handed it in: that one is called back."""
    seller = detail.get("handled_by", "")
    parts = [_label(Will.choices, detail.get("will"))]
    parts.append(gettext("handed in by seller %(number)s") % {"number": seller} if seller else "")
    return " · ".join(part for part in parts if part)


def _shown(change: dict[str, str], value: str) -> str:
    """A code such as a sex by its word; other values stand masked already."""
    if not is_correctable(change.get("kind", ""), change["field"]):
        return value
    return _label(correctable(change["kind"]).fields[change["field"]].choices, value) or value


def _label(choices: Iterable[tuple[object, object]], value: object) -> str:
    return next((str(label) for key, label in choices if str(key) == str(value)), "")
