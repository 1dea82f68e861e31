"""Large files and sweeps, each disturbed by a death at a moment drawn by lot: the book never knows.

Three rounds in every run, the worker, the reader and a deriver; `KILL_ROUNDS=10` makes all ten.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
import pytest

from config.services.home import REPOSITORY
from tests.live import SERVER_SETTINGS, LiveStack, wait_until
from tests.recovery.digest import digests
from tests.recovery.test_work_in_flight import FAILED, UNFINISHED, asked, jobs
from workplace.jobs import LIVENESS_LOCK

pytestmark = pytest.mark.slow

SEEDS = range(int(os.environ.get("KILL_ROUNDS", "3")))
# Seconds after its beginning within which a load or a sweep is disturbed: shorter than either takes.
LATEST = {"load": 0.5, "sweep": 0.2}
VICTIMS = ("worker", "reader", "deriver", "backend", "broker")
STATE = "SELECT state FROM workplace_job WHERE id = %s"
PHASES = "SELECT phase FROM workplace_bulkload"
BACKEND = """
    SELECT pid FROM pg_locks
     WHERE locktype = 'advisory' AND classid = %s AND objid = %s AND granted"""
Digests = dict[str, tuple[int, str]]


@dataclass
class Rounds:
    """A running product and the process that puts its loads and sweeps on their way."""

    stack: LiveStack
    driver: subprocess.Popen[str]

    def sets_off(self, words: str) -> int:
        assert self.driver.stdin
        assert self.driver.stdout
        self.driver.stdin.write(words + "\n")
        self.driver.stdin.flush()
        while line := self.driver.stdout.readline():
            if line.startswith("job "):
                return int(line.split()[1])
        raise AssertionError("whoever sets the rounds off has died")

    def ended(self) -> bool:
        """With everything that followed from it."""
        return wait_until(lambda: asked(self.stack, UNFINISHED) == [(0,)], 150)

    def sells(self, after: str) -> None:
        """Once the first customers are there."""
        if after == "load 0":
            self.sets_off("sell")

    def runs(self, words: str, disturb: Callable[[int], None]) -> None:
        job = self.sets_off(words)
        disturb(job)
        wait_until(lambda: asked(self.stack, STATE, job) not in ([("queued",)], [("running",)], []), 150)
        assert self.ended(), jobs(self.stack)
        assert asked(self.stack, FAILED) == []
        assert {phase for (phase,) in asked(self.stack, PHASES)} == {"done"}


def in_peace(job: int) -> None:
    """Nobody dies."""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="zhenxin-kills-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="module")
def founded(folder: Path, found_at: Callable[[Path, int], Path]) -> Path:
    return found_at(folder / "founded", 0)


def rounds_of(founded: Path, name: str) -> Iterator[Rounds]:
    home = founded.parent / name
    subprocess.run(["cp", "-a", str(founded), str(home)], check=True)
    stack = LiveStack(home, customers=0).start()
    environment = {key: value for key, value in os.environ.items() if key not in SERVER_SETTINGS}
    script = (REPOSITORY / "tests/recovery/rounds.py").read_text()
    driver = subprocess.Popen(
        [
            *(sys.executable, "manage.py", "shell", "--no-imports", "-c"),
            f"import sys; sys.argv.append({str(home)!r})\n{script}",
        ],
        cwd=REPOSITORY,
        env={**environment, "VAR_DIR": str(home), "DEMO": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Rounds(stack, driver)
    finally:
        driver.kill()
        driver.wait()
        stack.stop()


@pytest.fixture(scope="module")
def in_order(founded: Path) -> list[Digests]:
    """What the tables say after each round that nobody disturbs."""
    found = []
    for rounds in rounds_of(founded, "undisturbed"):
        for seed in SEEDS:
            rounds.runs(f"load {seed}", in_peace)
            rounds.sells(f"load {seed}")
            rounds.runs("sweep", in_peace)
            found.append(digests(rounds.stack.database_owner_url))
    return found


@dataclass
class Killer:
    """Kills one victim at its moment; `hit` when the work was under way then."""

    rounds: Rounds
    seed: int
    hit: bool = False

    @property
    def victim(self) -> str:
        return VICTIMS[self.seed % len(VICTIMS)]

    @property
    def part(self) -> str:
        """Only a load has children of its own."""
        late = self.seed >= len(VICTIMS) and self.victim not in ("reader", "deriver")
        return "sweep" if late else f"load {self.seed}"

    def disturbs(self, job: int) -> None:
        chance = random.Random(self.seed)
        stack = self.rounds.stack
        if self.victim in ("reader", "deriver"):
            child = self._child()
            time.sleep(chance.uniform(0, 0.05))
            self.hit = child.is_running() and child.status() != psutil.STATUS_ZOMBIE
            with_kill(child.pid)
            return
        deadline = time.monotonic() + 60
        while asked(stack, STATE, job) == [("queued",)] and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(chance.uniform(0, LATEST[self.part.split()[0]]))
        if self.victim == "backend":
            self._kill_backend(job)
        else:
            self.hit = asked(stack, STATE, job) == [("running",)]
            with_kill(stack.pids[{"worker": "worker", "broker": "valkey"}[self.victim]])

    def _child(self) -> psutil.Process:
        """The reading process of the load, or the first of those that derive."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            worker = psutil.Process(self.rounds.stack.pids["worker"])
            lanes = worker.children()
            for child in (child for lane in lanes for child in lane.children()):
                try:
                    reads = any("bulk_reader" in word for word in child.cmdline())
                    forked = child.cmdline() == worker.cmdline() or "celery" in " ".join(child.cmdline())
                except psutil.Error:
                    continue
                if reads if self.victim == "reader" else forked:
                    return child
        raise AssertionError(f"no {self.victim} was seen")

    def _kill_backend(self, job: int) -> None:
        """Even seeds end it as an administrator would, odd ones as a machine short of memory would."""
        with psycopg.connect(self.rounds.stack.database_url) as connection:
            found = connection.execute(BACKEND, (LIVENESS_LOCK, job)).fetchone()
            self.hit = found is not None
            if found and self.seed % 2 == 0:
                connection.execute("SELECT pg_terminate_backend(%s)", found)
        if found and self.seed % 2:
            with_kill(int(found[0]))


def with_kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # its work was done


def test_ten_deaths_leave_the_book_as_if_nothing_had_happened(founded: Path, in_order: list[Digests]) -> None:
    hits = []
    for rounds in rounds_of(founded, "disturbed"):
        for seed in SEEDS:
            killer = Killer(rounds, seed)
            for part in (f"load {seed}", "sweep"):
                rounds.runs(part, killer.disturbs if part == killer.part else in_peace)
                rounds.sells(part)
            rounds.runs("sweep", in_peace)
            assert digests(rounds.stack.database_owner_url) == in_order[seed], (seed, killer.victim)
            hits.append((killer.victim, killer.hit))
    assert sum(hit for _victim, hit in hits) * 2 >= len(SEEDS), hits


def test_every_round_changed_the_book(in_order: list[Digests]) -> None:
    for table in ("customers", "history", "findings"):
        assert len({round_[table] for round_ in in_order}) == len(SEEDS)
