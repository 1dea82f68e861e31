from __future__ import annotations

import json
import os
import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from agents.models import Branch
from config.demo.insurer import found_insurer
from customers.models import Customer
from policies.models import Policy


class Command(BaseCommand):
    help = "Found the demo insurer in an empty book. Refused outside demo mode."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--customers", type=int, default=5_000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("DEMO: the demo insurer is for demo mode only", returncode=2)
        if options["customers"] < 1:
            raise CommandError("--customers: at least 1", returncode=2)
        if Branch.objects.exists():
            raise CommandError("The book is not empty: nothing was written.", returncode=2)
        password = os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(9)
        token = os.environ.get("DEMO_API_TOKEN") or secrets.token_urlsafe(32)
        found_insurer(
            customers=options["customers"], seed=options["seed"], password=password, token=token,
            at=timezone.now(), say=self._say if not options["json"] else lambda text: None,
        )  # fmt: skip
        counts = {"customers": Customer.objects.count(), "policies": Policy.objects.count()}
        if options["json"]:
            self.stdout.write(json.dumps(counts))
        elif "DEMO_PASSWORD" not in os.environ:
            self.stdout.write(f"Password of the demo accounts: {password}")

    def _say(self, text: str) -> None:
        self.stdout.write(f"{text} …")
