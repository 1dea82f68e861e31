"""An evidence pack convinces whoever has it and Python, and nothing in it can be changed unnoticed."""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from django.urls import reverse

from agents.models import Branch
from audits.models import EvidencePack, KeyedField, SampleItem, SamplingRun, Seal
from audits.operations.conclusions import conclude
from audits.operations.drawing import extend, substitute
from audits.operations.packs import PackRefused, run_pack, start_pack
from audits.operations.sampling_runs import open_instead, withdraw
from audits.pack_report import report_pdf
from audits.run_figures import figures_of
from audits.sampling.choices import FieldVerdict, SampleReviewState
from audits.sampling.substitution import SubstitutionRule
from audits.sampling.verifier import PARTS, script
from audits.seals import broken, head
from policies.models import Policy
from tests.factories import AT, make_customer, make_policy, make_staff
from tests.personas import Persona, log_in
from tests.sampling.packing import (
    MINUTE,
    approved_plan,
    drawn,
    officer,
    packed,
    rebuilt,
    reviewed,
    said_in,
    unpacked,
    verdict_of,
    write,
)
from tests.sampling.scenes import given_to
from workplace.choices import Role
from workplace.jobs import execute
from workplace.models import Staff

ALLOWED = {
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
PERSONAL = {"name": "欧阳思远", "mobile": "13912345678", "address": "江南省临江市中山路一百零八号"}
FILES = (
    "README.txt",
    "approvals.json",
    "checklists.json",
    "commitment.json",
    "corrections.json",
    "draws.json",
    "frame.tsv",
    "items.json",
    "manifest.json",
    "plan.json",
    "report.html",
    "results.json",
    "seal.json",
    "seals.json",
    "verify.py",
)


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


def test_it_passes_with_its_seal_and_says_what_it_found(pack: EvidencePack, folder: Path):
    verdict, code, said = verdict_of(folder, "--seal", pack.seal.digest)
    assert (verdict, code) == ("PASS", 0), said
    assert said.count("ok ") == 7


def test_it_passes_as_the_archive_that_was_handed_over(pack: EvidencePack, tmp_path: Path, pristine: Path):
    path = tmp_path / "pack.zip"
    path.write_bytes(pack.file.content.read())
    assert verdict_of(path, "--seal", pack.seal.digest, script=pristine)[:2] == ("PASS", 0)


def test_without_its_seal_it_says_what_it_could_not_check(folder: Path):
    verdict, code, said = verdict_of(folder)
    assert (verdict, code) == ("PASS", 0)
    assert "NOT compared with HEAD" in said


def test_it_holds_these_files_and_no_other(folder: Path):
    assert sorted(path.name for path in folder.rglob("*")) == sorted(FILES)


@pytest.mark.parametrize("name", FILES)
def test_one_changed_byte_of_any_file_fails(folder: Path, pristine: Path, name: str):
    path = folder / name
    whole = path.read_bytes()
    for place in (0, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert verdict_of(folder, script=pristine)[:2] == ("FAIL", 1), place
    path.write_bytes(whole)
    assert verdict_of(folder, script=pristine)[:2] == ("PASS", 0)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_fails(folder: Path, pristine: Path, name: str):
    (folder / name).unlink()
    assert verdict_of(folder, script=pristine)[:2] == ("FAIL", 1)


@pytest.mark.parametrize("name", ["more.json", ".hidden", "more/frame.tsv"])
def test_a_file_too_many_fails(folder: Path, name: str):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("{}")
    assert verdict_of(folder)[:2] == ("FAIL", 1)


def test_edited_and_made_anew_it_fails_by_its_seal_alone(pack: EvidencePack, folder: Path):
    said = said_in(folder, "approvals.json")
    said["steps"][0]["by"] = "somebody"
    write(folder, "approvals.json", said)
    rebuilt(folder)

    assert verdict_of(folder)[:2] == ("PASS", 0), "nothing but HEAD can tell"
    assert verdict_of(folder, "--seal", pack.seal.digest)[:2] == ("FAIL", 1)


def outside(folder: Path) -> str:
    """A key of the frame that was not drawn."""
    items = {item["key"] for item in said_in(folder, "items.json")["items"]}
    keys = [line.split("\t")[0] for line in (folder / "frame.tsv").read_text().splitlines()]
    return next(key for key in keys if key not in items)


def each_item_list(folder: Path, change) -> None:
    """The same change in both files that tell the items, then a manifest and seal that fit."""
    items, draws = said_in(folder, "items.json"), said_in(folder, "draws.json")
    change(items["items"])
    change(draws["draws"][-1]["items"])
    write(folder, "items.json", items)
    write(folder, "draws.json", draws)
    rebuilt(folder)


def test_another_id_fails_however_well_the_rest_is_made(folder: Path):
    other = outside(folder)

    def change(items: list[dict[str, object]]) -> None:
        items[0]["key"] = other

    each_item_list(folder, change)
    assert verdict_of(folder)[:2] == ("FAIL", 1)


def test_an_id_left_out_fails(folder: Path):
    each_item_list(folder, lambda items: items.pop())
    assert verdict_of(folder)[:2] == ("FAIL", 1)


def test_an_id_too_many_fails(folder: Path):
    other = outside(folder)

    def change(items: list[dict[str, object]]) -> None:
        last = items[-1]
        items.append({**last, "key": other, "place": last["place"] + 1})

    each_item_list(folder, change)
    assert verdict_of(folder)[:2] == ("FAIL", 1)


def test_two_ids_that_changed_places_fail(folder: Path):
    def change(items: list[dict[str, object]]) -> None:
        items[0]["key"], items[1]["key"] = items[1]["key"], items[0]["key"]

    each_item_list(folder, change)
    assert verdict_of(folder)[:2] == ("FAIL", 1)


@pytest.mark.parametrize("part", ["seed", "machine_part", "approver_part"])
def test_another_seed_or_part_fails(folder: Path, part: str):
    for name in ("commitment.json", "draws.json"):
        said = said_in(folder, name)
        one = said if name == "commitment.json" else said["draws"][-1]
        one[part] = "ab" * 32
        write(folder, name, said)
    rebuilt(folder)
    assert verdict_of(folder)[:2] == ("FAIL", 1)


def test_a_frame_without_one_of_its_lines_fails(folder: Path):
    path = folder / "frame.tsv"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[1:]))
    rebuilt(folder)
    assert verdict_of(folder)[:2] == ("FAIL", 1)


def test_a_nicer_outcome_fails(folder: Path):
    said = said_in(folder, "items.json")
    for item in said["items"]:
        item["outcome"] = "right"
    write(folder, "items.json", said)
    rebuilt(folder)
    assert verdict_of(folder)[:2] == ("FAIL", 1)


def test_a_nicer_bound_fails(folder: Path):
    said = said_in(folder, "results.json")
    said["figures"]["whole"]["upper"] -= 0.01
    write(folder, "results.json", said)
    rebuilt(folder)
    assert verdict_of(folder)[:2] == ("FAIL", 1)


def test_a_nicer_plan_fails(folder: Path):
    said = said_in(folder, "plan.json")
    said["versions"][0]["definition"]["tolerable_rate"] = "0.500000"
    write(folder, "plan.json", said)
    rebuilt(folder)
    assert verdict_of(folder)[:2] == ("FAIL", 1)


def test_a_withdrawn_draw_that_is_kept_quiet_fails_against_its_seals(
    book: None, writer: Staff, approver: Staff, tmp_path: Path
):
    plan = approved_plan(writer, approver)
    first = withdraw(run=drawn(plan, writer, approver), reason="框有误", actor=writer, at=AT + 5 * MINUTE)
    opened = open_instead(run=first, actor=writer, at=AT + 6 * MINUTE)
    assert opened.replaces == first
    second = drawn(plan, writer, approver, at=AT + 20 * MINUTE, period="2026-12")
    reviewed(second, writer, ["right"] * 6)
    folder = unpacked(packed(second, writer, at=AT + 40 * MINUTE), tmp_path / "pack")
    verdict, code, said = verdict_of(folder)
    draws = said_in(folder, "draws.json")["draws"]
    assert (verdict, code) == ("PASS", 0), said
    assert [(one["state"], len(one["items"])) for one in draws] == [
        ("withdrawn", 6),
        ("opened", 0),
        ("drawn", 6),
    ]
    assert draws[1]["machine_part"] == "", "it may still be drawn"

    draws[0]["withdrawal_reason"] = "另一个理由"
    write(folder, "draws.json", {"draws": draws})
    rebuilt(folder)
    assert verdict_of(folder)[:2] == ("FAIL", 1)


def agrees(run: SamplingRun, by: Staff, folder: Path) -> None:
    """It passes, and its figures are the product's own."""
    found = unpacked(packed(run, by, at=AT + 60 * MINUTE), folder)
    verdict, code, said = verdict_of(found)
    assert (verdict, code) == ("PASS", 0), said
    ours = json.loads(json.dumps(figures_of(SamplingRun.objects.get(pk=run.pk)).to_json()))
    assert said_in(found, "results.json")["figures"] == ours


@pytest.mark.parametrize("outcome", ["right", "false", "missing", "changed", "no_contact"])
def test_it_agrees_when_all_came_out_alike(
    book: None, writer: Staff, approver: Staff, tmp_path: Path, outcome: str
):
    run = drawn(approved_plan(writer, approver, strata=["branch"]), writer, approver)
    items = SampleItem.objects.filter(run=run)
    if outcome == "no_contact":
        items.update(outcome=outcome, decided_at=AT)
    else:
        reviewed(run, writer, [outcome] * items.count())
    agrees(run, writer, tmp_path / "pack")


def test_it_agrees_with_a_stratum_of_one_and_one_taken_whole(
    here: Branch, elsewhere: Branch, writer: Staff, approver: Staff, tmp_path: Path
):
    make_policy(holder=make_customer(home_branch=here), branch=here)
    for _place in range(9):
        make_policy(holder=make_customer(home_branch=elsewhere), branch=elsewhere)
    whole = {"whole_strata": [elsewhere.number], "size_number": 10}
    run = drawn(approved_plan(writer, approver, strata=["branch"], **whole), writer, approver)
    assert {one.size for one in run.strata.all()} == {one.quota for one in run.strata.all()} == {1, 9}
    reviewed(run, writer, ["false", *["right"] * 9])
    agrees(run, writer, tmp_path / "pack")


def test_it_agrees_after_an_extension_and_a_substitution(run: SamplingRun, writer: Staff, tmp_path: Path):
    pending = SampleItem.objects.get(run=run, outcome="pending")
    Policy.objects.filter(pk=pending.policy_id).update(in_scope=False, status="surrendered")
    substitute(item=pending, reason=SubstitutionRule.ENDED, actor=writer, at=AT + 20 * MINUTE)
    extend(run=run, by=3, actor=writer, at=AT + 21 * MINUTE)
    reviewed(run, writer, ["right", "false", "right", "right"])
    agrees(run, writer, tmp_path / "pack")
    origins = [item["origin"] for item in said_in(tmp_path / "pack", "items.json")["items"]]
    assert sorted(origins) == [*["drawn"] * 6, *["extension"] * 3, "substitute"]


def concluded(run: SamplingRun, by: Staff) -> None:
    reviewed(run, by, ["right"])
    conclude(run=run, actor=by, at=AT + 30 * MINUTE)


def test_it_agrees_with_what_was_concluded(run: SamplingRun, approver: Staff, tmp_path: Path):
    concluded(run, approver)
    agrees(run, approver, tmp_path / "pack")
    said = said_in(tmp_path / "pack", "results.json")
    assert said["concluded"]
    assert said["conclusions"][-1]["figures"] == said["figures"]


def test_a_nicer_conclusion_fails_however_well_the_rest_is_made(
    run: SamplingRun, approver: Staff, tmp_path: Path
):
    concluded(run, approver)
    folder = unpacked(packed(run, approver, at=AT + 60 * MINUTE), tmp_path / "pack")
    said = said_in(folder, "results.json")
    said["conclusions"][-1]["by"] = "somebody"
    write(folder, "results.json", said)
    rebuilt(folder)
    assert verdict_of(folder)[:2] == ("FAIL", 1)


def keyed(run: SamplingRun) -> None:
    """What a reviewer typed, with values of a customer in it."""
    item = SampleItem.objects.filter(run=run, outcome="false").first()
    review = item.reviews.get(state=SampleReviewState.DONE)
    for field, value in PERSONAL.items():
        KeyedField.objects.create(
            review=review,
            role="holder",
            field=field,
            typed=value,
            typed_normal=value,
            system_masked=value,
            verdict=FieldVerdict.DIFFERS,
            error="false",
            compared_at=AT,
        )
    review.note = PERSONAL["name"]
    review.save()


def test_it_counts_fields_and_tells_no_value_of_a_customer(run: SamplingRun, writer: Staff, tmp_path: Path):
    keyed(run)
    agrees(run, writer, tmp_path / "pack")
    texts = {path.name: path.read_text("utf-8") for path in (tmp_path / "pack").iterdir()}
    holder = run.items.filter(outcome="false").first().policy.parties.get().customer
    values = [*PERSONAL.values(), holder.name, holder.mobile, holder.id_no, holder.number]
    assert all(values)
    assert [name for name, text in texts.items() if any(value in text for value in values)] == []
    assert run.items.first().key in texts["items.json"], "policy numbers are the keys"


def test_the_verifier_is_the_products_own_source_and_needs_the_standard_library_alone():
    text = script()
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
    given_to(local.staff, SampleItem.objects.filter(run=run, policy__branch=here).first(), round=2)
    assert SamplingRun.objects.visible_to(local.fresh()).filter(pk=run.pk).exists()
    with pytest.raises(PackRefused):
        packed(run, local.fresh())
    assert local.client.get(reverse("evidence_pack_file", args=[made.pk])).status_code == 404
    assert local.client.get(reverse("evidence_pack_report", args=[made.pk])).status_code == 404


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


def test_a_copy_of_a_pack_stays_a_pack(pack: EvidencePack, folder: Path, tmp_path: Path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    with ZipFile(tmp_path / "again.zip", "w") as archive:
        for path in sorted(copy.iterdir()):
            archive.write(path, path.name)
    again = tmp_path / "again.zip"
    assert verdict_of(again, "--seal", pack.seal.digest, script=copy / "verify.py")[:2] == ("PASS", 0)
