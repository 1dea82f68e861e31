"""A draw by the real operations, its reviews, and its evidence pack unpacked outside the project."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from audits.models import EvidencePack, SampleItem, SamplingRun
from audits.operations.drawing import draw
from audits.operations.packs import make_pack
from audits.operations.sampling_plans import approve_plan, new_plan, send_plan
from audits.operations.sampling_runs import give_seed, open_run, take_frame
from audits.sampling.choices import RunOccasion, SamplePurpose, SampleReviewState, SampleSize
from audits.sampling.sealing import canonical, seal_digest
from audits.sampling.terms import PlanTerms
from tests.factories import AT, head_office, make_staff, unique
from tests.sampling.scenes import done_by
from workplace.choices import Role
from workplace.models import Staff

MINUTE = timedelta(minutes=1)
SECRET = "三十六支蜡烛与一只青铜壶"


def officer(name: str) -> Staff:
    return make_staff(Role.COMPLIANCE, branch=head_office(), name=name)


def approved_plan(writer: Staff, approver: Staff, **terms: Any) -> Any:
    said = {"size_by": SampleSize.NUMBER, "size_number": 6, "second_share": Decimal(0), **terms}
    version = new_plan(
        code=unique("plan-"),
        name="投保单核对",
        purpose=SamplePurpose.CONSISTENCY,
        terms=PlanTerms(tolerable_rate=Decimal("0.2"), **said),
        checklist=None,
        reviewers=[],
        reason="按月核对",
        actor=writer,
        at=AT,
    )
    version = send_plan(version=version, actor=writer, at=AT)
    return approve_plan(version=version, note="", actor=approver, at=AT).plan


def drawn(plan: Any, writer: Staff, approver: Staff, *, at: datetime = AT, **how: Any) -> SamplingRun:
    """Opened by who wrote the plan, seeded by another, drawn from the sealed frame."""
    run = open_run(plan=plan, actor=writer, at=at, **{"occasion": RunOccasion.BY_HAND, **how})
    run = take_frame(run=run, at=at + MINUTE)
    run = give_seed(run=run, part=SECRET, actor=approver, at=at + 2 * MINUTE)
    return draw(run=run, at=at + 3 * MINUTE)


def reviewed(run: SamplingRun, reviewer: Staff, outcomes: Sequence[str]) -> None:
    """Items by stratum and place come out so; of those without an outcome nothing is known yet."""
    items = SampleItem.objects.filter(run=run, outcome="pending").order_by("stratum__key", "place")
    for item, outcome in zip(items, outcomes, strict=False):
        item.reviews.filter(state=SampleReviewState.GIVEN).update(state=SampleReviewState.VOID)
        done_by(reviewer, item, outcome)


def packed(run: SamplingRun, actor: Staff, *, at: datetime = AT + 10 * MINUTE) -> EvidencePack:
    return make_pack(run=SamplingRun.objects.get(pk=run.pk), actor=actor, at=at)


def unpacked(pack: EvidencePack, folder: Path) -> Path:
    with pack.file.content.open("rb") as file, ZipFile(file) as archive:
        archive.extractall(folder)
    return folder


def verdict_of(pack: Path, *arguments: str, script: Path | None = None) -> tuple[str, int, str]:
    """The last line, the exit code and all that was said; the interpreter sees nothing of the project."""
    script = script or pack / "verify.py"
    done = subprocess.run(
        [sys.executable, "-I", str(script), str(pack), *arguments],
        capture_output=True,
        encoding="utf-8",
        cwd=pack.parent,
        env={"PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"},
        check=False,
    )
    lines = done.stdout.strip().splitlines()
    return (lines[-1] if lines else done.stderr), done.returncode, done.stdout


def said_in(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text("utf-8"))


def write(folder: Path, name: str, said: Any) -> None:
    text = json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / name).write_text(text + "\n", "utf-8")


def rebuilt(folder: Path) -> None:
    """What a forger would do after an edit: a manifest and a seal that fit the new files."""
    left = {"manifest.json", "seal.json"}
    files = [path for path in folder.rglob("*") if path.is_file() and path.name not in left]
    digests = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }
    write(folder, "manifest.json", {"files": digests})
    seal = said_in(folder, "seal.json")
    seal["content"] = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    names = ("place", "kind", "subject", "content", "previous", "sealed_at")
    seal["digest"] = seal_digest(**{name: seal[name] for name in names})
    (folder / "seal.json").write_bytes(canonical(seal) + b"\n")
