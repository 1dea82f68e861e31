"""Modules, functions and templates stay small; modules are named after what they hold."""

import ast
from pathlib import Path

import pytest

from tests.house.sources import APPS, PACKAGES, ROOT, functions, modules, shown

MODULE_LINES = 400
MODULE_LINES_WITH_REASON = 600
FUNCTION_LINES = 40
TEST_FUNCTION_LINES = 60
TEMPLATE_LINES = 150
REASON = "# Ceiling: "
NAMELESS = {"core", "common", "utils", "helpers", "misc", "base"}


def module_too_long(text: str) -> bool:
    lines = text.splitlines()
    has_reason = any(line.startswith(REASON) and len(line) > len(REASON) + 10 for line in lines[:5])
    return len(lines) > (MODULE_LINES_WITH_REASON if has_reason else MODULE_LINES)


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """From the signature to the end, without decorators and docstring."""
    total = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is not None:
        total -= (first.end_lineno or first.lineno) - first.lineno + 1
    return total


def long_functions(text: str, limit: int) -> list[str]:
    return [f.name for f in functions(ast.parse(text)) if lines_of(f) > limit]


def nameless(path: Path) -> bool:
    return path.stem in NAMELESS or (path.name == "__init__.py" and path.parent.name in NAMELESS)


def test_no_module_is_longer_than_its_ceiling():
    paths = modules(*PACKAGES, "tests", "benchmarks")
    assert len(paths) > 50
    assert [shown(p) for p in paths if module_too_long(p.read_text())] == []


def test_no_function_is_longer_than_its_ceiling():
    ours = [(p, FUNCTION_LINES) for p in [*modules(*PACKAGES, "benchmarks"), ROOT / "manage.py"]]
    tests = [(p, TEST_FUNCTION_LINES) for p in modules("tests")]
    long = [(shown(p), names) for p, limit in ours + tests if (names := long_functions(p.read_text(), limit))]
    assert long == []


def test_no_template_is_longer_than_its_ceiling():
    templates = sorted((ROOT / "templates").rglob("*.html"))
    assert templates
    assert [shown(p) for p in templates if len(p.read_text().splitlines()) > TEMPLATE_LINES] == []


def test_every_module_is_named_after_its_noun():
    assert [shown(p) for p in modules(*PACKAGES) if nameless(p)] == []


@pytest.mark.parametrize("app", APPS)
def test_models_and_admin_are_packages(app: str):
    assert (ROOT / app / "models" / "__init__.py").is_file()
    assert (ROOT / app / "admin" / "__init__.py").is_file()
    assert not (ROOT / app / "models.py").exists()
    assert not (ROOT / app / "admin.py").exists()


def test_the_check_sees_a_long_module():
    assert module_too_long("x = 1\n" * 401)
    assert not module_too_long("x = 1\n" * 400)
    assert not module_too_long("# Ceiling: one table of states, read as a whole\n" + "x = 1\n" * 500)
    assert module_too_long("# Ceiling: \n" + "x = 1\n" * 500)


def test_the_check_sees_a_long_function_but_not_its_docstring():
    assert long_functions("def f():\n" + "    x = 1\n" * 40, FUNCTION_LINES) == ["f"]
    assert long_functions("def f():\n" + "    x = 1\n" * 39, FUNCTION_LINES) == []
    documented = 'def f():\n    """One.\n\n    Two.\n    """\n' + "    x = 1\n" * 39
    assert long_functions(documented, FUNCTION_LINES) == []


def test_the_check_sees_a_nameless_module():
    assert nameless(ROOT / "customers/utils.py")
    assert nameless(ROOT / "customers/helpers/__init__.py")
    assert not nameless(ROOT / "customers/matching.py")
