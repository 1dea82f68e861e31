"""Writes the empty template of a record kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from workplace.intake.kinds import KIND_ORDER, kind_of
from workplace.intake.workbooks import template_csv, template_xlsx

REFUSED = 2


class Command(BaseCommand):
    help = "Write the template of a record kind: OUT.xlsx with an explanation sheet, or OUT.csv."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=KIND_ORDER)
        parser.add_argument("out", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        out: Path = options["out"]
        makers = {".xlsx": template_xlsx, ".csv": template_csv}
        if out.suffix.lower() not in makers:
            raise CommandError(_("The file must end in .xlsx or .csv."), returncode=REFUSED)
        out.write_bytes(makers[out.suffix.lower()](kind_of(options["kind"])))
