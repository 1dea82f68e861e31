"""A draw of two strata with one item untrue and one missing, its pack, and the pack unpacked."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.models import Branch
from audits.models import EvidencePack, SamplingRun
from audits.sampling.verifier import script
from tests.factories import make_customer, make_policy
from tests.packs.packing import (
    approved_plan,
    drawn,
    officer,
    packed,
    reviewed,
    unpacked,
)
from workplace.models import Staff


@pytest.fixture
def writer(db: None) -> Staff:
    return officer("赵写")


@pytest.fixture
def approver(db: None) -> Staff:
    return officer("钱批")


@pytest.fixture
def book(here: Branch, elsewhere: Branch) -> None:
    for branch, count in ((here, 12), (elsewhere, 7)):
        for _place in range(count):
            make_policy(holder=make_customer(home_branch=branch), branch=branch)


@pytest.fixture
def run(book: None, writer: Staff, approver: Staff) -> SamplingRun:
    """Six of nineteen in two strata; one came out false."""
    found = drawn(approved_plan(writer, approver, strata=["branch"]), writer, approver)
    reviewed(found, writer, ["right", "false", "right", "right", "missing"])
    return found


@pytest.fixture
def pack(run: SamplingRun, writer: Staff) -> EvidencePack:
    return packed(run, writer)


@pytest.fixture
def folder(pack: EvidencePack, tmp_path: Path) -> Path:
    return unpacked(pack, tmp_path / "pack")


@pytest.fixture
def pristine(tmp_path: Path) -> Path:
    """The verifier kept apart from the pack, as an inspector keeps it."""
    path = tmp_path / "verify.py"
    path.write_text(script(), "utf-8")
    return path
