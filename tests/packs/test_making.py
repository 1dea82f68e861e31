"""Who makes a pack, by which road, and what its verifier is made of."""

from __future__ import annotations

import ast
import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse

from agents.choices import Post
from agents.models import Branch
from agents.operations.postings import post_staff
from audits.models import EvidencePack, SamplingPlan, SamplingRun, Seal
from audits.operations.packs import PackRefused, run_pack, start_pack
from audits.pack_report import report_pdf
from audits.sampling.verifier import PARTS, checker, script
from audits.seals import broken, head
from tests.factories import AT, make_staff
from tests.packs.packing import (
    approved_plan,
    officer,
    packed,
    verdict_of,
)
from tests.personas import Persona, log_in
from workplace.choices import Role
from workplace.jobs import execute
from workplace.models import Staff

ALLOWED = {
    "bisect",
    "__future__",
    "collections",
    "dataclasses",
    "hashlib",
    "json",
    "math",
    "pathlib",
    "re",
    "sys",
    "typing",
    "zipfile",
}


def test_the_verifier_is_the_products_own_source_and_needs_the_standard_library_alone():
    text = checker()
    assert text in script()
    tree = ast.parse(text, feature_version=(3, 8))
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name or "").partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    }
    assert imported <= ALLOWED
    defined = [node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    defined += [
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]
    assert len(defined) == len(set(defined)), "one name space"
    sampling = Path(__file__).parents[2] / "audits" / "sampling"
    for name in PARTS:
        source = (sampling / f"{name}.py").read_text("utf-8")
        for node in ast.parse(source).body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                assert ast.get_source_segment(source, node) in text
    assert "strict=" not in text, "Python 3.8 does not know it"


def test_its_seal_is_the_newest_link_of_a_whole_chain(pack: EvidencePack):
    assert head() == pack.seal
    assert broken() is None
    assert Seal.objects.filter(kind="pack", content=pack.manifest_digest).count() == 1


def test_nothing_is_packed_before_the_draw_or_by_whom_it_does_not_concern(
    book: None, writer: Staff, approver: Staff, clerk: Persona, run: SamplingRun
):
    from audits.operations.sampling_runs import open_run
    from audits.sampling.choices import RunOccasion

    plan = approved_plan(writer, approver)
    early = open_run(plan=plan, occasion=RunOccasion.BY_HAND, actor=writer, at=AT)
    for which, who in ((early, writer), (run, clerk.fresh())):
        with pytest.raises(PackRefused):
            packed(which, who)
    assert not EvidencePack.objects.exists()


def test_who_sees_a_part_of_the_book_gets_no_pack_of_the_whole_frame(
    run: SamplingRun, writer: Staff, here: Branch
):
    made, local = packed(run, writer), log_in(make_staff(Role.COMPLIANCE, branch=here, name="本地合规"))
    SamplingPlan.objects.filter(pk=run.plan_id).update(made_by=local.staff)
    assert SamplingRun.objects.visible_to(local.fresh()).filter(pk=run.pk).exists()
    with pytest.raises(PackRefused):
        packed(run, local.fresh())
    assert local.client.get(reverse("evidence_pack_file", args=[made.pk])).status_code == 404
    assert local.client.get(reverse("evidence_pack_report", args=[made.pk])).status_code == 404


def test_who_sees_the_whole_book_and_works_for_a_part_of_it_gets_no_pack(
    run: SamplingRun, writer: Staff, here: Branch
):
    made, both = packed(run, writer), officer("两处任职")
    post_staff(staff=both, branch=here, post=Post.COMPLIANCE, valid_from=date(2026, 1, 1), actor=None, at=AT)
    with pytest.raises(PackRefused):
        packed(run, Staff.objects.get(pk=both.pk))
    for name in ("evidence_pack_file", "evidence_pack_report"):
        assert log_in(both).client.get(reverse(name, args=[made.pk])).status_code == 404


def test_a_job_makes_it_and_two_clicks_are_one(run: SamplingRun, writer: Staff):
    job = start_pack(run=run, actor=writer, at=AT)
    assert start_pack(run=run, actor=writer, at=AT) == job
    execute(job.pk)
    job.refresh_from_db()
    made = EvidencePack.objects.get()
    assert (job.state, job.result) == ("done", {"pack": made.pk, "head": made.seal.digest})
    assert run_pack.__name__ == "run_pack"


def test_the_command_writes_it_and_tells_its_head(
    run: SamplingRun, writer: Staff, tmp_path: Path, capsys: pytest.CaptureFixture[str], pristine: Path
):
    out = tmp_path / "out.zip"
    call_command("evidence_pack", str(run.pk), str(out), "--as", writer.username, "--json")
    said = json.loads(capsys.readouterr().out)
    assert said["head"] == EvidencePack.objects.get().seal.digest
    assert verdict_of(out, "--seal", said["head"], script=pristine)[:2] == ("PASS", 0)
    with pytest.raises(SystemExit) as ended:
        call_command("evidence_pack", "999999", str(out))
    assert ended.value.code == 2


def test_the_page_shows_head_and_hands_out_pack_and_signed_report(
    run: SamplingRun, writer: Staff, auditor: Persona, clerk: Persona
):
    made = packed(run, writer)
    page = auditor.client.get(reverse("sampling_run", args=[run.pk])).content.decode()
    assert made.seal.digest in page
    answer = auditor.client.get(reverse("evidence_pack_file", args=[made.pk]))
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    report = auditor.client.get(reverse("evidence_pack_report", args=[made.pk]))
    assert report.content[:5] == b"%PDF-"
    assert b"/FontFile2" in report_pdf(made)
    for name in ("evidence_pack_file", "evidence_pack_report"):
        assert clerk.client.get(reverse(name, args=[made.pk])).status_code in (403, 404)


def test_another_frame_than_the_sealed_one_is_not_packed(run: SamplingRun, writer: Staff):
    assert run.frame_file is not None
    path = Path(run.frame_file.content.path)
    whole = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(whole.replace(b"\n", b"x\n", 1))
    with pytest.raises(PackRefused):
        packed(run, writer)
    path.unlink()
    with pytest.raises(PackRefused):
        packed(run, writer)
    assert not EvidencePack.objects.exists()
