"""PostgreSQL of our own: made, started, recovered and stopped by us, with passwords and on 127.0.0.1 only."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from config.services.accounts import Account, ServiceError, server_account
from config.services.binaries import major_version, postgres_bin
from config.services.home import Remembered, exclusively, remember_ports, remembered, server_folder
from config.services.processes import (
    Identity,
    alive,
    free_port,
    identity,
    port_is_free,
    spawn,
    stop,
)

DATABASE = "zhenxin"
OWNER_ROLE = "zhenxin_owner"
WEB_ROLE = "zhenxin_web"
EXTENSIONS = ("pg_trgm", "btree_gin", "btree_gist")
START_SECONDS = 60.0
PAUSE_SECONDS = 0.05


@dataclass
class Postgres:
    """The server of one home folder; any process may hold an object of it."""

    home: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    account: Account = field(default_factory=server_account)

    @property
    def log(self) -> Path:
        return self.home / "log" / "postgres.log"

    def url(self, role: str, database: str = DATABASE) -> str:
        known = remembered(self.home)
        passwords = {OWNER_ROLE: known.owner_password, WEB_ROLE: known.web_password}
        password = passwords.get(role, known.postgres_password)
        return f"postgresql://{role}:{password}@127.0.0.1:{known.postgres_port}/{database}"

    def superuser(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(self.url("postgres", database), autocommit=True, connect_timeout=5)

    def running(self) -> Identity | None:
        """The postmaster of our data folder, told from a process that inherited its pid."""
        pid_file = self._folder() / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None
        return identity(pid) if works_in(pid, self._folder()) else None

    def start(self, *, dies_with_us: bool = False) -> Identity:
        """Start the server, or adopt the one that runs, and see to its roles and database."""
        with exclusively(self.home, "postgres.lock"):
            found = self.running()
            if found and not self._answers(10.0, found):
                stop(found, first=signal.SIGQUIT)
                found = None
            if found is None:
                found = self._launch(dies_with_us)
            self._bootstrap(remembered(self.home))
            return found

    def stop(self) -> None:
        """Fast shutdown; a server that does not obey is killed and recovers at its next start."""
        with exclusively(self.home, "postgres.lock"):
            if found := self.running():
                stop(found, first=signal.SIGINT, patience=30.0)

    def _folder(self) -> Path:
        return (self.home / "postgres").resolve() / "data"

    def _launch(self, dies_with_us: bool) -> Identity:
        programs = postgres_bin(self.account)
        data = server_folder(self.home, "postgres", self.account) / "data"
        self._make_cluster(programs, data)
        deadline = time.monotonic() + START_SECONDS
        while True:
            clear_foreign_pid_file(data)
            known = remembered(self.home)
            if not port_is_free(known.postgres_port):
                known = remember_ports(self.home, postgres=free_port())
            child = spawn(
                [str(programs / "postgres"), "-D", str(data), *self._options(known.postgres_port)],
                log=self.log,
                account=self.account,
                environment={**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                dies_with_us=signal.SIGINT if dies_with_us else None,
            )
            who = identity(child.pid)
            if who and self._answers(deadline - time.monotonic(), who, child):
                return who
            if time.monotonic() > deadline:
                if who:
                    stop(who, first=signal.SIGQUIT)
                raise ServiceError(f"PostgreSQL does not start; {self.log} ends:\n{tail(self.log)}")
            time.sleep(0.5)

    def _options(self, port: int) -> list[str]:
        settings = {
            "port": str(port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            # a refused row's values, which may be somebody's, do not belong in a log
            "log_error_verbosity": "terse",
            "log_min_error_statement": "panic",
            "password_encryption": "scram-sha-256",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "jit": "off",
            "shared_buffers": f"{shared_megabytes()}MB",
            **self.settings,
        }
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _make_cluster(self, programs: Path, data: Path) -> None:
        version = major_version(programs)
        if (data / "PG_VERSION").exists():
            made_by = int((data / "PG_VERSION").read_text())
            if made_by != version:
                raise ServiceError(
                    f"{data} was made by PostgreSQL {made_by}, the programs are {version}: set PG_BIN"
                )
            return
        draft = data.with_name("data.new")
        shutil.rmtree(draft, ignore_errors=True)
        password = data.with_name("initial-password")
        password.write_text(remembered(self.home).postgres_password)
        password.chmod(0o600)
        self.account.own(password)
        command = [
            *(str(programs / "initdb"), "-D", str(draft), "--username=postgres", f"--pwfile={password}"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"),
            *(["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if version >= 17 else []),
            *(["--no-sync"] if self.settings.get("fsync") == "off" else []),
        ]
        done = subprocess.run(
            command, cwd="/", capture_output=True, text=True, check=False, **self.account.popen_options()
        )
        password.unlink()
        if done.returncode != 0:
            raise ServiceError(f"initdb failed:\n{done.stdout[-1000:]}{done.stderr[-2000:]}")
        draft.rename(data)

    def _answers(self, seconds: float, who: Identity, child: subprocess.Popen[bytes] | None = None) -> bool:
        port = running_port(self._folder())
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if child is not None and child.poll() is not None:
                return False
            if not alive(who):
                return False
            port = running_port(self._folder()) or port
            if port:
                remember_ports(self.home, postgres=port)
                try:
                    with self.superuser():
                        return True
                except psycopg.OperationalError as refused:
                    if "password authentication failed" in str(refused):
                        raise ServiceError(
                            f"{self._folder()} has other passwords than {self.home}/secrets.json"
                        ) from refused
            time.sleep(PAUSE_SECONDS)
        return False

    def _bootstrap(self, known: Remembered) -> None:
        with self.superuser() as connection:
            for role, password in ((OWNER_ROLE, known.owner_password), (WEB_ROLE, known.web_password)):
                ensure_role(connection, role, password)
            ensure_database(connection, DATABASE, OWNER_ROLE)
        with self.superuser(DATABASE) as connection:
            ensure_extensions(connection)


def shared_megabytes() -> int:
    """An eighth of the machine: with the server's own 128 MB a large book is copied in at each look."""
    return min(max(psutil.virtual_memory().total >> 23, 128), 1024)


def works_in(pid: int, folder: Path) -> bool:
    try:
        process = psutil.Process(pid)
        command = process.cmdline()
    except psutil.Error:
        return False
    return bool(command) and Path(command[0]).name.startswith("postgres") and str(folder) in " ".join(command)


def clear_foreign_pid_file(data: Path) -> None:
    """After a reboot the pid in the file may be another program's, and PostgreSQL would refuse to start."""
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    first = pid_file.read_text().split("\n", 1)[0]
    if not first.isdigit() or (identity(int(first)) and not works_in(int(first), data)):
        pid_file.unlink(missing_ok=True)


def running_port(data: Path) -> int | None:
    """The port that a running or starting postmaster wrote into its pid file."""
    try:
        lines = (data / "postmaster.pid").read_text().split("\n")
    except FileNotFoundError:
        return None
    return int(lines[3]) if len(lines) > 3 and lines[3].isdigit() else None


def ensure_role(connection: psycopg.Connection, role: str, password: str) -> None:
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = "ALTER" if known else "CREATE"
    statement = sql.SQL(verb + " ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}")
    connection.execute(statement.format(sql.Identifier(role), sql.Literal(password)))


def ensure_database(
    connection: psycopg.Connection, name: str, owner: str, template: str = "template1"
) -> None:
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return
    statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
    connection.execute(statement.format(*map(sql.Identifier, (name, owner, template))))


def ensure_extensions(connection: psycopg.Connection) -> None:
    """With the character type C a trigram of Han characters is empty and every search scans the table."""
    for name in EXTENSIONS:
        connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))
    found = connection.execute("SELECT show_trgm('张三丰') <> '{}'").fetchone()
    if found is None or not found[0]:
        raise ServiceError("the database knows no Han characters (its character type is not C.UTF-8)")


def tail(log: Path, lines: int = 12) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""
