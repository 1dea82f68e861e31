from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audits.sealed_contents import first_broken
from audits.seals import head

BROKEN = 1


class Command(BaseCommand):
    help = "Walks the sealed chain and compares what it sealed of draws; exit 1 names the first broken seal."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        found, last = first_broken(), head()
        said: dict[str, Any] = {
            "seals": last.place if last else 0,
            "head": last.digest if last else "",
            "broken": None
            if found is None
            else {"place": found.place, "kind": found.kind, "subject": found.subject, "why": found.why},
        }
        if options["json"]:
            self.stdout.write(json.dumps(said))
        elif found is None:
            self.stdout.write(f"{said['seals']} seals hold, HEAD {said['head']}")
        else:
            self.stdout.write(f"seal {found.place} is broken ({found.why}): {found.kind} {found.subject}")
        if found is not None:
            sys.exit(BROKEN)
