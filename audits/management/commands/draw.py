from __future__ import annotations

import json
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from audits.models import SamplingPlan, SamplingRun
from audits.operations.sampling_runs import RunRefused, give_seed, open_run
from audits.sampling.choices import RunOccasion, RunState
from workplace.jobs import UNFINISHED, execute
from workplace.models import Staff

REFUSED = 2


class Command(BaseCommand):
    help = (
        "Draws a sample of a plan in force: seals the machine's part and takes the frame; with --as and"
        " --words, or asked for at a terminal, gives the approver's part and draws."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", help="code of the plan")
        parser.add_argument("--as", dest="username", default="", help="who gives the approver's part")
        parser.add_argument("--words", default="", help="the approver's part of the seed")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        plan = SamplingPlan.objects.filter(code=options["plan"]).first()
        if plan is None:
            self._refuse("no plan has this code")
        person = self._person(options["username"])
        try:
            run = self._drawn(self._framed(plan), person, options["words"])
        except RunRefused as refusal:
            self._refuse(str(refusal))
        else:
            self._tell(run, as_json=options["json"])

    def _drawn(self, run: SamplingRun, person: Staff | None, words: str) -> SamplingRun:
        """As it is where nobody is named who gives the other part."""
        if person is None or run.state != RunState.FRAMED:
            return run
        part = words or self._ask(run)
        return self._done(give_seed(run=run, part=part, actor=person, at=timezone.now()))

    def _person(self, username: str) -> Staff | None:
        if not username:
            return None
        person = Staff.objects.filter(username=username, is_active=True).first()
        return person or self._refuse("--as: nobody active has this user name")

    def _framed(self, plan: SamplingPlan | None) -> SamplingRun:
        """The one by hand that waits for its part, else a new one."""
        assert plan is not None  # noqa: S101 - refused above
        waiting = plan.runs.filter(state=RunState.FRAMED, occasion=RunOccasion.BY_HAND).order_by("pk").first()
        if waiting is not None:
            found: SamplingRun = waiting
            return found
        run = open_run(plan=plan, occasion=RunOccasion.BY_HAND, actor=None, at=timezone.now())
        return self._done(run)

    def _ask(self, run: SamplingRun) -> str:
        if not sys.stdin.isatty():
            self._refuse("--words: the approver's part is missing")
        self.stderr.write(f"The frame of {run.frame_size} is sealed as {run.frame_digest}.")
        return input("Your part of the seed: ")

    def _done(self, run: SamplingRun) -> SamplingRun:
        """Waits for the job, or does it here when no worker has it."""
        job = run.job
        assert job is not None  # noqa: S101 - begun with the step
        while job.state in UNFINISHED:
            execute(job.pk)
            job.refresh_from_db()
            if job.state in UNFINISHED:
                time.sleep(0.5)
        found: SamplingRun = SamplingRun.objects.select_related("plan", "version", "job").get(pk=run.pk)
        if found.state in (RunState.OPENED, RunState.SEEDED):
            self._refuse(job.error or job.state)
        return found

    def _tell(self, run: SamplingRun, *, as_json: bool) -> None:
        said = {
            "run": run.pk,
            "state": run.state,
            "period": run.period,
            "machine_seal": run.machine_seal,
            "frame_digest": run.frame_digest,
            "frame_size": run.frame_size,
            "seed": run.seed,
            "items": run.items.count(),
        }
        if as_json:
            self.stdout.write(json.dumps(said))
            return
        self.stdout.write(", ".join(f"{name} {value}" for name, value in said.items() if value != ""))
        if run.state == RunState.FRAMED:
            self.stdout.write("It waits for the approver's part: on its page, or with --as and --words.")

    def _refuse(self, why: str) -> Any:
        self.stderr.write(why)
        sys.exit(REFUSED)
