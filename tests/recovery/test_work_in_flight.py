"""An import and a sweep under way outlive the death of any process, and of all of them.

All at once in every run, the worker alone in test_ten_kills; `KILL_ROUNDS=10` kills each alone here too.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from config.services.home import REPOSITORY
from tests.live import SERVER_SETTINGS, LiveStack, wait_until
from tests.recovery.digest import digests

pytestmark = pytest.mark.slow

VICTIMS = [("all",)]
if int(os.environ.get("KILL_ROUNDS", "3")) >= 10:
    VICTIMS += [("worker",), ("postgres",), ("valkey",), ("web", "beat")]
CUSTOMERS = 1_600
SPAN = 50  # a sweep of so few is over before it can be killed, unless it goes in small steps
UNDER_WAY = """
    SELECT count(*) FROM workplace_job
     WHERE kind = ANY(%s) AND state = 'running' AND done > 0 AND done < total"""
UNFINISHED = "SELECT count(*) FROM workplace_job WHERE state IN ('queued', 'running')"
FAILED = "SELECT kind, error FROM workplace_job WHERE state = 'failed'"


@pytest.fixture(scope="module")
def founded(found_at: Callable[[Path, int], Path]) -> Iterator[Path]:
    """A home with a demo insurer, stopped: each test takes a copy."""
    with tempfile.TemporaryDirectory(prefix="zhenxin-flight-") as folder:
        Path(folder).chmod(0o755)
        yield found_at(Path(folder) / "founded", CUSTOMERS)


@pytest.fixture(scope="module")
def undisturbed(founded: Path) -> dict[str, tuple[int, str]]:
    return outcome(founded, "undisturbed", ())


def outcome(founded: Path, name: str, victims: tuple[str, ...]) -> dict[str, tuple[int, str]]:
    """The tables after import, sweep, death of the victims, recovery and one further sweep."""
    home = founded.parent / name
    subprocess.run(["cp", "-a", str(founded), str(home)], check=True)
    stack = LiveStack(home, customers=CUSTOMERS, sweep_span=SPAN).start()
    try:
        set_off(stack)
        assert wait_until(lambda: under_way(stack), 60), f"not in flight at once: {jobs(stack)}"
        kill(stack, victims)
        assert wait_until(lambda: asked(stack, UNFINISHED) == [(0,)], 150), f"unfinished: {jobs(stack)}"
        assert asked(stack, FAILED) == []
        set_off(stack, "sweep")
        assert wait_until(lambda: asked(stack, UNFINISHED) == [(0,)], 60)
        return digests(stack.database_owner_url)
    finally:
        stack.stop()
        shutil.rmtree(home, ignore_errors=True)


def set_off(stack: LiveStack, what: str = "both") -> None:
    script = (REPOSITORY / "tests/recovery/set_off.py").read_text()
    environment = {**os.environ, "VAR_DIR": str(stack.home)}
    for name in SERVER_SETTINGS:
        environment.pop(name, None)
    subprocess.run(
        [
            sys.executable,
            "manage.py",
            "shell",
            "--no-imports",
            "-c",
            f"import sys; sys.argv.append({what!r})\n{script}",
        ],
        cwd=REPOSITORY,
        env=environment,
        check=True,
    )


def asked(stack: LiveStack, question: str, *values: object) -> list[tuple[object, ...]]:
    """Empty while the server is coming back."""
    try:
        with psycopg.connect(stack.database_url, connect_timeout=3) as connection:
            return connection.execute(question.encode(), values or None).fetchall()
    except (psycopg.OperationalError, FileNotFoundError):
        return []


def under_way(stack: LiveStack) -> bool:
    return asked(stack, UNDER_WAY, ["apply_import", "sweep"]) == [(2,)]


def jobs(stack: LiveStack) -> list[tuple[object, ...]]:
    return asked(stack, "SELECT kind, state, done, total, attempts, error FROM workplace_job ORDER BY id")


def kill(stack: LiveStack, victims: tuple[str, ...]) -> None:
    pids = stack.pids
    if victims == ("all",):
        assert stack.process
        everyone = [stack.process.pid, *pids.values()]
        everyone += [
            child.pid for pid in pids.values() for child in psutil.Process(pid).children(recursive=True)
        ]
        for pid in everyone:
            with_signal(pid)
        stack.process.wait(30)
        stack.process = None
        stack.start()
        return
    for name in victims:
        with_signal(pids[name])


def with_signal(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # died with its parent


@pytest.mark.parametrize("victims", VICTIMS, ids=" ".join)
def test_what_was_under_way_is_finished_as_if_nothing_had_happened(
    founded: Path, undisturbed: dict[str, tuple[int, str]], victims: tuple[str, ...]
) -> None:
    assert outcome(founded, "-".join(victims), victims) == undisturbed


def test_the_work_changed_something(undisturbed: dict[str, tuple[int, str]]) -> None:
    assert undisturbed["history"][0] >= CUSTOMERS
    assert undisturbed["findings"][0] >= CUSTOMERS // 10
