"""The message catalogues: update and compile, check, list what is missing, fill in."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config import catalogues
from config.catalogues import Catalogue, Key

CONTEXT_MARK = "\u0004"


class Command(BaseCommand):
    help = "Updates and compiles the zh-Hans catalogues; --check only judges them."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--check", action="store_true", help="exit 1 when anything is missing or stale")
        what.add_argument("--missing", action="store_true", help="list the strings without a translation")
        what.add_argument("--fill", metavar="FILE.json", type=Path, help="write in what this file translates")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
        parser.add_argument("--catalogue", choices=["own", "third_party"], help="only this catalogue")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = [c for c in catalogues.catalogues() if options["catalogue"] in (None, c.name)]
        if options["check"]:
            self._check(chosen, as_json=options["json"])
        elif options["missing"]:
            self._missing(chosen, as_json=options["json"])
        elif options["fill"]:
            self._fill(chosen, options["fill"], as_json=options["json"])
        else:
            self._update(chosen, as_json=options["json"])

    def _say(self, result: dict[str, Any], *, as_json: bool, lines: list[str]) -> None:
        if as_json:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        else:
            for line in lines:
                self.stdout.write(line)

    def _update(self, chosen: list[Catalogue], *, as_json: bool) -> None:
        counts = {}
        for catalogue in chosen:
            po = catalogues.update(catalogue)
            filled = sum(catalogues.is_filled(entry) for entry in po)
            counts[catalogue.name] = {"strings": len(po), "missing": len(po) - filled}
        lines = [
            f"{name}: {count['strings']} strings, {count['missing']} missing"
            for name, count in counts.items()
        ]
        self._say(counts, as_json=as_json, lines=lines)

    def _check(self, chosen: list[Catalogue], *, as_json: bool) -> None:
        problems = [problem for catalogue in chosen for problem in catalogues.problems(catalogue)]
        found = [{"kind": p.kind, "catalogue": p.catalogue, "msgid": p.msgid} for p in problems]
        self._say({"problems": found}, as_json=as_json, lines=[str(problem) for problem in problems])
        if problems:
            raise CommandError(f"{len(problems)} problems in the message catalogues", returncode=1)

    def _missing(self, chosen: list[Catalogue], *, as_json: bool) -> None:
        found = [(c.name, message) for c in chosen for message in catalogues.missing(c)]
        rows = [
            {
                "catalogue": name,
                "msgctxt": message.context,
                "msgid": message.msgid,
                "msgid_plural": message.plural,
                "places": message.places,
            }
            for name, message in found
        ]
        lines = [f"{message.msgid!r}  {' '.join(message.places)}" for _name, message in found]
        self._say({"missing": rows}, as_json=as_json, lines=lines)

    def _fill(self, chosen: list[Catalogue], path: Path, *, as_json: bool) -> None:
        texts = read_translations(path)
        used: set[Key] = set()
        for catalogue in chosen:
            used |= catalogues.fill(catalogue, texts)
        unknown = sorted(msgid for _context, msgid in set(texts) - used)
        lines = [f"{len(used)} written", *(f"not in any source: {msgid!r}" for msgid in unknown)]
        self._say({"written": len(used), "unknown": unknown}, as_json=as_json, lines=lines)
        if unknown:
            raise CommandError(f"{len(unknown)} strings stand in no source", returncode=1)


def read_translations(path: Path) -> dict[Key, str]:
    """Reads `{msgid: msgstr}`, or the rows of --missing, each with a `msgstr`.

    In the short form a context stands before its msgid, parted by U+0004.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path}: {error}", returncode=2) from error
    if isinstance(data, dict) and isinstance(data.get("missing"), list):
        data = data["missing"]
    if isinstance(data, list):
        return {(row.get("msgctxt"), row["msgid"]): row["msgstr"] for row in data if row.get("msgstr")}
    texts: dict[Key, str] = {}
    for name, text in data.items():
        context, mark, msgid = name.partition(CONTEXT_MARK)
        texts[(context, msgid) if mark else (None, name)] = text
    return texts
