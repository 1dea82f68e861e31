"""Run by `python3 -I`: changes one byte after the other of an unpacked pack and lets a verifier look at each.

Arguments are the folder and the file whose bytes change; standard input has a line `verifier place byte` for
each. Answers one JSON line each: the last line that was said, and the exit code.
"""

import contextlib
import io
import json
import sys
from functools import lru_cache
from pathlib import Path

compiled = lru_cache(maxsize=2)(compile)


def looked_at(verifier: Path, folder: Path) -> tuple[str, int]:
    """As the interpreter would run it: what it cannot read, or what raises, ends with 1 and says nothing."""
    out = io.StringIO()
    sys.argv = [str(verifier), str(folder)]
    space = {"__name__": "__main__", "__doc__": None, "compile": compiled}
    code = 0
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(verifier.read_bytes(), "verify.py", "exec"), space)  # noqa: S102  # it is the subject
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001  # whatever a spoilt program comes to
        code = 1
    return (out.getvalue().strip().splitlines() or [""])[-1], code


def walk(folder: Path, name: str) -> None:
    path = folder / name
    whole = path.read_bytes()
    for line in sys.stdin:
        verifier, place, byte = line.split()
        spoilt = bytearray(whole)
        spoilt[int(place)] = int(byte)
        path.write_bytes(spoilt)
        sys.stdout.write(json.dumps(looked_at(Path(verifier), folder)) + "\n")
    path.write_bytes(whole)


walk(Path(sys.argv[1]), sys.argv[2])
