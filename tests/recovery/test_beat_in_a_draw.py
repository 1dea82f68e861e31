"""Beat killed about a scheduled draw, and started anew: one draw of the period, and complete."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from config.services.home import REPOSITORY
from tests.live import SERVER_SETTINGS, LiveStack, wait_until
from tests.recovery.test_ten_kills import with_kill
from tests.recovery.test_work_in_flight import UNFINISHED, asked, jobs

pytestmark = pytest.mark.slow

EVERY = 3
"""Seconds after which beat looks for draws that are due; five minutes outside this test."""
STANDS_AT = {
    "opening": "audits_samplingrun",
    "framing": "audits_samplestratum",
    "drawing": "audits_sampleitem",
}
"""The table that the step writes: while it is locked, the step is under way."""
WAITING = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
STATE = "SELECT state FROM audits_samplingrun WHERE plan_id = %s"
COMPLETE = """
    SELECT r.occasion, r.state,
           (SELECT array_agg(kind::text ORDER BY place) FROM audits_seal WHERE subject = 'run:' || r.id),
           (SELECT count(*) FROM audits_sampleitem i WHERE i.run_id = r.id),
           (SELECT sum(quota)::int FROM audits_samplestratum s WHERE s.run_id = r.id)
      FROM audits_samplingrun r WHERE r.plan_id = %s"""


@dataclass
class Office:
    """A running product, and the process that puts plans in force and answers for their approver."""

    stack: LiveStack
    driver: subprocess.Popen[str]

    def asks(self, words: str) -> str:
        assert self.driver.stdin
        assert self.driver.stdout
        self.driver.stdin.write(words + "\n")
        self.driver.stdin.flush()
        while line := self.driver.stdout.readline():
            if line.startswith("answer "):
                return line.removeprefix("answer ").strip()
        raise AssertionError("whoever takes the draws on has died")

    def sent(self) -> int:
        """How often any beat has let the worker look for draws that are due."""
        log = (self.stack.home / "log/beat.log").read_text(errors="replace")
        return log.count("(audits.tasks.open_due_samples)")

    def sends_again(self) -> bool:
        before = self.sent()
        return wait_until(lambda: self.sent() > before, 30)

    def kills_beat(self) -> None:
        with_kill(self.stack.pids["beat"])

    def stands(self, moment: str, sessions: int = 1) -> bool:
        """The worker has come to the step, and cannot take it."""
        return wait_until(lambda: asked(self.stack, WAITING, STANDS_AT[moment]) == [(sessions,)], 30)

    @contextmanager
    def held(self, moment: str) -> Iterator[None]:
        with psycopg.connect(self.stack.database_owner_url) as connection:
            connection.execute(f"LOCK TABLE {STANDS_AT[moment]}".encode())
            yield


@pytest.fixture(scope="module")
def office(found_at: Callable[[Path, int], Path]) -> Iterator[Office]:
    with tempfile.TemporaryDirectory(prefix="zhenxin-beat-") as folder:
        Path(folder).chmod(0o755)
        stack = LiveStack(found_at(Path(folder) / "home", 0)).start()
        environment = {name: value for name, value in os.environ.items() if name not in SERVER_SETTINGS}
        script = (REPOSITORY / "tests/recovery/draws.py").read_text()
        driver = subprocess.Popen(
            [
                *(sys.executable, "manage.py", "shell", "--no-imports", "-c"),
                f"import sys; sys.argv.append('{EVERY}')\n{script}",
            ],
            cwd=REPOSITORY,
            env={**environment, "VAR_DIR": str(stack.home), "DEMO": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield Office(stack, driver)
        finally:
            driver.kill()
            driver.wait()
            stack.stop()


def killed_before_the_draw_is_due(office: Office, chance: random.Random) -> str:
    """In the last moments before beat would look."""
    assert office.sends_again()
    looked = time.monotonic()
    plan = office.asks("due")
    time.sleep(max(0, looked + EVERY - chance.uniform(0.1, 0.5) - time.monotonic()))
    office.kills_beat()
    return plan


def killed_when_it_has_sent(office: Office, chance: random.Random) -> str:
    """The next beat does not know of it and sends again: both of the worker's lanes open the draw at once."""
    with office.held("opening"):
        plan = office.asks("due")
        assert office.sends_again()
        time.sleep(chance.uniform(0, 0.05))
        office.kills_beat()
        assert office.stands("opening", sessions=2)
    return plan


def killed_while_the_frame_is_taken(office: Office, chance: random.Random) -> str:
    with office.held("framing"):
        plan = office.asks("due")
        assert office.stands("framing")
        time.sleep(chance.uniform(0, 0.2))
        office.kills_beat()
        assert office.sends_again()
    return plan


def killed_while_the_items_are_drawn(office: Office, chance: random.Random) -> str:
    plan = office.asks("due")
    assert wait_until(lambda: asked(office.stack, STATE, plan) == [("framed",)], 30)
    with office.held("drawing"):
        office.asks(f"part {plan}")
        assert office.stands("drawing")
        time.sleep(chance.uniform(0, 0.2))
        office.kills_beat()
        assert office.sends_again()
    return plan


@pytest.mark.parametrize("seed", range(int(os.environ.get("KILL_ROUNDS", "1"))))
@pytest.mark.parametrize(
    "killed",
    [
        killed_before_the_draw_is_due,
        killed_when_it_has_sent,
        killed_while_the_frame_is_taken,
        killed_while_the_items_are_drawn,
    ],
)
def test_beat_killed_and_started_anew_leaves_one_complete_draw(office: Office, killed, seed: int) -> None:
    victim = office.stack.pids["beat"]
    plan = killed(office, random.Random(seed))
    stack = office.stack
    assert wait_until(lambda: asked(stack, STATE, plan) in ([("framed",)], [("drawn",)]), 30), jobs(stack)
    if asked(stack, STATE, plan) == [("framed",)]:
        office.asks(f"part {plan}")
    assert wait_until(lambda: asked(stack, STATE, plan) == [("drawn",)], 30), jobs(stack)
    assert office.sends_again()
    assert wait_until(lambda: asked(stack, UNFINISHED) == [(0,)], 30)

    assert stack.pids["beat"] != victim
    (draw,) = asked(stack, COMPLETE, plan)
    assert draw == ("scheduled", "drawn", ["machine_part", "frame", "seed", "draw"], 10, 10)
    assert office.asks(f"proof {plan}") == "True True"
