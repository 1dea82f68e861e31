"""A filled list brought back: read, tried, then taken over in the background, each line once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pghistory
from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override

from audits.choices import LineOutcome
from audits.models import Rectification, WorklistLine
from audits.operations.corrections import told_of
from audits.operations.round_trip_judging import Known, judge_rows
from audits.operations.round_trip_rows import (
    BLANK,
    REFUSED,
    Group,
    Verdict,
    chunks_of,
    grouped,
    sort_out,
)
from audits.operations.round_trip_rules import judge_by_rules
from audits.operations.will import COLUMNS as WILL
from audits.round_trip import KIND, rows_of
from audits.round_trip_sheet import SheetRow, work_list
from audits.transitions_working import Told, Working, start_many, submit_many
from workplace.choices import CorrectionState, FilePurpose, JobState
from workplace.exports import MEDIA_TYPE, about_list
from workplace.ids import Among
from workplace.intake.errors import words_of
from workplace.intake.parsing import read_sheet
from workplace.intake.refusal import Refused
from workplace.jobs import JobRefused, JobRun, start_job
from workplace.many_rows import update_many
from workplace.models import Correction, Job, Staff, UploadedFile
from workplace.operations.exported_lists import ListRefused
from workplace.operations.files import store_file
from workplace.patience import patiently

KEPT = timedelta(days=1)
CHUNK = 500
SHOWN = 200


def upload_list(*, content: bytes, name: str, actor: Staff, at: datetime) -> Job:
    """Keeps the file for a day and starts trying it; nothing of it is written. Raises ListRefused."""
    if not content:
        raise ListRefused(_("Choose a file first."))
    if len(content) > settings.IMPORT_BYTES_LIMIT:
        raise ListRefused(_("The file is too big."))
    with transaction.atomic():
        file = store_file(
            content=content, name=name, purpose=FilePurpose.IMPORT, owner=actor, at=at, expires_at=at + KEPT
        )
        return start_job(kind=KIND, parameters={"file": file.pk, "write": False}, actor=actor, at=at)


def apply_list(*, tried: Job, actor: Staff, at: datetime) -> Job:
    """Takes over what the trial found good, judged anew; once for a file. Raises ListRefused."""
    if tried.kind != KIND or tried.started_by_id != actor.pk or tried.parameters.get("write"):
        raise ListRefused(_("This list was not uploaded by you."))
    if tried.state != JobState.DONE:
        raise ListRefused(_("It is still being looked through."))
    given = {"file": tried.parameters["file"], "write": True, "tried": tried.pk}
    with transaction.atomic():
        Job.objects.select_for_update().get(pk=tried.pk)
        before = Job.objects.filter(kind=KIND, started_by=actor, parameters__contains=given)
        known = before.exclude(state__in=[JobState.FAILED, JobState.CANCELLED]).first()
        return known or start_job(kind=KIND, parameters=given, actor=actor, at=at)


def run_round_trip(run: JobRun, now: Callable[[], datetime]) -> dict[str, Any]:
    """The job's handler; a run after a killed one begins anew, and what is taken over already stays so."""
    actor = run.actor
    if actor is None or not actor.is_active:
        raise JobRefused(_("This list was not uploaded by you."))
    with override(actor.language):
        return _Trip(run, actor, now).go()


class _Trip:
    """One file on its way."""

    def __init__(self, run: JobRun, actor: Staff, now: Callable[[], datetime]) -> None:
        self._run, self._actor, self._now = run, actor, now
        self._write = bool(run.parameters.get("write"))
        self._written = 0
        self._handed_in = 0
        self._kept: list[list[Any]] = []

    def go(self) -> dict[str, Any]:
        at = self._now()
        verdicts = sort_out(self._rows(), actor=self._actor, today=localdate(at))
        self._note_blanks(verdicts)
        done = 0
        chunks = chunks_of(grouped(verdicts), CHUNK)
        total = sum(len(chunk) for chunk in chunks)
        for chunk in chunks:
            done += len(chunk)
            self._judge(chunk, done, total)
        return self._result(verdicts, at)

    def _rows(self) -> Any:
        file = UploadedFile.objects.filter(
            pk=self._run.parameters["file"], owner=self._actor, removed_at__isnull=True
        ).first()
        try:
            if file is None:
                raise Refused("removed_file")
            with file.content.open("rb") as opened:
                return rows_of(read_sheet(opened.read(), file.name))
        except Refused as refused:
            raise JobRefused(words_of({"code": refused.code, "params": refused.params})) from refused

    def _judge(self, chunk: Sequence[Group], done: int, total: int) -> None:
        """Again from the start where another's step came between."""
        fresh = [(group, [(one, one.outcome) for one in group.verdicts]) for group in chunk]

        def once() -> tuple[int, list[list[Any]]]:
            for group, before in fresh:
                group.missing, group.drafts = [], []
                for verdict, outcome in before:
                    verdict.outcome, verdict.reason, verdict.cell = outcome, "", ""
                    verdict.correction = None
            with transaction.atomic():
                working = Working.of(self._actor, self._now())
                known = Known.of(chunk, working, locked=self._write)
                judge_rows(chunk, known)
                judge_by_rules(chunk, known)
                if self._write:
                    _write(chunk, known)
                self._run.advance(done=done, total=total, lasting=self._write)
            ready = [group for group in chunk if group.ready]
            kept = [_kept(group) for group in chunk if group.taken and not group.ready]
            return len(ready), kept

        handed_in, kept = patiently(once)
        self._handed_in += handed_in
        self._kept += kept

    def _note_blanks(self, verdicts: Sequence[Verdict]) -> None:
        lines = [one.line.pk for one in verdicts if one.outcome == BLANK and one.line is not None]
        if self._write and lines:
            rows = WorklistLine.objects.filter(Among("pk", lines), outcome="")
            rows.update(outcome=LineOutcome.BLANK)

    def _result(self, verdicts: Sequence[Verdict], at: datetime) -> dict[str, Any]:
        refused = [one for one in verdicts if one.outcome == REFUSED]
        counts: dict[str, int] = {}
        for one in verdicts:
            counts[one.outcome] = counts.get(one.outcome, 0) + 1
        lists = sorted({one.line.exported.number for one in verdicts if one.line is not None})
        return {
            "counts": counts,
            "lists": lists,
            "refused": [_told(one) for one in refused[:SHOWN]],
            "handed_in": self._handed_in,
            "kept": self._kept[:SHOWN],
            "kept_count": len(self._kept),
            "errors": self._errors(refused, at) if refused else 0,
        }

    def _errors(self, refused: Sequence[Verdict], at: datetime) -> int:
        """Exactly the refused rows as they came, each with its reason; it may be mended and uploaded."""
        exported = next((one.line.exported for one in refused if one.line is not None), None)
        about = about_list(exported) if exported else []
        rows = [SheetRow(dict(one.row.cells), reason=f"{one.cell} {one.reason}") for one in refused]
        file = store_file(
            content=work_list(rows, about, refused=True),
            name=f"{exported.number if exported else 'list'}-refused.xlsx",
            purpose=FilePurpose.ERRORS,
            owner=self._actor,
            at=at,
            expires_at=at + KEPT,
            media_type=MEDIA_TYPE,
        )
        return int(file.pk)


def _told(verdict: Verdict) -> list[Any]:
    """Row, line, cell, rectification, reason: no value."""
    line = verdict.line
    number = line.rectification.number if line is not None else ""
    return [verdict.row.number, line.line if line else 0, verdict.cell, number, verdict.reason]


def _kept(group: Group) -> list[Any]:
    found = group.rectification
    refused = sum(one.outcome == REFUSED for one in group.verdicts)
    return [group.rectification_id, found.number if found else "", group.missing, refused]


def _write(chunk: Sequence[Group], known: Known) -> None:
    """Drafts of what is good, handed in where nothing is missing; all in a few statements."""
    working = known.working
    groups = [group for group in chunk if group.taken]
    rows = [_row(group) for group in groups]
    with pghistory.context(actor=working.actor.pk, cause=KIND):
        update_many(rows, WILL)
        start_many(rows=rows, working=working)
        _keep(groups)
        ready = [group for group in groups if group.ready]
        told = {group.rectification_id: _told_of(group) for group in ready}
        _hand_in([row for group in ready for row in _corrections(group)], known)
        submit_many(rows=[_row(group) for group in ready], working=working, told=told)
        noted = [row for group in ready if (row := _row(group)).draft_note]
        for row in noted:
            row.draft_note = ""
        update_many(noted, ["draft_note"])
    _note_lines(chunk, working.at)


def _row(group: Group) -> Rectification:
    assert group.rectification is not None  # noqa: S101 - judged groups have one
    return group.rectification


def _corrections(group: Group) -> list[Correction]:
    return [*(one.correction for one in group.taken if one.correction is not None), *group.drafts]


def _told_of(group: Group) -> Told:
    found = _row(group)
    number = next(one.line.exported.number for one in group.taken if one.line is not None)
    return Told(found.draft_note, {**told_of(found, _corrections(group)), "list": number})


def _keep(groups: Sequence[Group]) -> None:
    drafts = [one.correction for group in groups for one in group.taken if one.correction is not None]
    for draft in drafts:
        if draft.pk:
            draft.save()
    Correction.objects.bulk_create([draft for draft in drafts if not draft.pk], batch_size=1_000)


def _hand_in(rows: Sequence[Correction], known: Known) -> None:
    for row in rows:
        row.state = CorrectionState.SUBMITTED
        row.record_version = known.records[row.record_kind, row.record_id].version
    update_many(rows, ["state", "record_version", "new_normal"])


def _note_lines(chunk: Sequence[Group], at: datetime) -> None:
    taken = [one.line.pk for group in chunk for one in group.taken if one.line is not None]
    refused = [
        one.line.pk
        for group in chunk
        for one in group.verdicts
        if one.outcome == REFUSED and one.line is not None
    ]
    WorklistLine.objects.filter(Among("pk", taken)).update(outcome=LineOutcome.APPLIED, applied_at=at)
    open_ones = WorklistLine.objects.filter(Among("pk", refused), applied_at__isnull=True)
    open_ones.update(outcome=LineOutcome.REFUSED)
