"""Children that do not outlive us, and processes of an earlier run, recognised before they are stopped."""

import contextlib
import ctypes
import functools
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from config.services.accounts import Account

PR_SET_PDEATHSIG = 1
LOG_LIMIT = 20 * 1024 * 1024


class Identity(NamedTuple):
    """A pid alone may name another process by now; with the start time it cannot."""

    pid: int
    created: float


@functools.cache
def _prctl() -> Callable[..., int] | None:
    if not sys.platform.startswith("linux"):
        return None
    return ctypes.CDLL(None, use_errno=True).prctl


def die_with_parent(death_signal: signal.Signals, parent: int | None = None) -> Callable[[], None]:
    """For preexec_fn: the kernel sends the signal to the child when we die, however we die (Linux)."""
    prctl, parent = _prctl(), parent or os.getpid()

    def bind() -> None:
        if prctl is not None:
            prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return bind


def spawn(
    command: Sequence[str],
    *,
    log: Path,
    account: Account | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    dies_with_us: signal.Signals | None = None,
) -> subprocess.Popen[bytes]:
    """Start in a session of its own, where the terminal's Ctrl-C does not reach; output goes to the log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    options: dict[str, Any] = account.popen_options() if account else {}
    if dies_with_us is not None:
        options["preexec_fn"] = die_with_parent(dies_with_us)
    with log.open("ab") as output:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder or "/",
            env=dict(environment) if environment is not None else None,
            start_new_session=True,
            **options,
        )


def identity(pid: int) -> Identity | None:
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return Identity(pid, process.create_time())
    except psutil.Error:
        return None


def alive(who: Identity) -> bool:
    return identity(who.pid) == who


def command_line(pid: int) -> list[str]:
    try:
        return psutil.Process(pid).cmdline()
    except psutil.Error:
        return []


def stop(who: Identity, *, first: signal.Signals = signal.SIGTERM, patience: float = 10.0) -> None:
    """Ask, wait, then kill the process and what it started. A process with a recycled pid is left alone."""
    if not alive(who):
        return
    family = descendants(who)
    with contextlib.suppress(ProcessLookupError):
        os.kill(who.pid, first)
    wait_gone([who], patience)
    for member in [who, *family]:
        if alive(member):
            with contextlib.suppress(ProcessLookupError):
                os.kill(member.pid, signal.SIGKILL)
    wait_gone([who, *family], 5.0)


def descendants(who: Identity) -> list[Identity]:
    try:
        children = psutil.Process(who.pid).children(recursive=True)
    except psutil.Error:
        return []
    return [found for child in children if (found := identity(child.pid))]


def wait_gone(members: Iterable[Identity], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    waiting = list(members)
    while waiting and time.monotonic() < deadline:
        for member in waiting:
            reap(member.pid)
        waiting = [member for member in waiting if alive(member)]
        if waiting:
            time.sleep(0.05)
    return not waiting


def reap(pid: int) -> None:
    """A dead child of ours stays in the process table until somebody asks for its exit code."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
