from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from audits.models import SamplingRun
from audits.operations.packs import PackRefused, make_pack
from workplace.choices import Role
from workplace.models import Staff

REFUSED = 2


class Command(BaseCommand):
    help = "Makes the evidence pack of a draw; prints HEAD, the seal by which verify.py knows it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", metavar="RUN_ID", type=int)
        parser.add_argument("out", metavar="OUT.zip", type=Path)
        parser.add_argument("--as", dest="actor", default="", help="username of who makes it")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        run = SamplingRun.objects.filter(pk=options["run"]).first()
        actor = _actor(options["actor"])
        if run is None or actor is None:
            self._refuse("no such draw" if run is None else "--as: nobody of this name makes packs")
            return
        try:
            made = make_pack(run=run, actor=actor, at=timezone.now())
        except PackRefused as refusal:
            self._refuse(str(refusal))
            return
        assert made.file is not None  # noqa: S101 - just stored
        with made.file.content.open("rb") as source, options["out"].open("wb") as target:
            shutil.copyfileobj(source, target)
        said = {
            "run": run.pk,
            "pack": made.pk,
            "file": str(options["out"]),
            "manifest": made.manifest_digest,
            "head": made.seal.digest,
        }
        if options["json"]:
            self.stdout.write(json.dumps(said))
        else:
            self.stdout.write(f"{options['out']}: HEAD {made.seal.digest}")

    def _refuse(self, why: str) -> None:
        self.stderr.write(why)
        sys.exit(REFUSED)


def _actor(username: str) -> Staff | None:
    """Who is named; else the first compliance officer, for the command is run by the operator."""
    people = Staff.objects.filter(is_active=True)
    if username:
        return people.filter(username=username).first()
    return people.filter(role=Role.COMPLIANCE).order_by("pk").first()
