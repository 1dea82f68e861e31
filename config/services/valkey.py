"""Valkey of our own: append-only, never evicting, with a password, on 127.0.0.1 only."""

import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import redis

from config.services.accounts import Account, ServiceError, server_account
from config.services.binaries import valkey_binary
from config.services.home import exclusively, remember_ports, remembered, server_folder
from config.services.processes import Identity, alive, free_port, identity, port_is_free, spawn, stop

START_SECONDS = 30.0


@dataclass
class Valkey:
    """The server of one home folder; any process may hold an object of it."""

    home: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    account: Account = field(default_factory=server_account)

    @property
    def log(self) -> Path:
        return self.home / "log" / "valkey.log"

    def url(self, database: int = 0) -> str:
        known = remembered(self.home)
        return f"redis://:{known.valkey_password}@127.0.0.1:{known.valkey_port}/{database}"

    def running(self) -> Identity | None:
        """The server that works in our folder, also when its pid file is lost."""
        for process in psutil.process_iter(["name"]):
            if "valkey" not in (process.info["name"] or ""):
                continue
            try:
                found = process.cwd() == str(self._folder())
            except psutil.Error:
                continue
            if found and (who := identity(process.pid)):
                return who
        return None

    def start(self, *, dies_with_us: bool = False) -> Identity:
        """Start the server, or adopt the one that runs."""
        with exclusively(self.home, "valkey.lock"):
            found = self.running()
            if found and not self._answers(5.0, found):
                stop(found, first=signal.SIGKILL)
                found = None
            return found or self._launch(dies_with_us)

    def stop(self) -> None:
        with exclusively(self.home, "valkey.lock"):
            if found := self.running():
                stop(found, first=signal.SIGTERM)

    def _folder(self) -> Path:
        return (self.home / "valkey").resolve()

    def _launch(self, dies_with_us: bool) -> Identity:
        program = valkey_binary(self.account)
        folder = server_folder(self.home, "valkey", self.account)
        known = remembered(self.home)
        if not port_is_free(known.valkey_port):
            known = remember_ports(self.home, valkey=free_port())
        child = spawn(
            [str(program), str(self._configuration(folder, known.valkey_port, known.valkey_password))],
            log=self.log,
            account=self.account,
            environment={**os.environ, "LC_ALL": "C.UTF-8"},
            dies_with_us=signal.SIGTERM if dies_with_us else None,
        )
        who = identity(child.pid)
        if who is None or not self._answers(START_SECONDS, who):
            raise ServiceError(f"Valkey does not start; see {self.log}")
        return who

    def _configuration(self, folder: Path, port: int, password: str) -> Path:
        """The password stands in a private file: a command line is shown to everybody by `ps`."""
        settings = {
            "bind": "127.0.0.1",
            "port": str(port),
            "requirepass": password,
            "dir": str(folder),
            "pidfile": str(folder / "valkey.pid"),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": '""',
            "maxmemory-policy": "noeviction",
            "databases": "64",
            **self.settings,
        }
        path = folder / "valkey.conf"
        path.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        path.chmod(0o600)
        self.account.own(path)
        return path

    def _answers(self, seconds: float, who: Identity) -> bool:
        deadline = time.monotonic() + seconds
        with redis.Redis.from_url(self.url(), socket_timeout=2) as client:
            while time.monotonic() < deadline and alive(who):
                try:
                    return bool(client.ping())
                except redis.RedisError:
                    time.sleep(0.05)
        return False
