"""Which row of a filled list belongs to which line, and whether that line may still be taken over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from audits.choices import RectificationState
from audits.models import Rectification, WorklistLine
from audits.round_trip import KIND, Row
from authenticity.texts import compact
from workplace.models import Correction, ExportedList, Staff

CONTACTS = frozenset({"mobile", "landline", "address", "email", "id_no"})
TAKEN, REFUSED, BLANK, SAME = "taken", "refused", "blank", "same"


@dataclass
class Verdict:
    """What becomes of one row; `cell` is the one to mend, `value` what a correction would hold."""

    row: Row
    line: WorklistLine | None = None
    outcome: str = TAKEN
    reason: str = ""
    cell: str = ""
    value: str = ""
    correction: Correction | None = None

    def refuse(self, reason: str, code: str = "line") -> None:
        """The first reason stays."""
        if self.outcome == TAKEN:
            self.outcome, self.reason, self.cell = REFUSED, reason, self.row.cell(code)

    @property
    def taken(self) -> bool:
        return self.outcome == TAKEN


@dataclass
class Group:
    """The rows of one rectification; `missing` keeps it from being handed in."""

    rectification_id: int
    verdicts: list[Verdict]
    missing: list[str] = field(default_factory=list)
    drafts: list[Correction] = field(default_factory=list)
    rectification: Rectification | None = None

    @property
    def taken(self) -> list[Verdict]:
        return [one for one in self.verdicts if one.taken]

    @property
    def ready(self) -> bool:
        refused = any(one.outcome == REFUSED for one in self.verdicts)
        return bool(self.taken) and not refused and not self.missing


def sort_out(rows: Sequence[Row], *, actor: Staff, today: date) -> list[Verdict]:
    """In the order of the file; what has a line of a list that is good today stays to be judged."""
    lists = _lists(rows)
    wanted = {one.pk for one in lists.values() if one.owner_id == actor.pk}
    found = WorklistLine.objects.filter(exported__in=wanted).select_related(
        "exported__owner", "rectification"
    )
    lines = {(line.exported.number, line.line): line for line in found}
    seen: dict[tuple[str, int], int] = {}
    verdicts: list[Verdict] = []
    for row in rows:
        key = (row.text("list"), row.line)
        verdict = Verdict(row, lines.get(key))
        verdicts.append(verdict)
        if row.blank:
            verdict.outcome = BLANK
            continue
        _check_list(verdict, lists.get(key[0]), actor, today)
        if key in seen:
            verdict.refuse(_("Row %(row)s of the file has this line already.") % {"row": seen[key]})
        seen.setdefault(key, row.number)
    return verdicts


def _lists(rows: Iterable[Row]) -> Mapping[str, ExportedList]:
    numbers = {row.text("list")[:30] for row in rows} - {""}
    found = ExportedList.objects.filter(number__in=numbers, kind=KIND).select_related("owner")
    return {one.number: one for one in found}


def _check_list(verdict: Verdict, exported: ExportedList | None, actor: Staff, today: date) -> None:
    row, line = verdict.row, verdict.line
    names = {"number": row.text("list")}
    if not names["number"]:
        verdict.refuse(_("The list number is missing."), "list")
    elif exported is None or exported.owner_id != actor.pk:
        verdict.refuse(_("List %(number)s was not exported to you.") % names, "list")
    elif exported.destroyed_at is not None:
        said = {"by": exported.destroyed_by.name if exported.destroyed_by else "–", **names}
        verdict.refuse(_("List %(number)s was destroyed, as %(by)s has confirmed.") % said, "list")
    elif exported.expires_on < today:
        said = {"day": exported.expires_on.isoformat(), **names}
        verdict.refuse(_("List %(number)s was good until %(day)s; take out a new one.") % said, "list")
    elif line is None:
        verdict.refuse(_("List %(number)s has no such line.") % names)
    elif line.rectification.number != row.text("rectification"):
        verdict.refuse(
            _("Line %(line)s of the list belongs to %(number)s: the row was moved.")
            % {"line": line.line, "number": line.rectification.number},
            "rectification",
        )


def grouped(verdicts: Iterable[Verdict]) -> list[Group]:
    """By rectification, in the order in which the file names them; only what is still to be judged."""
    groups: dict[int, Group] = {}
    for one in verdicts:
        if one.taken and one.line is not None:
            key = one.line.rectification_id
            groups.setdefault(key, Group(key, [])).verdicts.append(one)
    return list(groups.values())


def chunks_of(groups: Sequence[Group], size: int) -> list[list[Group]]:
    """Rectifications that would influence each other's answers never share a chunk: together they would be
    judged as if all were accepted."""
    chunks: list[_Chunk] = []
    first = 0
    for group in groups:
        said = _Influence.of(group)
        while first < len(chunks) and len(chunks[first].groups) >= size:
            first += 1
        place = next((c for c in chunks[first:] if len(c.groups) < size and not c.meets(said)), None)
        if place is None:
            place = _Chunk()
            chunks.append(place)
        place.add(group, said)
    return [one.groups for one in chunks]


@dataclass(frozen=True)
class _Influence:
    records: frozenset[Any]
    new: frozenset[str]
    old: frozenset[str]

    @classmethod
    def of(cls, group: Group) -> _Influence:
        lines = [(one.row, one.line) for one in group.verdicts if one.line is not None]
        records: set[tuple[str, int | None]] = {(line.record_kind, line.record_id) for _row, line in lines}
        for _row, line in lines:
            about = line.rectification
            records |= {("customer", about.customer_id), ("policy", about.policy_id)}
        told = [row for row, line in lines if line.field in CONTACTS]
        return cls(
            frozenset(one for one in records if one[1]),
            frozenset(compact(row.text("new_value")) for row in told),
            frozenset(compact(row.text("present")) for row in told) - {""},
        )


@dataclass
class _Chunk:
    groups: list[Group] = field(default_factory=list)
    records: set[Any] = field(default_factory=set)
    new: set[str] = field(default_factory=set)
    old: set[str] = field(default_factory=set)

    def meets(self, said: _Influence) -> bool:
        return bool(self.records & said.records or self.new & (said.new | said.old) or self.old & said.new)

    def add(self, group: Group, said: _Influence) -> None:
        self.groups.append(group)
        self.records |= said.records
        self.new |= said.new
        self.old |= said.old


def no_longer_mine(found: Rectification, owners: frozenset[int], *, seen: bool) -> str:
    """Why its lines are not taken over; empty while it is at work with whoever brings the list back."""
    names = {"number": found.number, "owner": found.owner.name if found.owner else ""}
    if found.state == RectificationState.CLOSED:
        by = found.closed_by.name if found.closed_by else _("the system")
        at = localtime(found.closed_at).strftime("%Y-%m-%d %H:%M") if found.closed_at else "–"
        return _("%(number)s was closed by %(by)s at %(at)s.") % {**names, "by": by, "at": at}
    if found.owner is None:
        return _("%(number)s is no longer with you; nobody works on it now.") % names
    if found.owner_id not in owners or not seen:
        return _("%(number)s is no longer with you; %(owner)s works on it.") % names
    if found.state == RectificationState.IN_REVIEW:
        by = found.submitted_by.name if found.submitted_by else "–"
        at = localtime(found.submitted_at).strftime("%Y-%m-%d %H:%M") if found.submitted_at else "–"
        return _("%(number)s was handed in by %(by)s at %(at)s and waits for review.") % {
            **names,
            "by": by,
            "at": at,
        }
    if found.state == RectificationState.APPEALED:
        return _("%(number)s is under appeal; nothing can be corrected before it is decided.") % names
    return ""
