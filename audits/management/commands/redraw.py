from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audits.models import SamplingRun
from audits.redraws import NotDrawn, Redraw, redraw

DIFFERS, REFUSED = 1, 2


class Command(BaseCommand):
    help = "Draws a sample again from its sealed frame and seed; exit 1 where other items come out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", type=int, help="number of the draw")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        run = SamplingRun.objects.select_related("plan", "version", "frame_file").filter(pk=options["run"])
        found = run.first()
        if found is None:
            self.stderr.write("no draw has this number")
            sys.exit(REFUSED)
        try:
            said = redraw(run=found)
        except NotDrawn:
            self.stderr.write(f"nothing has been drawn yet: {found.state}")
            sys.exit(REFUSED)
        if options["json"]:
            self.stdout.write(json.dumps({"run": found.pk, **as_json(said)}, ensure_ascii=False))
        else:
            self._tell(said)
        if not said.identical:
            sys.exit(DIFFERS)

    def _tell(self, said: Redraw) -> None:
        if said.identical:
            self.stdout.write(f"identical: {said.items} items")
        else:
            self.stdout.write(f"DIFFERENT: {said.why}")
            self.stdout.write(f"missing {' '.join(said.missing)}\nextra {' '.join(said.extra)}")
        for name in ("entered", "left", "moved"):
            changes = getattr(said, name)
            if changes.count:
                self.stdout.write(f"frame: {changes.count} {name}: {' '.join(changes.keys)}")
        if not said.frame_changed and not said.why:
            self.stdout.write("frame: unchanged")


def as_json(said: Redraw) -> dict[str, Any]:
    return {
        "identical": said.identical,
        "items": said.items,
        "why": said.why,
        "missing": said.missing,
        "extra": said.extra,
        "frame_changed": said.frame_changed,
        "entered": said.entered.as_json(),
        "left": said.left.as_json(),
        "moved": said.moved.as_json(),
    }
