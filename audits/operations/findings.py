"""Opens, changes, closes and reopens findings, each with its episode: nothing is deleted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Greatest

from audits.choices import EpisodeEnd, EpisodeStart, FindingSource, FindingState, ReopenClock
from audits.clock import ServiceLevels, channels_of, day_of
from audits.judging import JUDGED, Judgement
from audits.models import Finding, FindingEpisode
from audits.models.subject import SUBJECT_COLUMNS
from audits.operations.closing import Causes
from audits.queries import rectification_settings
from authenticity.choices import Severity
from authenticity.rule import RuleValues
from workplace.calendar import WorkingCalendar
from workplace.many_rows import update_many

CHANGED_FIELDS = [name.removesuffix("_id") for name in JUDGED]
BATCH = 500
NO_DEADLINE = frozenset({Severity.INFO.value})
RANK = {Severity.BLOCK.value: 0, Severity.ERROR.value: 1, Severity.WARN.value: 2, Severity.INFO.value: 3}


@dataclass
class Changes:
    """The findings that this run touched."""

    opened: list[Finding] = field(default_factory=list)
    reopened: list[Finding] = field(default_factory=list)
    changed: list[Finding] = field(default_factory=list)
    closed: list[Finding] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        return {name: len(rows) for name, rows in vars(self).items()}


class Deadlines:
    """Working days by what a finding is and through which channel its policy came, which compliance sets."""

    def __init__(self, values: RuleValues, today: date) -> None:
        self._values, self._today = values, today
        self._channels: dict[int, str] = {}

    @cached_property
    def _calendar(self) -> WorkingCalendar:
        return WorkingCalendar()

    @cached_property
    def _levels(self) -> ServiceLevels:
        return ServiceLevels(self._values)

    @cached_property
    def _goes_on(self) -> bool:
        return rectification_settings().reopened_clock == ReopenClock.CONTINUE

    def know(self, policy_ids: Iterable[int | None]) -> None:
        """Reads the channels of those policies at once, where a limit depends on one."""
        wanted = {pk for pk in policy_ids if pk}
        if wanted and self._levels.by_channel:
            self._channels |= channels_of(wanted)

    def due(self, finding: Finding) -> date | None:
        if finding.severity in NO_DEADLINE:
            return None
        channel = self._channels.get(finding.answering_policy_id or 0, "")
        return self._calendar.after(self._today, self._levels.days(finding.severity, finding.kind, channel))

    def due_again(self, finding: Finding) -> date | None:
        """Of one that recurs: anew, or the days that were left when it closed."""
        if not self._goes_on or finding.due_on is None or finding.closed_at is None:
            return self.due(finding)
        closed_for = self._calendar.between(day_of(finding.closed_at), self._today)
        return self._calendar.after(finding.due_on, max(closed_for, 0))


def settle(
    *,
    judged: Iterable[Judgement],
    existing: Iterable[Finding],
    deadlines: Deadlines,
    causes: Causes,
    at: datetime,
) -> Changes:
    """Makes the findings say what was judged; `existing` are all that could be about the same rows."""
    known = {key_of(finding): finding for finding in existing}
    changes = Changes()
    wanted = {one.key: one for one in judged}
    deadlines.know(one.said["answering_policy_id"] for one in wanted.values())
    for judgement in wanted.values():
        finding = known.pop(judgement.key, None)
        if finding is None:
            changes.opened.append(_new(judgement, deadlines, at))
        elif finding.state == FindingState.CLOSED:
            _reopen(finding, judgement, deadlines, at)
            changes.reopened.append(finding)
        elif _differs(finding, judgement):
            _change(finding, judgement, deadlines, at)
            changes.changed.append(finding)
    left = [finding for finding in known.values() if finding.state == FindingState.OPEN]
    _write(changes, left, causes, at)
    return changes


def key_of(finding: Finding) -> tuple[str, str, int, str, str]:
    return finding.rule, finding.subject_kind, finding.subject_id, finding.field, finding.part


def _new(judgement: Judgement, deadlines: Deadlines, at: datetime) -> Finding:
    hit = judgement.hit
    finding = Finding(
        rule=hit.rule.code,
        field=hit.field,
        part=hit.part,
        source=FindingSource.RULE,
        business_stage=judgement.business_stage,
        first_seen_at=at,
        last_seen_at=at,
        **{f"{SUBJECT_COLUMNS[hit.subject_kind]}_id": hit.subject_id},
        **judgement.said,
    )
    finding.due_on = deadlines.due(finding)
    return finding


def _reopen(finding: Finding, judgement: Judgement, deadlines: Deadlines, at: datetime) -> None:
    _say(finding, judgement, max(at, finding.closed_at or at))
    finding.due_on = deadlines.due_again(finding)
    finding.state, finding.closed_at = FindingState.OPEN, None
    finding.reopened += 1


def _change(finding: Finding, judgement: Judgement, deadlines: Deadlines, at: datetime) -> None:
    """A finding that becomes graver gets the nearer deadline; one that becomes milder keeps its own."""
    before = finding.severity
    _say(finding, judgement, at)
    due = deadlines.due(finding)
    if finding.due_on is None or due is None:
        finding.due_on = due
    elif RANK[finding.severity] < RANK[before]:
        finding.due_on = min(finding.due_on, due)


def _say(finding: Finding, judgement: Judgement, at: datetime) -> None:
    for name, value in judgement.said.items():
        setattr(finding, name, value)
    finding.business_stage = judgement.business_stage
    finding.last_seen_at = max(finding.last_seen_at, at)


def _differs(finding: Finding, judgement: Judgement) -> bool:
    return any(getattr(finding, name) != judgement.said[name] for name in JUDGED)


def _write(changes: Changes, left: Sequence[Finding], causes: Causes, at: datetime) -> None:
    _close(left, causes, at)
    changes.closed.extend(left)
    write_found(changes=changes, at=at)


def write_found(*, changes: Changes, at: datetime) -> None:
    """Rows and episodes of what was opened, reopened and changed, in the caller's transaction."""
    Finding.objects.bulk_create(changes.opened, batch_size=BATCH)
    moved = [*changes.reopened, *changes.changed]
    fields = [*CHANGED_FIELDS, "state", "closed_at", "due_on", "reopened", "business_stage", "last_seen_at"]
    update_many(moved, fields)
    _end(changes.changed, EpisodeEnd.CHANGED, at)
    _begin(changes.opened, EpisodeStart.OPENED)
    _begin(changes.reopened, EpisodeStart.REOPENED)
    _begin(changes.changed, EpisodeStart.CHANGED)


def _close(findings: Sequence[Finding], causes: Causes, at: datetime) -> None:
    if not findings:
        return
    by_cause: defaultdict[EpisodeEnd, list[Finding]] = defaultdict(list)
    cause_of = causes.of(findings)
    for finding in findings:
        by_cause[cause_of[finding.pk]].append(finding)
        finding.state, finding.closed_at = FindingState.CLOSED, at
    ids = [finding.pk for finding in findings]
    Finding.objects.filter(pk__in=ids).update(state=FindingState.CLOSED, closed_at=at)
    for cause, rows in by_cause.items():
        _end(rows, cause, at)


def close_finding(*, finding: Finding, cause: EpisodeEnd, at: datetime) -> None:
    """One that no sweep judges, in the caller's transaction; the caller refreshes its rectification."""
    finding.state, finding.closed_at = FindingState.CLOSED, at
    finding.save(update_fields=["state", "closed_at"])
    _end([finding], cause, at)


def _end(findings: Sequence[Finding], cause: EpisodeEnd, at: datetime) -> None:
    """An episode never ends before it began, whatever the clocks of two workers say."""
    if findings:
        current = FindingEpisode.objects.filter(finding__in=findings, recorded_to__isnull=True)
        current.update(recorded_to=Greatest(F("recorded_from"), Value(at)), ended_by=cause)


def _begin(findings: Sequence[Finding], start: EpisodeStart) -> None:
    """From when the finding was seen so, which is never before its last episode ended."""
    FindingEpisode.objects.bulk_create(
        (
            FindingEpisode(
                finding=finding,
                episode=finding.reopened + 1,
                began_by=start,
                recorded_from=finding.last_seen_at,
                **_as_said(finding),
            )
            for finding in findings
        ),
        batch_size=BATCH,
    )


def _as_said(finding: Finding) -> Mapping[str, Any]:
    return {name: getattr(finding, name) for name in JUDGED}
