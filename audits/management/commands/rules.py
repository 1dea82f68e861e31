from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from audits.rule_document import document, tests_of


class Command(BaseCommand):
    help = "Prints the rule catalogue; --write keeps it as a file, --check fails when that file is stale."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", type=Path, help="file to write, such as docs/rules.md")
        parser.add_argument("--check", type=Path, help="file to compare with")

    def handle(self, *args: Any, write: Path | None, check: Path | None, **options: Any) -> None:
        text = document(tests_of(Path(settings.BASE_DIR) / "tests" / "rules"))
        if check is not None:
            if not check.exists() or check.read_text(encoding="utf-8") != text:
                raise CommandError(f"{check} is stale: write it again with --write")
        elif write is not None:
            write.write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text, ending="")
