"""The product's own processes under supervision: started, watched, started again, stopped."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.services.home import REPOSITORY, write_private
from config.services.processes import Identity, alive, command_line, identity, spawn, stop

SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
STEADY_SECONDS = 60.0
STOP_SECONDS = 12.0


@dataclass
class Child:
    """One process that is started again when it dies, later and later while it keeps dying."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    who: Identity | None = None
    started: float = 0.0
    due: float = 0.0
    pause: float = SHORTEST_PAUSE

    def start(self, environment: Mapping[str, str]) -> None:
        self.process = spawn(
            self.command,
            log=self.log,
            environment=environment,
            folder=REPOSITORY,
            dies_with_us=signal.SIGTERM,
        )
        self.who = identity(self.process.pid)
        self.started = time.monotonic()

    def died(self) -> bool:
        """Notice a death once, and set when the child is due again."""
        if self.process is None or self.process.poll() is None:
            return False
        end_group(self.process.pid)
        now = time.monotonic()
        self.pause = SHORTEST_PAUSE if now - self.started > STEADY_SECONDS else self.pause
        self.due = now + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE)
        self.process = None
        return True

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self, seconds: float) -> None:
        """Wait for the child, then take its whole process group away."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(seconds, 0.1))
        end_group(self.process.pid)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self.process = None


def end_group(group: int) -> None:
    """Each child leads a process group; what is left of the group of a dead one goes with it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


@dataclass
class Family:
    """All children, with their identities written down for the run after a crash."""

    register: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    children: list[Child] = field(default_factory=list)

    def start(self, child: Child) -> None:
        child.start(self.environment)
        if child not in self.children:
            self.children.append(child)
        self.write_down()

    def revive(self, report: Callable[[str], None]) -> bool:
        """Start again whoever died and is due; true when somebody was."""
        revived = False
        for child in self.children:
            if child.died():
                report(f"{child.name} died; starting it again in {child.due - time.monotonic():.0f} s")
            if child.process is None and time.monotonic() >= child.due:
                self.start(child)
                revived = True
        return revived

    def stop(self) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        for child in reversed(self.children):
            child.ask_to_stop()
        for child in reversed(self.children):
            child.end(deadline - time.monotonic())
        self.register.unlink(missing_ok=True)

    def write_down(self) -> None:
        noted = [
            {"name": child.name, "pid": child.who.pid, "created": child.who.created, "command": child.command}
            for child in self.children
            if child.who
        ]
        draft = write_private(self.register.with_suffix(".new"), noted)
        draft.replace(self.register)


def stop_strays(register: Path) -> list[str]:
    """Stop what a killed run left behind: same pid, same start time and same command, or it is not ours."""
    try:
        noted = json.loads(register.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return []
    stopped = []
    for each in noted:
        who = Identity(each["pid"], each["created"])
        if alive(who) and is_command(command_line(who.pid), each["command"]):
            stop(who)
            end_group(who.pid)
            stopped.append(str(each["name"]))
    register.unlink(missing_ok=True)
    return stopped


def is_command(found: list[str], noted: list[str]) -> bool:
    """gunicorn and celery may retitle themselves, but keep the name of their program."""
    return found == noted or any(word in " ".join(found) for word in ("gunicorn", "celery", "manage.py"))


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]
