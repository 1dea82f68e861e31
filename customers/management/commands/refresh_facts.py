"""Derives stored facts anew after the fact code changed; goes on where it was stopped."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from customers.editions import present
from workplace.operations.refreshing import CHUNK, PROCESSES, refresh_derived
from workplace.refreshing import derivations


class Command(BaseCommand):
    help = "Derive facts anew where they were made by another version of the code (--all: everywhere)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="also where the version is the present one")
        parser.add_argument("--chunk", type=int, default=CHUNK, help="rows of one transaction")
        parser.add_argument("--processes", type=int, default=PROCESSES, help="processes that derive")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ends with 1 when rows changed under the run each time; a further run takes them up."""
        kinds = {
            derivation.name: refresh_derived(
                derivation=derivation,
                actor=None,
                at=timezone.now(),
                every=options["all"],
                chunk=options["chunk"],
                processes=options["processes"],
            )
            for derivation in derivations()
        }
        versioned = [kinds[derivation.name] for derivation in derivations() if derivation.now]
        told = {
            "looked_at": sum(one.looked_at for one in versioned),
            "stored": sum(one.stored for one in versioned),
            "left": sum(one.left for one in kinds.values()),
            "facts_version": present().version,
            "kinds": {name: asdict(one) for name, one in kinds.items()},
        }
        plain = f"{told['looked_at']} looked at, {told['stored']} stored, {told['left']} left"
        self.stdout.write(json.dumps(told) if options["json"] else plain)
        if told["left"]:
            sys.exit(1)
