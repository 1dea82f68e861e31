"""A sample that proves itself: planned, approved, drawn by the clock, typed blind, concluded, verified."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from math import comb
from pathlib import Path
from typing import Any
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest
from PIL import Image, ImageDraw

from config.demo.chance import Chance
from config.demo.people import build_people
from config.demo.units import Row, Units
from tests.journey.book import Book, PointOfSale, contracts, write_workbook
from tests.journey.figures import Tables
from tests.journey.inspection import Inspector
from tests.journey.people import LONG, Manager, Person
from tests.journey.samplers import Reviewer, Sampler, Terms
from tests.live import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Come = Callable[..., Any]
FRAME, DRAWN, WRONG = 8, 3, 1
TOLERABLE, CONFIDENCE = 0.40, 0.90
PREMIUM = ("4321.09", "4321.10")
TELLING = ("name", "birth_date", "id_no", "id_valid_to", "mobile", "address")
OTHER_MOBILE = "13951764428"
BEAT_SECONDS = 40
LOOKS_OFTEN = """
    WITH often AS (
        INSERT INTO django_celery_beat_intervalschedule (every, period) VALUES (10, 'seconds') RETURNING id),
    told AS (UPDATE django_celery_beat_periodictasks SET last_update = now())
    UPDATE django_celery_beat_periodictask SET interval_id = often.id FROM often
    WHERE name = 'open due samples' RETURNING name
"""
GIVEN = """
    SELECT s.username, count(*) FROM audits_samplereview r
    JOIN workplace_staff s ON s.id = r.reviewer_id JOIN audits_sampleitem i ON i.id = r.item_id
    WHERE i.run_id = %(it)s GROUP BY s.username
"""


@dataclass
class Story:
    """What is true of the policies in the frame, and what their forms show, by policy number."""

    book: Book
    point: PointOfSale
    tables: Tables
    folder: Path
    plan: str = ""
    run: int = 0
    shown: dict[str, Row] = field(default_factory=dict)

    def pk(self, sql: str, **values: object) -> int:
        return int(str(self.tables.one(sql, **values)))

    def of_run(self, columns: str) -> Any:
        return self.tables.rows(f"SELECT {columns} FROM audits_samplingrun WHERE id = %(it)s", it=self.run)[0]

    def items(self) -> dict[str, int]:
        """Number of the policy, number of the item."""
        rows = self.tables.rows("SELECT key, id FROM audits_sampleitem WHERE run_id = %(it)s", it=self.run)
        return {str(key): int(str(pk)) for key, pk in rows}

    def holder(self, policy: str) -> int:
        sql = "SELECT id FROM customers_customer WHERE number = %(it)s"
        return self.pk(sql, it=policy.removeprefix("B"))


@pytest.fixture
def story(point: PointOfSale, tables: Tables, tmp_path: Path) -> Story:
    """Policies of one office, sold there, whose premium is no other's."""
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    people = build_people(Chance(5150), Units(offices={"320100": point.branch}), 4 * FRAME, today)
    dated = [one for one in people if one.row["id_valid_to"][:1] == "2" and one.row["mobile"]]
    rows = [{**person.row, "landline": "", "postcode": ""} for person in dated[:FRAME]]
    for turn, row in enumerate(rows, start=1):
        row["number"] = f"S{turn:05d}"
    return Story(Book(rows, [dict(row) for row in rows]), point, tables, tmp_path)


def test_a_sample_from_its_plan_to_a_pack_that_verifies(
    person: Come, story: Story, inspector: Inspector
) -> None:
    clerk: Manager = person("clerk", Manager)
    the_policies_come_in(clerk, story)
    compliance: Sampler = person("compliance", Sampler)
    other: Sampler = person("compliance2", Sampler)
    compliance_plans_by_confidence(compliance, other, story)
    the_clock_opens_it(story)
    neither_part_alone_chooses(compliance, other, story)
    the_forms_come_in(other, story)
    reviewer: Reviewer = person("clerk2", Reviewer)
    whoever_works_there_sees_nothing_of_it(clerk, reviewer, story)
    three_forms_are_typed_blind(reviewer, story)
    the_mismatch_becomes_work(person("manager", Manager), clerk, story)
    the_result_says_what_it_proves(compliance, story)
    the_pack_verifies_elsewhere(compliance, story)
    assert inspector.problems == [], "\n".join(inspector.problems)


def the_policies_come_in(clerk: Manager, story: Story) -> None:
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    files: dict[str, Any] = {"customers": story.book.written, **contracts(story.book, story.point, today)}
    for policy in files["policies"]:
        policy["premium"] = PREMIUM[1]
    for kind, rows in files.items():
        clerk.uploads(kind, write_workbook(story.folder / f"{kind}.xlsx", kind, rows))
        assert clerk.counts("rejected") == 0, kind
        clerk.confirms()


def compliance_plans_by_confidence(compliance: Sampler, other: Sampler, story: Story) -> None:
    """So many without an error that a rate as tolerated would have shown one: 1 - C(4,n)/C(8,n) ≥ 90 %."""
    most = next(errors for errors in range(FRAME) if errors >= TOLERABLE * FRAME)
    chance = {n: comb(FRAME - most, n) / comb(FRAME, n) for n in range(1, FRAME + 1)}
    assert next(n for n in chance if chance[n] <= 1 - CONFIDENCE) == DRAWN
    names = "SELECT name FROM workplace_staff WHERE username = %(it)s"
    terms = Terms(
        name="南京新单一致性核对",
        reason="四季度投诉反映投保单电话与系统不符。",
        branch=str(
            story.tables.one("SELECT name FROM agents_branch WHERE number = %(it)s", it=story.point.branch)
        ),
        premium=PREMIUM,
        tolerable=f"{TOLERABLE:.0%}"[:-1],
        confidence=f"{CONFIDENCE:.0%}"[:-1],
        reviewers=tuple(str(story.tables.one(names, it=login)) for login in ("clerk", "clerk2")),
    )
    compliance.chooses_purpose("consistency")
    compliance.plans(terms)
    claim = compliance.reads_size(frame=FRAME, drawn=DRAWN)
    assert "90\u00a0%" in claim
    compliance.looks("plan as it is written")
    address = compliance.sends_plan()
    story.plan = address.rstrip("/").rpartition("/")[2]
    other.approves_plan(terms.name)


def the_clock_opens_it(story: Story) -> None:
    """Beat and worker of the running product, told by an administrator to look more often."""
    assert story.tables.one(LOOKS_OFTEN) == "open due samples"
    framed = "SELECT count(*) FROM audits_samplingrun WHERE plan_id = %(it)s AND frame_digest <> ''"
    assert wait_until(lambda: story.tables.one(framed, it=story.plan) == 1, BEAT_SECONDS)
    story.run = story.pk("SELECT id FROM audits_samplingrun WHERE plan_id = %(it)s", it=story.plan)
    assert story.of_run("occasion, state, opened_by_id, frame_size") == ("scheduled", "framed", None, FRAME)


def neither_part_alone_chooses(compliance: Sampler, other: Sampler, story: Story) -> None:
    """The frame's digest stands there before the part is typed; the machine's part only afterwards."""
    digest, machine_part = (str(one) for one in story.of_run("frame_digest, machine_part"))
    address = f"/sampling/runs/{story.run}/"
    compliance.opens(address)
    assert compliance.page.locator("[name=part]").count() == 0, "who wrote the plan gives no part"
    given = compliance.posts(f"{address}seed/", part="自己写的一半", frame_digest=digest)
    assert given.status == 302
    assert story.of_run("state") == ("framed",)

    other.follows_notice("南京新单一致性核对")
    assert digest in other.page.inner_text("main")
    assert machine_part not in other.page.content()
    other.gives_part("上证收盘三千二百点 二十四枝荷")
    assert machine_part in other.page.inner_text("main")
    assert len(story.items()) == DRAWN
    other.looks("drawn sample")


def the_forms_come_in(other: Sampler, story: Story) -> None:
    """As one archive; on one of them another mobile is written than the system holds."""
    for turn, policy in enumerate(sorted(story.items())):
        story.shown[policy] = dict(story.book.truth(policy.removeprefix("B")))
        if turn < WRONG:
            story.shown[policy]["mobile"] = OTHER_MOBILE
    archive = story.folder / "forms.zip"
    with ZipFile(archive, "w") as file:
        for policy, row in story.shown.items():
            image = story.folder / f"{policy}.png"
            draw_form(image, policy, row)
            file.write(image, f"{policy}.png")
    other.brings_forms(archive)


def draw_form(to: Path, policy: str, row: Row) -> None:
    image = Image.new("RGB", (900, 620), (250, 249, 244))
    pen = ImageDraw.Draw(image)
    for line, text in enumerate((policy, row["birth_date"], row["id_no"], row["id_valid_to"], row["mobile"])):
        pen.text((60, 60 + 70 * line), text, fill=(30, 40, 90), font_size=34)
    image.save(to)


def whoever_works_there_sees_nothing_of_it(clerk: Person, reviewer: Reviewer, story: Story) -> None:
    """Named as a reviewer as well, but of the audited branch: given nothing, and no path leads to an item."""
    assert story.tables.rows(GIVEN, it=story.run) == [("clerk2", DRAWN)]
    clerk.opens("/my-reviews/")
    assert not set(story.items()) & set(clerk.page.inner_text("main").split())
    for item in story.items().values():
        address = f"/sampling/items/{item}/"
        assert reviewer.is_told(address) == 200
        for path in (address, f"{address}form/1/"):
            assert clerk.is_told(path) == 404
        for step in ("key", "contact", "upload", "finish", "back"):
            assert clerk.posts(f"{address}{step}/", role="holder", field="name", typed="某").status == 404
    assert clerk.is_told(f"/sampling/runs/{story.run}/") in (403, 404)


def three_forms_are_typed_blind(reviewer: Reviewer, story: Story) -> None:
    assert reviewer.finds_work() == DRAWN
    waiting = set(story.items())
    nothing_of_it_is_there(reviewer, story, {(one, name) for one in waiting for name in TELLING})
    reviewer.begins()
    while waiting:
        policy = next(one for one in waiting if f"/items/{story.items()[one]}/" in reviewer.page.url)
        one_form_is_typed(reviewer, story, policy, waiting)
        waiting.remove(policy)
        differs = story.shown[policy]["mobile"] == OTHER_MOBILE
        assert reviewer.reads_verdicts().count(False) == differs
        reviewer.looks("form that differs" if differs else "form that agrees")
        sure = ("影像齐全", "必填项", "没有涂改", "本人签署")
        reviewer.finishes(yes=sure, note="手机号与投保单不符。" if differs else "")
        assert reviewer.is_told(f"/customers/{story.holder(policy)}/") == 404
    assert "/my-reviews/" in reviewer.page.url
    reviewer.looks("nothing left to review")


def one_form_is_typed(reviewer: Reviewer, story: Story, policy: str, waiting: set[str]) -> None:
    """Field after field; of what is not typed yet nothing has come to the browser, nor can be asked for."""
    row, system = story.shown[policy], story.book.truth(policy.removeprefix("B"))
    unseen = {(one, name) for one in waiting for name in TELLING}
    reviewer.looks("form to type")
    while (place := reviewer.has_at_hand()) is not None:
        role, name = place
        nothing_of_it_is_there(reviewer, story, unseen)
        assert role == "holder"
        assert reviewer.is_told(f"/customers/{story.holder(policy)}/") == 404
        reviewer.types(as_written(name, row[name]))
        unseen.discard((policy, name))
        if name in TELLING:
            assert system[name] in reviewer.page.inner_text("#keying"), "now the system's value stands beside"
    nothing_of_it_is_there(reviewer, story, unseen)
    assert not {name for one, name in unseen if one == policy}
    assert reviewer.is_told(f"/customers/{story.holder(policy)}/") == 200


def nothing_of_it_is_there(reviewer: Reviewer, story: Story, unseen: set[tuple[str, str]]) -> None:
    said = reviewer.heard.now()
    for policy, name in unseen:
        value = story.book.truth(policy.removeprefix("B"))[name]
        assert not any(value in text for text in said), f"{name} of {policy} before it was typed"


def as_written(name: str, value: str) -> str:
    return "居民身份证" if name == "id_type" else value


def the_mismatch_becomes_work(manager: Manager, clerk: Manager, story: Story) -> None:
    found = story.tables.rows(
        "SELECT f.rule, f.severity, f.field, f.rectification_id FROM audits_finding f"
        " JOIN customers_customer c ON c.id = f.customer_id"
        " WHERE f.source = 'sample' AND f.state = 'open' AND c.number LIKE 'S0%%'"
    )
    assert [row[:3] for row in found] == [("PO-001", "BLOCK", "mobile")]
    rectification = int(str(found[0][3]))
    manager.assigns([rectification], to=story.pk("SELECT id FROM workplace_staff WHERE username = 'clerk'"))
    clerk.takes_up(rectification)
    assert "PO-001" in clerk.page.inner_text("main")
    clerk.looks("rectification from a sample")


def bounds(found: int, risk: float) -> tuple[float, float]:
    """Of the rate in the frame: the numbers of errors with which so few, or so many, are not too unlikely."""

    def chance(errors: int, counts: range) -> float:
        ways = sum(comb(errors, n) * comb(FRAME - errors, DRAWN - n) for n in counts)
        return ways / comb(FRAME, DRAWN)

    possible = range(found, FRAME - (DRAWN - found) + 1)
    lowest = next(one for one in possible if chance(one, range(found, DRAWN + 1)) > risk)
    highest = next(one for one in reversed(possible) if chance(one, range(found + 1)) > risk)
    return lowest / FRAME, highest / FRAME


def the_result_says_what_it_proves(compliance: Sampler, story: Story) -> None:
    """Bounds and verdict as counted out here; that page and seal say the same."""
    compliance.opens(f"/sampling/runs/{story.run}/")
    said = compliance.concludes("一件手机号不符，已转整改。").replace("\u00a0", " ")
    below = bounds(WRONG, 1 - CONFIDENCE)[1]
    assert f"{100 * WRONG / DRAWN:.2f} %" in said
    assert f"{100 * below:.2f} %" in said
    assert "40 %" in said
    low, high = bounds(WRONG, (1 - CONFIDENCE) / 2)
    chart = compliance.page.inner_text("#results").replace("\u00a0", " ")
    assert f"{100 * low:.2f} %" in chart
    assert f"{100 * high:.2f} %" in chart
    assert compliance.page.locator("#results .zx-verdict--extend").count() >= 1
    again = compliance.draws_again()
    compliance.looks("drawn again")
    assert str(DRAWN) in again
    compliance.opens("/sampling/results/")
    compliance.looks("results of samples")


def the_pack_verifies_elsewhere(compliance: Sampler, story: Story) -> None:
    """With a bare interpreter; one byte of any file changed, it fails."""
    compliance.opens(f"/sampling/runs/{story.run}/")
    head = compliance.makes_pack()
    pack = story.folder / "pack"
    with ZipFile(compliance.downloads_pack(story.folder / "pack.zip")) as archive:
        archive.extractall(pack)
    assert verified(pack, head) == ("PASS", 0)
    assert verified(pack, head[:-1] + ("0" if head[-1] != "0" else "1")) == ("FAIL", 1)
    for policy, row in story.shown.items():
        secrets = {row["name"], row["id_no"], row["mobile"], story.book.truth(policy[1:])["mobile"]}
        for file in pack.iterdir():
            assert not [one for one in secrets if one in file.read_text("utf-8")], file.name
    frame = pack / "frame.tsv"
    content = bytearray(frame.read_bytes())
    content[0] ^= 1
    frame.write_bytes(bytes(content))
    assert verified(pack, head) == ("FAIL", 1)


def verified(pack: Path, head: str) -> tuple[str, int]:
    """The last line and the exit code."""
    done = subprocess.run(
        [sys.executable, "-I", "verify.py", ".", "--seal", head],
        cwd=pack,
        env={"PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=LONG / 1000,
        check=False,
    )
    return (done.stdout.strip().splitlines() or [done.stderr])[-1], done.returncode
