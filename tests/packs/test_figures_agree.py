"""The verifier, which knows nothing of the product, comes to the product's own figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agents.models import Branch
from audits.models import KeyedField, SampleItem, SamplingRun
from audits.operations.conclusions import conclude
from audits.operations.drawing import extend, substitute
from audits.operations.sampling_runs import open_instead, withdraw
from audits.run_figures import figures_of
from audits.sampling.choices import FieldVerdict, SampleReviewState
from audits.sampling.substitution import SubstitutionRule
from policies.models import Policy
from tests.factories import AT, make_customer, make_policy
from tests.packs.packing import (
    MINUTE,
    approved_plan,
    drawn,
    packed,
    rebuilt,
    reviewed,
    said_in,
    unpacked,
    verdict_of,
    write,
)
from workplace.models import Staff

PERSONAL = {"name": "欧阳思远", "mobile": "13912345678", "address": "江南省临江市中山路一百零八号"}


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


def test_it_agrees_after_an_extension_and_a_substitution(
    book: None, writer: Staff, approver: Staff, tmp_path: Path
):
    run = drawn(approved_plan(writer, approver, strata=["branch"]), writer, approver)
    pending = SampleItem.objects.filter(run=run).first()
    Policy.objects.filter(pk=pending.policy_id).update(in_scope=False, status="surrendered")
    substitute(item=pending, reason=SubstitutionRule.ENDED, actor=writer, at=AT + 20 * MINUTE)
    reviewed(run, writer, ["right"] * 6)
    asked = conclude(run=run, actor=writer, at=AT + 21 * MINUTE).extend_by
    extend(run=run, actor=approver, at=AT + 22 * MINUTE)
    reviewed(run, writer, ["false", *["right"] * (asked - 1)])
    agrees(run, writer, tmp_path / "pack")
    origins = [item["origin"] for item in said_in(tmp_path / "pack", "items.json")["items"]]
    assert sorted(origins) == [*["drawn"] * 6, *["extension"] * asked, "substitute"]


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
