from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from workplace.models import ApiClient, Staff
from workplace.operations.api_clients import create_api_client


class Command(BaseCommand):
    help = "Give a system a token for the API; it is printed once. The system acts as the named person."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--acts-as", required=True, metavar="USERNAME")

    def handle(self, *args: Any, **options: Any) -> None:
        staff = Staff.objects.filter(username=options["acts_as"], is_active=True).first()
        if staff is None:
            raise CommandError(f"--acts-as: nobody active is called {options['acts_as']}", returncode=2)
        if ApiClient.objects.filter(name=options["name"]).exists():
            raise CommandError(f"{options['name']}: there is already a client of this name", returncode=2)
        _client, token = create_api_client(name=options["name"], staff=staff, at=timezone.now())
        self.stdout.write(token)
