"""The stand-alone verifier of evidence packs: the product's own formulas in one file, word for word."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

PARTS = ("selection", "sealing", "chances", "bounds", "stratified", "results", "packed", "verifying")
"""Modules beside this one, in the order in which each needs only those before it."""
START = """# -*- coding: latin-1 -*-
# The verifier of an evidence pack: python3 -I verify.py FOLDER_OR_ZIP [--seal HEAD]
# Its text stands below as UTF-8; it is run only if it is the text that was packed.
import hashlib
import sys

TEXT = r'''
"""
CLOSE = """'''.encode("latin-1")
SHA256 = "{digest}"

try:
    if hashlib.sha256(TEXT).hexdigest() != SHA256:
        raise ValueError("its text is not as it was packed")
    exec(compile(TEXT.decode("utf-8"), "verify.py", "exec"))
except Exception as fault:
    print("WRONG verify.py: " + ascii(fault))
print("FAIL")
sys.exit(1)
"""
END = '\n\nif __name__ == "__main__":\n    sys.exit(main(sys.argv[1:]))\n'


@lru_cache(maxsize=1)
def script() -> str:
    """The file `verify.py`: the checker in a loader that says FAIL even where its own text is spoilt.

    The checker ends the program with its own verdict; a loader that comes to its last lines has failed.
    """
    text = "\n" + checker()
    if "'''" in text or text[-1] == "\\":
        raise ValueError("the text would end its own quotes")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return START.rstrip("\n") + text + CLOSE.replace("{digest}", digest)


def checker() -> str:
    """Python 3.8 and up, standard library only, in one name space."""
    sources = {name: Path(__file__).with_name(f"{name}.py").read_text("utf-8") for name in PARTS}
    head = ast.get_docstring(ast.parse(sources["verifying"]), clean=False)
    bodies = [f"# -- {name} --\n\n{_body(source).strip()}" for name, source in sources.items()]
    start = f'"""{head}"""\n\nfrom __future__ import annotations\n\n' + "\n".join(_imports(sources.values()))
    return "\n\n\n".join([start, *bodies]) + END


def _imports(sources: Iterable[str]) -> list[str]:
    """One statement for each module of the standard library that is used."""
    plain: set[str] = set()
    named: dict[str, set[str]] = {}
    for node in (node for source in sources for node in ast.parse(source).body):
        if isinstance(node, ast.Import):
            plain.update(one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and not (node.module or "").startswith(
            ("__future__", "audits")
        ):
            named.setdefault(node.module or "", set()).update(one.name for one in node.names)
    froms = [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(named.items())]
    return [*(f"import {name}" for name in sorted(plain)), *froms]


def _body(source: str) -> str:
    """Everything after the module's docstring and imports, as it stands."""
    lines = source.splitlines(keepends=True)
    tree = ast.parse(source)
    for place, node in reversed(list(enumerate(tree.body))):
        docstring = place == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if docstring or isinstance(node, (ast.Import, ast.ImportFrom)):
            del lines[node.lineno - 1 : node.end_lineno]
    return "".join(lines)
