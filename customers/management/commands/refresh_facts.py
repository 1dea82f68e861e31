"""Derives stored facts anew after the fact code changed; goes on where it was stopped."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from customers.facts import FACTS_VERSION
from customers.models import Customer
from customers.operations.records import refresh_customer_facts

BATCH = 1_000


class Command(BaseCommand):
    help = "Derive facts anew where they were made by another version of the code (--all: everywhere)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="also where the version is the present one")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Each batch is a transaction; a row already refreshed carries the version and is passed over."""
        seen = stored = last = 0
        chosen = Customer.objects.all()
        if not options["all"]:
            chosen = chosen.exclude(facts_version=FACTS_VERSION)
        while True:
            with transaction.atomic():
                locked = chosen.select_for_update(of=("self",)).filter(pk__gt=last)
                batch = list(locked.order_by("pk")[:BATCH])
                stored += refresh_customer_facts(customers=batch, actor=None, at=timezone.now())
            if not batch:
                break
            seen, last = seen + len(batch), batch[-1].pk
        told = {"looked_at": seen, "stored": stored, "facts_version": FACTS_VERSION}
        self.stdout.write(json.dumps(told) if options["json"] else f"{seen} looked at, {stored} stored")
