from __future__ import annotations

import json
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from audits.catalogue import rule_of
from audits.costs import costs
from audits.operations.sweep_job import start_sweep
from workplace.choices import JobState
from workplace.jobs import UNFINISHED, execute
from workplace.models import Job

REFUSED = 2


class Command(BaseCommand):
    help = "Runs the rules over the whole book and opens, closes and reopens findings."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--full", action="store_true", help="every rule (the default)")
        parser.add_argument("--rule", default="", help="one rule's code")
        parser.add_argument("--incremental", action="store_true", help="what changed since the last sweep")
        parser.add_argument(
            "--explain-cost",
            action="store_true",
            help="only tell what each rule costs a row",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["explain_cost"]:
            self._explain()
            return
        code, incremental = options["rule"], options["incremental"]
        if code and (rule_of(code) is None or options["full"] or incremental):
            self.stderr.write("--rule: no rule has this code, or --full or --incremental was given too")
            sys.exit(REFUSED)
        job = start_sweep(
            actor=None, at=timezone.now(), codes=[code] if code else (), incremental=incremental
        )
        self._wait_for(job)
        self._tell(job, as_json=options["json"])

    def _explain(self) -> None:
        for cost in costs(today=timezone.localdate()):
            name = cost.code or "all together"
            self.stdout.write(f"{cost.target:9} {name:12} {cost.microseconds:8.2f} µs {cost.found:7}")

    def _wait_for(self, job: Job) -> None:
        while job.state in UNFINISHED:
            execute(job.pk)
            job.refresh_from_db()
            if job.state in UNFINISHED:
                time.sleep(0.5)

    def _tell(self, job: Job, *, as_json: bool) -> None:
        said = {"job": job.pk, "state": job.state, "records": job.done, **job.result}
        if as_json:
            self.stdout.write(json.dumps(said))
        else:
            self.stdout.write(", ".join(f"{name} {value}" for name, value in said.items()))
        if job.state != JobState.DONE:
            self.stderr.write(job.error or job.state)
            sys.exit(REFUSED)
