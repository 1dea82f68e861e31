from __future__ import annotations

import json
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from audits.catalogue import rule_of
from audits.operations.sweep_job import start_sweep
from workplace.choices import JobState
from workplace.jobs import UNFINISHED, execute

REFUSED = 2


class Command(BaseCommand):
    help = "Runs the rules over the whole book and opens, closes and reopens findings."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--full", action="store_true", help="every rule (the default)")
        parser.add_argument("--rule", default="", help="one rule's code")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        code = options["rule"]
        if code and (rule_of(code) is None or options["full"]):
            self.stderr.write("--rule: no rule has this code, or --full was given too")
            sys.exit(REFUSED)
        job = start_sweep(actor=None, at=timezone.now(), codes=[code] if code else ())
        while job.state in UNFINISHED:
            execute(job.pk)
            job.refresh_from_db()
            if job.state in UNFINISHED:
                time.sleep(0.5)
        said = {"job": job.pk, "state": job.state, "records": job.done, **job.result}
        if options["json"]:
            self.stdout.write(json.dumps(said))
        else:
            self.stdout.write(", ".join(f"{name} {value}" for name, value in said.items()))
        if job.state != JobState.DONE:
            self.stderr.write(job.error or job.state)
            sys.exit(REFUSED)
