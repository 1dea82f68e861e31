"""An evidence pack convinces whoever has it and Python, and nothing in it can be changed unnoticed."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from audits.models import EvidencePack, SamplingRun
from audits.operations.sampling_runs import withdraw
from audits.sampling.results import results_of
from audits.sampling.sealing import canonical, seal_digest
from audits.sampling.verifying import _counted
from tests.factories import AT
from tests.packs.packing import drawn, packed, rebuilt, said_in, unpacked, verdict_of, write
from workplace.models import Staff

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


def test_a_copy_of_a_pack_stays_a_pack(pack: EvidencePack, folder: Path, tmp_path: Path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    with ZipFile(tmp_path / "again.zip", "w") as archive:
        for path in sorted(copy.iterdir()):
            archive.write(path, path.name)
    again = tmp_path / "again.zip"
    assert verdict_of(again, "--seal", pack.seal.digest, script=copy / "verify.py")[:2] == ("PASS", 0)


def test_a_tolerable_rate_other_than_the_plans_fails(folder: Path):
    said = said_in(folder, "results.json")
    said["tolerable"] = 0.9
    strata = [_counted(one) for one in said["counts"]]
    said["figures"] = results_of(strata, confidence=said["confidence"], tolerable=0.9).to_json()
    write(folder, "results.json", said)
    rebuilt(folder)
    verdict, code, text = verdict_of(folder)
    assert (verdict, code) == ("FAIL", 1), text


def linked(seals: list[dict[str, Any]]) -> None:
    """A chain that holds again after its links were put in another order or changed."""
    first = min(seal["place"] for seal in seals)
    previous = next(seal["previous"] for seal in seals if seal["place"] == first)
    names = ("place", "kind", "subject", "content", "previous", "sealed_at")
    for place, seal in enumerate(seals, start=first):
        seal["place"], seal["previous"] = place, previous
        seal["digest"] = previous = seal_digest(**{name: seal[name] for name in names})


def chained_anew(folder: Path, seals: list[dict[str, Any]]) -> None:
    linked(seals)
    write(folder, "seals.json", {"seals": seals})
    last = said_in(folder, "seal.json") | {"place": seals[-1]["place"] + 1, "previous": seals[-1]["digest"]}
    (folder / "seal.json").write_bytes(canonical(last) + b"\n")
    rebuilt(folder)


def test_a_part_of_the_seed_that_was_sealed_after_the_frame_fails(folder: Path):
    seals = said_in(folder, "seals.json")["seals"]
    kinds = [seal["kind"] for seal in seals]
    machine, frame = kinds.index("machine_part"), kinds.index("frame")
    seals[machine], seals[frame] = seals[frame], seals[machine]
    chained_anew(folder, seals)
    verdict, code, text = verdict_of(folder)
    assert (verdict, code) == ("FAIL", 1), text
    assert "not sealed in turn" in text


def test_a_withdrawal_that_is_sealed_and_not_told_fails(
    run: SamplingRun, writer: Staff, approver: Staff, tmp_path: Path
):
    other = drawn(run.plan, writer, approver, at=AT + timedelta(minutes=5))
    withdraw(run=run, reason="不合意", actor=writer, at=AT + timedelta(minutes=9))
    folder = unpacked(packed(other, writer), tmp_path / "other")
    assert verdict_of(folder)[:2] == ("PASS", 0)
    said = said_in(folder, "draws.json")
    said["draws"][0]["state"] = "drawn"
    write(folder, "draws.json", said)
    rebuilt(folder)
    verdict, code, text = verdict_of(folder)
    assert (verdict, code) == ("FAIL", 1), text
