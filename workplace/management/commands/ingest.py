"""Brings a file into the book from the command line, through the same reader and writer as the pages."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentTypeError
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from workplace.choices import JobState, LoadPhase, RowVerdict
from workplace.intake import hits
from workplace.intake.bulk import COUNTS
from workplace.intake.bulk_errors import write_errors
from workplace.intake.bulk_odd import KEPT, rejected
from workplace.intake.errors import words_of
from workplace.intake.kinds import KIND_ORDER, WriteResult, kind_of
from workplace.intake.plan import FileRefused, Table, read_table, too_large, try_rows
from workplace.intake.workbooks import rejected_xlsx
from workplace.intake.write import write_rows
from workplace.jobs import UNFINISHED, execute
from workplace.models import BulkLoad, Job, Staff
from workplace.operations.bulk_loads import discard_load, load_of_file

DONE, WITH_REJECTED, REFUSED = 0, 1, 2


def moment(text: str) -> datetime:
    """ISO date or time; without a zone it is Shanghai's."""
    try:
        found = parse_datetime(text)
        day = None if found else parse_date(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} does not exist") from error
    if found is None and day is None:
        raise ArgumentTypeError("write it like 2026-11-22T18:00 or 2026-11-22")
    if found is None and day is not None:
        found = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - made aware below
    assert found is not None  # noqa: S101 - one of the two was read
    return found if timezone.is_aware(found) else timezone.make_aware(found)


class Command(BaseCommand):
    help = "Bring a file of records into the book (exit 0 done, 1 done with rejected rows, 2 refused)."
    # The pages' addresses need not be looked through to bring in a file.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=KIND_ORDER)
        parser.add_argument("file", type=Path)
        parser.add_argument("--as-of", type=moment, help="extraction time of the file (default: now)")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
        parser.add_argument("--errors", type=Path, metavar="OUT.xlsx", help="where rejected rows go")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
        parser.add_argument("--actor", help="login name; its scope decides which rows may be written")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        extracted_at = options["as_of"] or at
        if extracted_at > at:
            self._refuse([{"code": "future", "params": {}}], options)
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(_("There is no such file."), returncode=REFUSED)
        actor = self._actor(options)
        table = self._read(path, options)
        if table is None:
            told, rejected = self._large(path, extracted_at, actor, at, options)
        else:
            told, rejected = self._small(table, extracted_at, actor, at, options)
        self._report({"kind": options["kind"], "dry_run": options["dry_run"], **told}, options)
        if rejected:
            sys.exit(WITH_REJECTED)

    def _read(self, path: Path, options: dict[str, Any]) -> Table | None:
        """None for a file that is too large to be held at once."""
        kind = kind_of(options["kind"])
        if path.stat().st_size > settings.IMPORT_BYTES_LIMIT:
            if not kind.whole:
                return None
            limit = settings.IMPORT_BYTES_LIMIT // (1024 * 1024)
            self._refuse([{"code": "too_many_bytes", "params": {"limit": limit}}], options)
        try:
            return read_table(kind=kind.code, content=path.read_bytes(), name=path.name)
        except FileRefused as refusal:
            if too_large(refusal.problems) and not kind.whole:
                return None
            self._refuse(refusal.problems, options)
            raise

    def _small(
        self,
        table: Table,
        extracted_at: datetime,
        actor: Staff | None,
        at: datetime,
        options: dict[str, Any],
    ) -> tuple[dict[str, Any], int]:
        common: dict[str, Any] = {"kind": options["kind"], "actor": actor, "at": at}
        if options["dry_run"]:
            result, _hits = try_rows(table=table.rows, extracted_at=extracted_at, **common)
        else:
            result = write_rows(
                rows=[values for _line, values in table.rows],
                lines=[line for line, _values in table.rows],
                extracted_at=extracted_at,
                **common,
            )
            if result.new or result.changed:
                hits.after_load(options["kind"], actor, at, f"command:{at.isoformat()}")
        if options["errors"] and result.rejected:
            options["errors"].write_bytes(self._errors(options["kind"], table, result))
        return told_of(result), len(result.rejected)

    def _large(
        self,
        path: Path,
        extracted_at: datetime,
        actor: Staff | None,
        at: datetime,
        options: dict[str, Any],
    ) -> tuple[dict[str, Any], int]:
        load = load_of_file(
            kind=options["kind"],
            path=path,
            extracted_at=extracted_at,
            actor=actor,
            trial=options["dry_run"],
            at=at,
        )
        load = wait_for(load)
        if load.phase == LoadPhase.REFUSED:
            self._refuse(load.refusal["problems"], options)
        if load.phase not in (LoadPhase.TRIED, LoadPhase.DONE):
            raise CommandError(_("The work stopped before its end."), returncode=REFUSED)
        if options["errors"] and load.rejected:
            write_errors(load, options["errors"])
        told = told_of_load(load)
        discard_load(load=load)
        return told, load.rejected

    def _actor(self, options: dict[str, Any]) -> Staff | None:
        if not options["actor"]:
            return None
        actor = Staff.objects.filter(username=options["actor"], is_active=True).first()
        if actor is None:
            raise CommandError(_("Nobody active has this login name."), returncode=REFUSED)
        return actor

    def _refuse(self, problems: Sequence[dict[str, Any]], options: dict[str, Any]) -> None:
        told = [words_of(problem) for problem in problems]
        if options["json"]:
            codes = [problem["code"] for problem in problems]
            self.stdout.write(json.dumps({"refused": codes, "reasons": told}, ensure_ascii=False))
        else:
            for line in told:
                self.stderr.write(line)
        sys.exit(REFUSED)

    def _errors(self, kind: str, table: Table, result: WriteResult) -> bytes:
        values = dict(table.rows)
        rejected = [(values[row.line], row.errors) for row in result.rejected]
        return rejected_xlsx(kind_of(kind), table.columns, rejected)

    def _report(self, told: dict[str, Any], options: dict[str, Any]) -> None:
        """Counts, and of rejected rows the line and the column: never a value."""
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for name in ("rows", "new", "changed", "unchanged", "rejected", "conflicts", "held"):
            self.stdout.write(f"{name}: {told[name]}")
        for error in told["errors"]:
            self.stdout.write(f"line {error['line']} {error['column']}: {error['code']}")


def told_of(result: WriteResult) -> dict[str, Any]:
    return {
        "rows": len(result.rows),
        RowVerdict.NEW.value: result.new,
        RowVerdict.CHANGED.value: result.changed,
        RowVerdict.UNCHANGED.value: result.unchanged,
        RowVerdict.REJECTED.value: len(result.rejected),
        "conflicts": result.conflicts,
        "held": result.held,
        "errors": [
            {"line": row.line, "column": error["column"], "code": error["code"]}
            for row in result.rejected
            for error in row.errors
        ],
    }


def told_of_load(load: BulkLoad) -> dict[str, Any]:
    """As of a small file; `seconds` a phase, and only the first thousands of the rejected rows."""
    return {
        **{name: getattr(load, name) for name in ("rows", *COUNTS)},
        "errors": [
            {"line": row.line, "column": error["column"], "code": error["code"]}
            for row in rejected(load)[:KEPT]
            for error in row.errors
        ],
        "seconds": load.seconds,
    }


def wait_for(load: BulkLoad) -> BulkLoad:
    """Runs the job here; when a worker has taken it up, waits for its end."""
    assert load.job_id is not None  # noqa: S101 - begun with it
    while True:
        execute(load.job_id)
        job = Job.objects.get(pk=load.job_id)
        if job.state not in UNFINISHED:
            return BulkLoad.objects.select_related("job").get(pk=load.pk)
        if job.state == JobState.RUNNING:
            time.sleep(1)
