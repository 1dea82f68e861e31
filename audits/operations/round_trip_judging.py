"""Judges filled rows as the workbench does: whose they are, what changed, shapes, sources, will, limits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _

from audits.models import Rectification
from audits.operations.limits import Spot, limit_gaps, spot_of
from audits.operations.round_trip_rows import SAME, Group, Verdict, no_longer_mine
from audits.operations.take_out import hash_of
from audits.operations.will import source_gaps, will_gaps
from audits.posted import usual_source
from audits.round_trip import Said
from audits.transitions import origin_of
from audits.transitions_working import Working
from audits.will import WILLED_KINDS
from customers.models import Customer
from policies.models import Policy, PolicyParty
from workplace.blame import last_change
from workplace.choices import CorrectionState, SourceChannel
from workplace.correctable import Correctable, correctable
from workplace.ids import Among
from workplace.intake.errors import words_of
from workplace.intake.shapes import Misshapen
from workplace.models import Correction
from workplace.operations.corrections import PENDING, RecordChanged, pending_elsewhere

MODELS: dict[str, Any] = {"customer": Customer, "policy": Policy, "party": PolicyParty}


@dataclass
class Known:
    """What the rows of one chunk are judged against, read in a few queries."""

    working: Working
    rectifications: Mapping[int, Rectification]
    seen: frozenset[int]
    records: Mapping[tuple[str, int], Any]
    pending: Mapping[Spot, Correction]
    before: Mapping[str, Sequence[Correction]]
    said: Said = field(default_factory=Said)

    @classmethod
    def of(cls, groups: Sequence[Group], working: Working, *, locked: bool) -> Known:
        """`locked` holds rectifications and records, in order, until the transaction ends."""
        ids = sorted(group.rectification_id for group in groups)
        related = ("owner", "customer", "policy", "handled_by", "submitted_by", "closed_by")
        rows = Rectification.objects.filter(Among("pk", ids)).select_related(*related).order_by("pk")
        rectifications = {row.pk: row for row in (rows.select_for_update(of=("self",)) if locked else rows)}
        seen = Rectification.objects.visible_to(working.actor).filter(Among("pk", ids)).order_by()
        before: defaultdict[str, list[Correction]] = defaultdict(list)
        origins = [origin_of(row) for row in rectifications.values()]
        for row in _corrections().filter(origin__in=origins).order_by("pk"):
            before[row.origin].append(row)
        records = _records(_wanted(groups, before), locked)
        by_record = _corrections().filter(state__in=PENDING, record_id__in={pk for _kind, pk in records})
        return cls(
            working,
            rectifications,
            frozenset(seen.values_list("pk", flat=True)),
            records,
            {spot_of(row): row for row in by_record},
            before,
        )


def _corrections() -> Any:
    return Correction.objects.select_related("proposed_by")


def _wanted(groups: Iterable[Group], before: Mapping[str, Sequence[Correction]]) -> dict[str, set[int]]:
    wanted: defaultdict[str, set[int]] = defaultdict(set)
    for group in groups:
        for one in group.verdicts:
            if one.line is not None:
                wanted[one.line.record_kind].add(one.line.record_id)
    for rows in before.values():
        for row in rows:
            if row.state == CorrectionState.DRAFT:
                wanted[row.record_kind].add(row.record_id)
    return wanted


def _records(wanted: Mapping[str, Iterable[int]], locked: bool) -> dict[tuple[str, int], Any]:
    found: dict[tuple[str, int], Any] = {}
    for kind in sorted(wanted):
        rows = MODELS[kind].objects.filter(Among("pk", wanted[kind])).order_by("pk")
        if kind == "party":
            rows = rows.select_related("policy", "customer")
        for row in rows.select_for_update(of=("self",)) if locked else rows:
            found[kind, row.pk] = row
    return found


def judge_rows(groups: Sequence[Group], known: Known) -> None:
    """Everything but the rules: whose it is, what changed meanwhile, shapes, sources, will and limits."""
    for group in groups:
        group.rectification = known.rectifications[group.rectification_id]
        for verdict in group.verdicts:
            _judge(verdict, group.rectification, known)
        _judge_will(group, known)
        _judge_limits(group)
        _keep_drafts(group, known)


def _judge(verdict: Verdict, rectification: Rectification, known: Known) -> None:
    line = verdict.line
    if line is None:
        return
    kind = correctable(line.record_kind)
    asked = kind.fields[line.field]
    record = known.records.get((line.record_kind, line.record_id))
    try:
        verdict.value = known.said.value(verdict.row, asked)
    except Misshapen as error:
        verdict.refuse(_words(error, line.field), "new_value")
        return
    if record is None:
        verdict.refuse(_("The record is no longer in the book."))
    elif _nothing_new(verdict, rectification, record, known):
        verdict.outcome = SAME
    elif said := no_longer_mine(rectification, known.working.owners, seen=rectification.pk in known.seen):
        verdict.refuse(said, "rectification")
    elif said := _changed_meanwhile(verdict, kind, record, rectification, known):
        verdict.refuse(said, "present")
    else:
        _shape(verdict, kind, record, rectification, known)


def _nothing_new(verdict: Verdict, rectification: Rectification, record: Any, known: Known) -> bool:
    """The record says so already, or the same was taken over before."""
    line, value = verdict.line, verdict.value
    assert line is not None  # noqa: S101 - judged lines have one
    if value == correctable(line.record_kind).written(record, line.field):
        return True
    spot = (line.record_kind, line.record_id, line.field)
    said = [row for row in known.before.get(origin_of(rectification), ()) if spot_of(row) == spot]
    pending = [row for row in said if row.state in PENDING]
    if pending:
        return any(row.new_raw == value for row in pending)
    return line.applied_at is not None and bool(said) and said[-1].new_raw == value


def _changed_meanwhile(
    verdict: Verdict, kind: Correctable, record: Any, rectification: Rectification, known: Known
) -> str:
    """By the row version first; a change of another field alone does not make the line stale."""
    line = verdict.line
    assert line is not None  # noqa: S101 - judged lines have one
    moved = record.version != line.record_version
    if moved and hash_of(line.field, kind.normal(record, line.field)) != line.old_hash:
        change = last_change(kind, record, line.field)
        return str(RecordChanged(kind=kind, field=line.field, change=change))
    pending = known.pending.get((line.record_kind, line.record_id, line.field))
    if pending is None:
        return ""
    if pending.origin != origin_of(rectification) or pending.state == CorrectionState.SUBMITTED:
        return str(pending_elsewhere(kind, pending))
    if line.applied_at is None and pending.proposed_at > line.exported.exported_at:
        return _("A draft of “%(field)s” by %(by)s from %(at)s is newer than the list; look at it first.") % {
            "field": kind.fields[line.field].label,
            "by": pending.proposed_by.name,
            "at": localtime(pending.proposed_at).strftime("%Y-%m-%d %H:%M"),
        }
    return ""


def _shape(
    verdict: Verdict, kind: Correctable, record: Any, rectification: Rectification, known: Known
) -> None:
    line, row, said, working = verdict.line, verdict.row, known.said, known.working
    assert line is not None  # noqa: S101 - judged lines have one
    try:
        normal = kind.normal_of(record, line.field, verdict.value)
    except Misshapen as error:
        verdict.refuse(_words(error, line.field), "new_value")
        return
    try:
        channel = said.source.code(row.text("source"))
        will = _will_of(verdict, said).get("will", "")
    except Misshapen as error:
        verdict.refuse(_words(error, ""), "source")
        return
    except _Cell as error:
        verdict.refuse(str(error), error.code)
        return
    channel = channel or usual_source(line.record_kind, line.field, will or rectification.will)
    pending = known.pending.get((line.record_kind, line.record_id, line.field))
    draft = pending or Correction(
        record_kind=line.record_kind,
        record_id=line.record_id,
        field=line.field,
        origin=origin_of(rectification),
    )
    draft.old_raw, draft.old_normal = kind.written(record, line.field), kind.normal(record, line.field)
    draft.new_raw, draft.new_normal, draft.record_version = verdict.value, normal, record.version
    draft.source_channel, draft.note = channel, row.written("note")[:200]
    draft.proposed_by, draft.proposed_at = working.actor, working.at
    verdict.correction = draft
    since = rectification.assigned_at or rectification.opened_at
    gaps = source_gaps([draft], customers=_customers(rectification, record), since=since)
    if gaps:
        verdict.refuse(gaps[0][1], "note" if draft.source_channel else "source")


def _customers(rectification: Rectification, record: Any) -> set[int]:
    """Who may have been spoken to."""
    found = {rectification.customer_id}
    if isinstance(record, PolicyParty):
        found.add(record.customer_id)
    return {pk for pk in found if pk}


def _concerned(group: Group, known: Known) -> set[int]:
    """The customers of whom anything in the group speaks."""
    found = {group.rectification.customer_id if group.rectification else None}
    places = [(one.line.record_kind, one.line.record_id) for one in group.taken if one.line is not None]
    places += [(row.record_kind, row.record_id) for row in group.drafts]
    for record in map(known.records.get, places):
        if isinstance(record, PolicyParty):
            found.add(record.customer_id)
    return {pk for pk in found if pk}


def _judge_will(group: Group, known: Known) -> None:
    """Said once for a rectification; rows that leave it out mean what the others say."""
    found = group.rectification
    rows = [one for one in group.taken if one.line and one.line.record_kind in WILLED_KINDS]
    if found is None or not rows:
        return
    told: dict[str, Any] = {}
    for verdict in rows:
        try:
            here = _will_of(verdict, known.said)
        except _Cell as error:
            verdict.refuse(str(error), error.code)
            continue
        for name, value in here.items():
            if told.setdefault(name, value) != value:
                verdict.refuse(_("Another row of this rectification says something else here."), name)
    for name, value in told.items():
        setattr(found, name, value)
    if gaps := will_gaps(found, customers=_concerned(group, known), today=localdate(known.working.at)):
        for verdict in rows:
            verdict.refuse(" ".join(gaps), "will")


class _Cell(Exception):
    """Its text says why; `code` is the column."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.code = code


def _will_of(verdict: Verdict, said: Said) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for code, read in (
        ("will", lambda: said.will.code(verdict.row.text("will"))),
        ("applicant", lambda: said.applicant.code(verdict.row.text("applicant"))),
        ("applied_on", lambda: said.applied_on(verdict.row)),
    ):
        try:
            if value := read():
                found[code] = value
        except Misshapen as error:
            raise _Cell(_words(error, ""), code) from error
    return found


def _judge_limits(group: Group) -> None:
    for verdict in group.taken:
        row = verdict.correction
        if row is not None and row.source_channel == SourceChannel.FORM and (gaps := limit_gaps([row])):
            verdict.refuse(gaps[0][1], "source")


def _keep_drafts(group: Group, known: Known) -> None:
    """What the owner had typed before counts with the rows; half typed, it keeps all from being handed in."""
    found = group.rectification
    if found is None or not group.taken:
        return
    named = {spot_of(one.correction) for one in group.verdicts if one.correction is not None}
    for draft in known.before.get(origin_of(found), ()):
        if draft.state != CorrectionState.DRAFT or spot_of(draft) in named:
            continue
        kind = correctable(draft.record_kind)
        record = known.records.get((draft.record_kind, draft.record_id))
        if record is None:
            continue
        try:
            draft.new_normal = kind.normal_of(record, draft.field, draft.new_raw)
        except Misshapen as error:
            group.missing.append(f"{kind.fields[draft.field].label}: {_words(error, draft.field)}")
            continue
        if record.version != draft.record_version and kind.normal(record, draft.field) != draft.old_normal:
            change = last_change(kind, record, draft.field)
            group.missing.append(str(RecordChanged(kind=kind, field=draft.field, change=change)))
            continue
        group.drafts.append(draft)
    since = found.assigned_at or found.opened_at
    gaps = source_gaps(group.drafts, customers=_customers(found, None), since=since)
    gaps += limit_gaps(group.drafts)
    group.missing += [text for _field, text in gaps]
    if any(draft.record_kind in WILLED_KINDS for draft in group.drafts):
        today = localdate(known.working.at)
        group.missing += will_gaps(found, customers=_concerned(group, known), today=today)


def _words(error: Misshapen, name: str) -> str:
    return words_of({"code": error.code, "params": {"field": name, "value": "", **error.params}})
