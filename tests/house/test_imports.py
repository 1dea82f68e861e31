"""The import contracts hold, and each of them can fail."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.sources import PACKAGES, ROOT

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
KERNEL = next(contract["source_modules"] for contract in CONTRACTS if contract["id"] == "kernel")


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def empty_house(tmp_path: Path) -> Path:
    """Our packages with nothing in them."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in PACKAGES:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    for name in KERNEL:
        (tmp_path / f"{name.replace('.', '/')}.py").touch()
    for name in ("authenticity/models", "customers/models", "customers/operations"):
        (tmp_path / f"{name}.py").touch()
    return tmp_path


def test_the_contracts_hold():
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_contracts_hold_in_an_empty_house(empty_house: Path):
    assert lint_imports(empty_house).returncode == 0


@pytest.mark.parametrize(
    "module, line, broken",
    [
        ("customers/matching.py", "import policies", "Apps import downward only"),
        ("audits/figures.py", "import config", "Apps import downward only"),
        ("customers/matching.py", "def f():\n    import policies", "Apps import downward only"),
        ("authenticity/phones.py", "from django.db import models", "The pure kernel"),
        ("customers/models.py", "import customers.operations", "Inside an app"),
    ],
)
def test_a_planted_import_breaks_its_contract(empty_house: Path, module: str, line: str, broken: str):
    (empty_house / module).write_text(line + "\n")
    done = lint_imports(empty_house)
    assert done.returncode == 1
    assert any(shown.startswith(broken) and shown.endswith("BROKEN") for shown in done.stdout.splitlines())
