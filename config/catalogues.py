"""Message catalogues without gettext's binaries: extract from sources, merge, check, compile."""

import ast
import importlib.util
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import polib
from babel.messages.extract import extract
from django.conf import settings
from django.utils.translation.template import templatize

LANGUAGE = "zh_Hans"
OUR_SOURCES = (
    "authenticity",
    "workplace",
    "agents",
    "customers",
    "policies",
    "audits",
    "config",
    "templates",
)
# Whatever of these our users see and no installed catalogue puts into Chinese yet.
FOREIGN_SOURCES = (
    "unfold",
    "guardian",
    "import_export",
    "axes",
    "django_celery_beat",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "django.core",
    "django.db.models",
)
FOREIGN_CATALOGUES = (
    "django/conf",
    "django/contrib/admin",
    "django/contrib/auth",
    "django/contrib/contenttypes",
    "django/contrib/humanize",
    "django/contrib/postgres",
    "guardian",
    "import_export",
    "django_celery_beat",
)
LEFT_OUT = {"migrations", "tests", "testing", "locale", "static", "constance", "simple_history"}
# Babel glues the strings of gettext(message["added"]["name"]) in Django's admin together.
NOT_MESSAGES = {"addedname", "changedname", "deletedname"}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
METADATA = {
    "Project-Id-Version": "Zhenxin",
    "Language": LANGUAGE,
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
HAN = "\u3400-\u9fff"
PLACEHOLDER = re.compile(r"%\([a-zA-Z_]\w*\)[sdifr]|%[sdifr]|(?<!\{)\{[a-zA-Z_][\w.]*\}(?!\})")
HALF_WIDTH = re.compile(rf"[{HAN}][,;:?!(]|[,;:?!)][{HAN}]")

Key = tuple[str | None, str]


@dataclass
class Message:
    """One source string; `places` are `file:line`, the first one met first."""

    context: str | None
    msgid: str
    plural: str | None = None
    places: list[str] = field(default_factory=list)

    @property
    def key(self) -> Key:
        return self.context, self.msgid


@dataclass(frozen=True)
class Problem:
    """What keeps a catalogue from being complete: a kind, the catalogue and the string."""

    kind: str
    catalogue: str
    msgid: str
    places: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.catalogue}: {self.kind}: {self.msgid!r} {' '.join(self.places[:3])}".rstrip()


@dataclass(frozen=True)
class Catalogue:
    name: str
    folder: Path

    @property
    def po_path(self) -> Path:
        return self.folder / LANGUAGE / "LC_MESSAGES" / "django.po"

    @property
    def mo_path(self) -> Path:
        return self.po_path.with_suffix(".mo")

    def messages(self) -> dict[Key, Message]:
        return our_messages() if self.name == "own" else foreign_messages()

    def read(self) -> polib.POFile:
        return polib.pofile(str(self.po_path)) if self.po_path.exists() else polib.POFile()


def catalogues() -> list[Catalogue]:
    folder = Path(settings.BASE_DIR) / "locale"
    return [Catalogue("own", folder), Catalogue("third_party", folder / "third_party")]


def extract_text(text: str, *, is_template: bool, place: str) -> Iterator[Message]:
    if is_template:
        # Babel reads Python tokens; what templatize leaves of the page's indentation would trip it.
        text = "\n".join(line.lstrip() for line in templatize(text).splitlines())
    options = {"encoding": "utf-8"}
    found = extract("python", BytesIO(text.encode()), KEYWORDS, (), options)
    for line, strings, _comments, context in found:
        msgid, plural = strings if isinstance(strings, tuple) else (strings, None)
        if msgid:
            yield Message(context, msgid, plural, [f"{place}:{line}"])


def collect(files: Iterable[Path], *, root: Path) -> dict[Key, Message]:
    messages: dict[Key, Message] = {}
    for path in files:
        text = path.read_text(encoding="utf-8")
        if not re.search(r"gettext|trans|_\(", text):
            continue
        is_template = path.suffix != ".py"
        for message in extract_text(text, is_template=is_template, place=path.relative_to(root).as_posix()):
            known = messages.setdefault(message.key, message)
            if known is not message:
                known.plural = known.plural or message.plural
                known.places += message.places
    return messages


def source_files(folder: Path) -> list[Path]:
    found = (path for path in folder.rglob("*") if path.suffix in {".py", ".html", ".txt"})
    return sorted(path for path in found if not LEFT_OUT.intersection(path.relative_to(folder).parts))


def our_messages() -> dict[Key, Message]:
    root = Path(settings.BASE_DIR)
    return collect((path for name in OUR_SOURCES for path in source_files(root / name)), root=root)


def package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise LookupError(f"{name} is not an installed package")
    return Path(next(iter(spec.submodule_search_locations)))


def foreign_messages() -> dict[Key, Message]:
    root = package_folder("django").parent
    files = [path for name in FOREIGN_SOURCES for path in source_files(package_folder(name))]
    translated: set[Key] = set()
    for name in FOREIGN_CATALOGUES:
        entries = polib.pofile(str(root / name / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"))
        translated |= {key_of(entry) for entry in entries.translated_entries()}
    found = collect(files, root=root)
    return {
        key: message
        for key, message in found.items()
        if key not in translated and message.msgid not in NOT_MESSAGES
    }


def key_of(entry: polib.POEntry) -> Key:
    context: str | None = entry.msgctxt  # polib's stubs forget that most strings have none
    return context, entry.msgid


def is_filled(entry: polib.POEntry) -> bool:
    return bool(entry.msgstr or any(entry.msgstr_plural.values()))


def translation(entry: polib.POEntry) -> str:
    return entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr


def updated(old: polib.POFile, messages: dict[Key, Message]) -> polib.POFile:
    """The catalogue of exactly these messages, in their order; what was translated stays so."""
    kept = {key_of(entry): entry for entry in old if not entry.obsolete}
    new = polib.POFile(wrapwidth=110)
    new.metadata = dict(METADATA)
    for key, message in messages.items():
        entry = polib.POEntry(msgid=message.msgid, msgctxt=message.context)
        entry.occurrences = [
            (name, "") for name in dict.fromkeys(p.rsplit(":", 1)[0] for p in message.places)
        ]
        if PLACEHOLDER.search(message.msgid) and "%" in message.msgid:
            entry.flags.append("python-format")
        before = kept.get(key)
        text = translation(before) if before is not None and "fuzzy" not in before.flags else ""
        if message.plural:
            entry.msgid_plural, entry.msgstr_plural = message.plural, {0: text}
        else:
            entry.msgstr = text
        new.append(entry)
    return new


def write(catalogue: Catalogue, po: polib.POFile) -> None:
    """Writes the .po and compiles it into the .mo beside it."""
    catalogue.po_path.parent.mkdir(parents=True, exist_ok=True)
    po.save(str(catalogue.po_path))
    catalogue.mo_path.write_bytes(catalogue.read().to_binary())


def update(catalogue: Catalogue) -> polib.POFile:
    po = updated(catalogue.read(), catalogue.messages())
    write(catalogue, po)
    return po


def missing(catalogue: Catalogue) -> list[Message]:
    entries = {key_of(entry): entry for entry in catalogue.read() if not entry.obsolete}
    return [
        message
        for key, message in catalogue.messages().items()
        if key not in entries or not is_filled(entries[key]) or "fuzzy" in entries[key].flags
    ]


def entry_problems(po: polib.POFile, messages: dict[Key, Message], name: str) -> Iterator[Problem]:
    entries = {key_of(entry): entry for entry in po if not entry.obsolete}
    for key, message in messages.items():
        entry = entries.get(key)
        if entry is None or not is_filled(entry):
            yield Problem("missing", name, message.msgid, tuple(message.places))
        elif (entry.msgid_plural or None) != message.plural:
            yield Problem("plural form out of date", name, message.msgid, tuple(message.places))
    for entry in po:
        if entry.obsolete or key_of(entry) not in messages:
            yield Problem("obsolete", name, entry.msgid)
        if "fuzzy" in entry.flags:
            yield Problem("fuzzy", name, entry.msgid)
        text = translation(entry)
        source = entry.msgid_plural or entry.msgid
        if text and sorted(PLACEHOLDER.findall(source)) != sorted(PLACEHOLDER.findall(text)):
            yield Problem("placeholders differ", name, entry.msgid)
        if HALF_WIDTH.search(text):
            yield Problem("half-width punctuation beside Han", name, entry.msgid)


def problems(catalogue: Catalogue) -> list[Problem]:
    po = catalogue.read()
    found = list(entry_problems(po, catalogue.messages(), catalogue.name))
    if not catalogue.mo_path.exists() or catalogue.mo_path.read_bytes() != po.to_binary():
        found.append(Problem("compiled file is out of date", catalogue.name, catalogue.mo_path.name))
    return found


def full_width(text: str) -> str:
    """Chinese punctuation where Han stands beside it; numbers, placeholders and Latin text stay."""
    text = re.sub(rf"(?<=[{HAN}])\(((?:[^()%]|%\(\w+\)[sd]|%[sd])*)\)", "\uff08\\1\uff09", text)
    text = re.sub(rf"\(([{HAN}](?:[^()%]|%\(\w+\)[sd]|%[sd])*)\)", "\uff08\\1\uff09", text)
    closing = f"{HAN}\uff09\u300b\u201d"
    for half, full in ((",", "\uff0c"), (";", "\uff1b"), (":", "\uff1a"), ("?", "\uff1f"), ("!", "\uff01")):
        text = re.sub(rf"(?<=[{closing}]){re.escape(half)} ?|{re.escape(half)} ?(?=[{HAN}])", full, text)
    return re.sub(rf"(?<=[{HAN}])\.(?=\s|$)", "\u3002", text)


def fill(catalogue: Catalogue, texts: dict[Key, str]) -> set[Key]:
    """Writes these translations in, punctuation made full-width; returns the keys that this catalogue has."""
    po = updated(catalogue.read(), catalogue.messages())
    used: set[Key] = set()
    for entry in po:
        key = key_of(entry)
        if key not in texts:
            continue
        used.add(key)
        if entry.msgid_plural:
            entry.msgstr_plural = {0: full_width(texts[key])}
        else:
            entry.msgstr = full_width(texts[key])
    write(catalogue, po)
    return used


GETTEXT_NAMES = frozenset(KEYWORDS)


def f_strings_in_gettext(text: str) -> list[int]:
    """Lines where a translation function is handed anything that extraction cannot read."""
    lines = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if name in GETTEXT_NAMES and node.args and not isinstance(node.args[0], ast.Constant):
                lines.append(node.lineno)
    return lines
