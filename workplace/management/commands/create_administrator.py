from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from workplace.choices import Role
from workplace.operations.staff import StaffRefused, create_staff


class Command(BaseCommand):
    """The first administrator of a new house, who then adds everybody else in the browser."""

    help = "Makes an administrator and prints the password, once; it must be changed at the first login."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("name")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            staff, password = create_staff(
                username=options["username"],
                name=options["name"],
                role=Role.ADMINISTRATOR,
                actor=None,
                at=timezone.now(),
            )
        except StaffRefused as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        said = {"username": staff.username, "password": password}
        self.stdout.write(json.dumps(said) if options["json"] else f"{staff.username}  {password}")
