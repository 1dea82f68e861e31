"""One changed byte anywhere in a pack: FAIL, or a program that cannot be read any more, never PASS."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.packs.packing import verdict_of

PLACES = 16
"""In each file, its first and last byte among them."""
FLIPPED = ("FAIL", 1)
REFUSED = ("", 1)
"""The interpreter says on its error stream why it cannot run such a program."""


def flipped(
    folder: Path, name: str, verifier: Path, changes: Iterable[tuple[int, int]]
) -> list[tuple[str, int]]:
    """What the verifier says last, and its exit code, with each place holding another byte in turn."""
    done = subprocess.run(
        [sys.executable, "-I", str(Path(__file__).with_name("flipping.py")), str(folder), name],
        input="".join(f"{verifier} {place} {byte}\n" for place, byte in changes),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]


def spread(whole: bytes) -> list[tuple[int, int]]:
    """Odd places lose a bit, even ones become another letter."""
    places = sorted({place * (len(whole) - 1) // (PLACES - 1) for place in range(PLACES)})
    return [(place, whole[place] ^ (1 if place % 2 else 0x15)) for place in places]


def test_a_changed_byte_of_any_file_fails(folder: Path, pristine: Path):
    for path in sorted(folder.iterdir()):
        changes = spread(path.read_bytes())
        assert flipped(folder, path.name, pristine, changes) == [FLIPPED] * len(changes), path.name
    assert verdict_of(folder, script=pristine)[:2] == ("PASS", 0)


def text_in(whole: bytes) -> range:
    """The places that the digest within the program covers."""
    return range(whole.index(b"TEXT = r'''") + 11, whole.rindex(b"'''.encode("))


def test_a_changed_byte_of_the_programs_first_and_last_lines_never_passes(folder: Path):
    program = folder / "verify.py"
    whole = program.read_bytes()
    text = text_in(whole)
    last = range(text.stop, len(whole))
    changes = [(place, whole[place] ^ 1) for place in (*range(0, text.start, 4), *last)]
    changes += [(place, ord(sign)) for sign in "#;" for place in last if whole[place] != ord(sign)]
    said = Counter(flipped(folder, "verify.py", program, changes))
    assert set(said) == {FLIPPED, REFUSED}, said


def test_a_change_that_leaves_the_program_as_good_is_found_by_the_manifest(folder: Path):
    program = folder / "verify.py"
    whole = program.read_bytes()
    comment = whole.index(b"# The verifier") + 2
    assert flipped(folder, "verify.py", program, [(comment, ord("t"))]) == [FLIPPED]


def test_a_changed_byte_of_the_programs_text_says_fail(folder: Path):
    program = folder / "verify.py"
    whole = program.read_bytes()
    text = text_in(whole)
    changes = [
        (place, byte)
        for place in text[:: len(text) // 60]
        for byte in (whole[place] ^ 1, 0xFF)
        if byte not in b"'"
    ]
    assert flipped(folder, "verify.py", program, changes) == [FLIPPED] * len(changes)


def test_what_the_interpreter_refuses_ends_with_one_and_without_a_verdict(folder: Path):
    program = folder / "verify.py"
    program.write_bytes(program.read_bytes().replace(b"import hashlib", b"Import hashlib", 1))
    verdict, code, said = verdict_of(folder)
    assert code == 1
    assert said == ""
    assert "SyntaxError" in verdict
