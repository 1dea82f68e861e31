from __future__ import annotations

import io
import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from authenticity.inspection import KINDS, inspect


class Command(BaseCommand):
    """Echoes its input: what it prints was handed to it line by line."""

    help = "Check one value a line: one JSON object a line with value, normal, verdict and rule codes."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=KINDS)
        parser.add_argument("file", nargs="?", default="-", help="a UTF-8 text file, or - for standard input")
        parser.add_argument(
            "--json", action="store_true", help="accepted for likeness; output is always JSON"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
        for value in _values(options["file"]):
            result = inspect(options["kind"], value, today=today)
            self.stdout.write(
                json.dumps(
                    {
                        "value": result.value,
                        "normal": result.normal,
                        "verdict": result.verdict,
                        "codes": list(result.codes),
                    },
                    ensure_ascii=False,
                )
            )


def _values(file: str) -> Iterator[str]:
    """Undecodable bytes become U+FFFD, so that every line has an answer."""
    if file == "-":
        yield from _lines(_standard_input())
        return
    try:
        with Path(file).open(encoding="utf-8-sig", errors="replace", newline="\n") as lines:
            yield from _lines(lines)
    except OSError as error:
        raise CommandError(f"Cannot read {file}: {error.strerror}", returncode=2) from error


def _standard_input() -> IO[str]:
    """As a file is read: the locale of the shell decides nothing."""
    raw = getattr(sys.stdin, "buffer", None)
    if raw is None:
        return sys.stdin
    return io.TextIOWrapper(raw, encoding="utf-8-sig", errors="replace", newline="\n")


def _lines(lines: IO[str]) -> Iterator[str]:
    for line in lines:
        yield line.removesuffix("\n").removesuffix("\r")
