"""docs/files.md lists every column of every kind, with its permanent code and its Chinese name."""

from pathlib import Path

import pytest
from django.conf import settings

from workplace.intake.kinds import KIND_ORDER, kind_of, kinds


def listed(kind: str) -> list[tuple[str, str]]:
    text = (Path(settings.BASE_DIR) / "docs" / "files.md").read_text()
    section = text.split(f"### {kind} ", 1)[1].split("###", 1)[0]
    lines = [line.split("|") for line in section.splitlines() if line.startswith("| `")]
    return [(cells[1].strip(" `"), cells[2].strip()) for cells in lines]


def test_all_kinds_are_there():
    assert tuple(kind.code for kind in kinds()) == KIND_ORDER


@pytest.mark.parametrize("kind", KIND_ORDER)
def test_the_columns_are_listed_in_order(kind: str):
    columns = kind_of(kind).resource.columns().values()
    assert listed(kind) == [(column.code, column.zh) for column in columns]
