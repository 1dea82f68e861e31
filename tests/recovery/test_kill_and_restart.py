"""Whatever is killed comes back by itself or with the next `make run`; stopped, nothing is left."""

import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import psutil
import psycopg
import pytest
import redis

from config.services.processes import Identity, alive, identity
from tests.live import LiveStack, listens, wait_until

pytestmark = pytest.mark.slow

NAMES = ["web", "worker", "beat", "postgres", "valkey"]


@pytest.fixture(scope="module")
def stack(found_at: Callable[[Path, int], Path]) -> Iterator[LiveStack]:
    """Not below pytest's own folder, which is private: root's servers run as `nobody` and must walk in."""
    with tempfile.TemporaryDirectory(prefix="zhenxin-recovery-") as folder:
        Path(folder).chmod(0o755)
        stack = LiveStack(found_at(Path(folder) / "var", 0))
        yield stack
        stack.stop()


@pytest.fixture
def running(stack: LiveStack) -> LiveStack:
    return stack if stack.process else stack.start()


def serves(stack: LiveStack) -> bool:
    """The page, the rows and the queue answer, and every process is a living one."""
    try:
        with urlopen(f"http://127.0.0.1:{stack.port}/healthz", timeout=5) as answer:
            page = answer.status == 200
        with psycopg.connect(stack.database_url, connect_timeout=3) as connection:
            connection.execute("SELECT count(*) FROM workplace_staff")
        with redis.Redis.from_url(stack.redis_url) as client:
            client.ping()
    except (OSError, psycopg.OperationalError, redis.RedisError):
        return False
    return page and all(identity(pid) for pid in stack.pids.values())


def family(stack: LiveStack) -> list[Identity]:
    """Everybody whom the run started, grandchildren too."""
    roots = [psutil.Process(pid) for pid in stack.pids.values()]
    everybody = {each.pid for root in roots for each in (root, *root.children(recursive=True))}
    return [who for pid in everybody if (who := identity(pid))]


def gone(members: list[Identity]) -> bool:
    return not any(alive(member) for member in members)


@pytest.mark.parametrize("name", NAMES)
def test_a_killed_process_is_started_again(running: LiveStack, name: str) -> None:
    assert wait_until(lambda: serves(running) and name in running.pids, 60)
    before = running.pids[name]

    os.kill(before, signal.SIGKILL)

    def came_back() -> bool:
        """Meanwhile the list of processes does not name it."""
        return running.pids.get(name, before) != before and serves(running)

    assert wait_until(came_back, 240), running.output()


def test_the_second_of_two_at_once_refuses_and_says_why(running: LiveStack) -> None:
    second = LiveStack(running.home, port=running.port)

    assert second.launch().wait(120) == 1
    assert f"already running here (process {running.pids['supervisor']})" in running.output()
    assert wait_until(lambda: serves(running), 30)


def test_a_killed_supervisor_takes_its_children_with_it_and_blocks_no_new_run(running: LiveStack) -> None:
    members = family(running)

    os.kill(running.pids["supervisor"], signal.SIGKILL)

    assert running.process
    running.process.wait(60)
    assert wait_until(lambda: gone(members), 30)
    (running.home / "run.json").unlink()
    running.start()
    assert wait_until(lambda: serves(running), 30)


def test_everything_killed_at_once_recovers_with_the_next_run(running: LiveStack) -> None:
    members = family(running)

    for member in members:
        if alive(member):
            os.kill(member.pid, signal.SIGKILL)

    assert running.process
    running.process.wait(60)
    assert wait_until(lambda: gone(members), 30)
    (running.home / "run.json").unlink()
    running.start()
    assert wait_until(lambda: serves(running), 30)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stopped_run_leaves_no_process_and_no_port(running: LiveStack, number: signal.Signals) -> None:
    assert wait_until(lambda: serves(running), 30)
    members = family(running)
    ports = [running.port, *server_ports(running)]

    assert running.stop(number) == 0

    assert gone(members)
    assert [port for port in ports if listens(port)] == []
    assert not (running.home / "run.json").exists()
    assert not (running.home / "processes.json").exists()


def server_ports(stack: LiveStack) -> list[int]:
    return [int(url.rpartition(":")[2].partition("/")[0]) for url in (stack.database_url, stack.redis_url)]


def test_a_pid_file_that_names_a_stranger_does_not_block(stack: LiveStack) -> None:
    """After a reboot the stored pid may be anybody's: here, that of this test."""
    stack.stop()
    data = (stack.home / "postgres").resolve() / "data"
    pid_file = data / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{data}\n1700000000\n5432\n\n127.0.0.1\n  1 1\nready\n")
    shutil.chown(pid_file, data.stat().st_uid, data.stat().st_gid)

    stack.start()

    assert wait_until(lambda: serves(stack), 30)


def test_a_taken_port_is_named_and_the_next_one_serves(stack: LiveStack) -> None:
    stack.stop()
    wanted = stack.port
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", wanted))
        taken.listen()
        stack.start()
        assert f"Port {wanted} is taken by" in stack.output()
        assert stack.url != f"http://localhost:{wanted}"
    stack.stop()
