"""The real product under its supervisor, in a home of its own, for journeys and for tests that kill it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.services.home import REPOSITORY, exclusively, remember_ports
from config.services.processes import die_with_parent, free_port

START_SECONDS = 600.0
SERVER_SETTINGS = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "MEDIA_ROOT",
    "ALLOWED_HOSTS",
)


@dataclass
class LiveStack:
    """`customers` is the size of the demo insurer; 0 leaves the book empty."""

    home: Path
    customers: int = 0
    sweep_span: int = 0
    prefix: list[str] = field(default_factory=list)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> "LiveStack":
        """Returns once the address is served; run.json is written last."""
        process = self.process = self.launch()
        wait_until(lambda: self.ready() or process.poll() is not None, START_SECONDS)
        if not self.ready():
            raise RuntimeError(f"the product does not start:\n{self.output()}")
        return self

    def launch(self, *words: str) -> subprocess.Popen[bytes]:
        environment = {name: value for name, value in os.environ.items() if name not in SERVER_SETTINGS}
        environment |= {"VAR_DIR": str(self.home), "PORT": str(self.port)}
        environment |= {"DEMO": "1", "DEMO_CUSTOMERS": str(self.customers)}
        environment |= {"SWEEP_SPAN": str(self.sweep_span)} if self.sweep_span else {}
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "output.txt").open("ab") as output:
            return subprocess.Popen(
                [*self.prefix, sys.executable, "-m", "config.services.run", *words],
                cwd=REPOSITORY,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=as_from_a_terminal(),  # noqa: PLW1509  # sets two flags of the kernel
            )

    def ready(self) -> bool:
        return (self.home / "run.json").exists()

    def output(self) -> str:
        return (self.home / "output.txt").read_text(errors="replace")

    @property
    def run_file(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.home / "run.json").read_text())
        return content

    @property
    def url(self) -> str:
        return str(self.run_file["url"])

    @property
    def accounts(self) -> dict[str, dict[str, str]]:
        return dict(self.run_file["accounts"])

    @property
    def database_url(self) -> str:
        return str(self.run_file["database_url"])

    @property
    def database_owner_url(self) -> str:
        return str(self.run_file["database_owner_url"])

    @property
    def redis_url(self) -> str:
        return str(self.run_file["redis_url"])

    @property
    def api_token(self) -> str:
        return str(self.run_file["api_token"])

    @property
    def pids(self) -> dict[str, int]:
        return dict(self.run_file["pids"])

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """The exit status after the signal that Ctrl-C, `kill` or a closed terminal sends."""
        if self.process is None:
            return 0
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)
        status = self.process.wait(180)
        self.process = None
        return status


def found(models: Path, home: Path, customers: int) -> Path:
    """The home of a product that was founded and never served, copied from a model with so many customers.

    All processes of a test run share the models: tables are made once, and demo insurers grow in them.
    """
    model = models / f"founded-{customers}"
    with exclusively(models, f"{model.name}.lock"):
        if not model.exists():
            draft = models / f"draft-{customers}"
            if customers:
                found(models, draft, 0)
            stack = LiveStack(draft, customers)
            if stack.launch("--found").wait(START_SECONDS):
                raise RuntimeError(f"the product cannot be founded:\n{stack.output()}")
            draft.rename(model)
    subprocess.run(["cp", "-a", str(model), str(home)], check=True)
    remember_ports(home, postgres=free_port(), valkey=free_port())
    return home


def as_from_a_terminal() -> Callable[[], None]:
    """Ends with these tests, and hears a closed terminal even where they were started by `nohup`."""
    die_with_us = die_with_parent(signal.SIGTERM)

    def prepare() -> None:
        die_with_us()
        signal.signal(signal.SIGHUP, signal.SIG_DFL)

    return prepare


def wait_until(holds: Callable[[], object], seconds: float) -> bool:
    """`seconds` are what a quiet machine needs at the very most; others may work beside us."""
    deadline = time.monotonic() + 4 * seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return bool(holds())


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
