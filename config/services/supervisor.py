"""`make run`: the servers, then the product's processes over them, until somebody stops it."""

import fcntl
import os
import signal
import time
from pathlib import Path
from types import FrameType
from urllib.error import HTTPError
from urllib.request import urlopen

import psutil
import psycopg

from config.services.children import Child, Family, python, stop_strays
from config.services.home import REPOSITORY, Remembered, remembered, var_dir, write_private
from config.services.postgres import OWNER_ROLE, WEB_ROLE, Postgres, tail
from config.services.processes import die_with_parent, port_is_free, spawn
from config.services.valkey import Valkey

DEMO_ACCOUNTS = (
    *("clerk", "clerk2", "manager", "manager2", "compliance", "compliance2"),
    *("auditor", "partner", "admin"),
)
TICK_SECONDS = 0.3
WEB_SECONDS = 60.0


class StopRequested(BaseException):
    """Raised by a signal, wherever we are; not an Exception, so that nothing swallows it."""


class Refused(Exception):
    """`make run` cannot go on; the message says why and what to do."""


class Supervisor:
    def __init__(self, home: Path | None = None) -> None:
        self.home = home or var_dir()
        self.home.mkdir(parents=True, exist_ok=True)
        self.postgres = None if os.environ.get("DATABASE_URL") else Postgres(self.home)
        self.valkey = None if os.environ.get("REDIS_URL") else Valkey(self.home)
        self.demo = os.environ.get("DEMO", "1" if self.postgres else "0").lower() in {
            "1",
            "true",
            "yes",
            "on",
        }
        self.family = Family(self.home / "processes.json")
        self.run_file = self.home / "run.json"
        self.log = self.home / "log"
        self.port = 0

    def run(self, *, serve: bool = True) -> None:
        """Blocks until a signal, or makes tables and demo insurer and ends; leaves no process behind."""
        with (self.home / "run.lock").open("a+") as lock, (self.home / "use.lock").open("a") as use:
            self._be_the_only_one(lock.fileno())
            lock.truncate(0)
            lock.write(f"{os.getpid()}\n")
            lock.flush()
            listen_to_signals()
            try:
                fcntl.flock(use, fcntl.LOCK_SH)
                self._found()
                if serve:
                    self._serve()
                    self._watch()
            except StopRequested:
                say("Stopping …")
            finally:
                ignore_signals()
                self._stop()
        say("Stopped; nothing is left running.")

    def _be_the_only_one(self, lock: int) -> None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = (self.home / "run.lock").read_text().strip()
            raise Refused(
                f"`make run` is already running here (process {pid}). Stop it with Ctrl-C in its terminal, "
                f"or with: kill {pid}"
            ) from None

    def _found(self) -> None:
        if strays := stop_strays(self.home / "processes.json"):
            say(f"Stopped what an earlier run left behind: {', '.join(strays)}")
        self.run_file.unlink(missing_ok=True)
        (self.home / "static").mkdir(exist_ok=True)
        self._start_servers()
        self.family.environment = self._environment()
        self._once("migrate", "--verbosity=1")
        if not self.demo:
            self._once("collectstatic", "--noinput", "--verbosity=0")
        self._seed()

    def _serve(self) -> None:
        self.port = self._choose_port()
        for child in self._children():
            self.family.start(child)
        self._wait_for_web()
        self._write_run_file()
        self._announce()

    def _start_servers(self) -> None:
        if self.postgres:
            self.postgres.start(dies_with_us=True)
        if self.valkey:
            self.valkey.start(dies_with_us=True)

    def _environment(self) -> dict[str, str]:
        known = self._known()
        environment = {**os.environ, "DEMO": "1" if self.demo else "0", "VAR_DIR": str(self.home)}
        if self.postgres:
            environment["DATABASE_URL"] = self.postgres.url(WEB_ROLE)
            environment["DATABASE_OWNER_URL"] = self.postgres.url(OWNER_ROLE)
            environment.setdefault("SECRET_KEY", known.secret_key)
        if self.valkey:
            environment["REDIS_URL"] = self.valkey.url()
        if self.demo:
            environment.setdefault("SECRET_KEY", known.secret_key)
            environment.setdefault("DEMO_PASSWORD", known.demo_password)
            environment.setdefault("DEMO_API_TOKEN", known.demo_api_token)
        environment.pop("MAKELEVEL", None)
        return environment

    def _known(self) -> Remembered:
        return remembered(self.home)

    def _once(self, *command: str) -> None:
        """One management command to its end; its output is in the log."""
        say(f"{command[0]} …")
        log = self.log / f"{command[0]}.log"
        process = spawn(
            python("manage.py", *command),
            log=log,
            environment=self.family.environment,
            folder=REPOSITORY,
            dies_with_us=signal.SIGTERM,
        )
        try:
            failed = process.wait() != 0
        except StopRequested:
            process.kill()
            process.wait()
            raise
        if failed:
            raise Refused(f"manage.py {' '.join(command)} failed; {log} ends:\n{tail(log, 25)}")

    def _seed(self) -> None:
        """The demo insurer is loaded into an empty book only; DEMO_CUSTOMERS=0 leaves it empty."""
        size = os.environ.get("DEMO_CUSTOMERS", "5000")
        if not self.demo or size == "0":
            return
        if self._asks("SELECT EXISTS (SELECT 1 FROM agents_branch)") == [(True,)]:
            return
        self._once("seed_demo", f"--customers={size}", "--seed=1")

    def _asks(self, question: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.family.environment["DATABASE_URL"]) as connection:
            return connection.execute(question.encode()).fetchall()

    def _choose_port(self) -> int:
        wanted = os.environ.get("PORT") or "8000"
        if not wanted.isdigit() or not 0 < int(wanted) < 65536:
            raise Refused(f"PORT: {wanted} is no port number")
        port = int(wanted)
        while not port_is_free(port):
            port += 1
        if port != int(wanted):
            say(f"Port {wanted} is taken by {holder(int(wanted))}; using {port}. Choose another with PORT=…")
        return port

    def _children(self) -> list[Child]:
        host = os.environ.get("BIND_ADDRESS", "127.0.0.1")
        web = ["-m", "gunicorn", "config.wsgi:application", f"--bind={host}:{self.port}"]
        web += [
            "--worker-class=gthread",
            "--workers=2",
            "--threads=4",
            "--preload",  # read once for both, and half the memory
            "--timeout=120",
            "--graceful-timeout=5",
        ]
        worker = ["-m", "celery", "--app=config", "worker", "--concurrency=2", "--loglevel=INFO"]
        worker += ["--without-mingle", "--without-gossip"]
        beat = ["-m", "celery", "--app=config", "beat", "--loglevel=INFO"]
        commands = {"web": web, "worker": worker, "beat": beat}
        return [Child(name, python(*words), self.log / f"{name}.log") for name, words in commands.items()]

    def _wait_for_web(self) -> None:
        deadline = time.monotonic() + WEB_SECONDS
        while time.monotonic() < deadline:
            self.family.revive(say)
            try:
                urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5).close()
            except HTTPError as answer:
                answer.close()
                return
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise Refused(
            f"the web server does not answer; {self.log / 'web.log'} ends:\n{tail(self.log / 'web.log')}"
        )

    def _watch(self) -> None:
        while True:
            time.sleep(TICK_SECONDS)
            changed = self._revive_servers()
            changed = self.family.revive(say) or changed
            if changed:
                self._write_run_file()

    def _revive_servers(self) -> bool:
        """A server that died comes back on its port; on another one, the children start again too."""
        servers = [each for each in (self.postgres, self.valkey) if each and not each.running()]
        if not servers:
            return False
        for server in servers:
            say(f"{type(server).__name__} died; starting it again")
            server.start(dies_with_us=True)
        environment = self._environment()
        if environment != self.family.environment:
            self.family.environment = environment
            for child in self.family.children:
                child.ask_to_stop()
        return True

    def _stop(self) -> None:
        self.run_file.unlink(missing_ok=True)
        self.family.stop()
        if self.valkey:
            self.valkey.stop()
        if self.postgres:
            self.postgres.stop()

    def _write_run_file(self) -> None:
        if not self.demo:
            return
        environment = self.family.environment
        pids = {child.name: child.process.pid for child in self.family.children if child.process}
        for name, server in (("postgres", self.postgres), ("valkey", self.valkey)):
            if server and (found := server.running()):
                pids[name] = found.pid
        content = {
            "url": self.url,
            "database_url": environment["DATABASE_URL"],
            "database_owner_url": environment.get("DATABASE_OWNER_URL", environment["DATABASE_URL"]),
            "redis_url": environment["REDIS_URL"],
            "media_root": environment.get("MEDIA_ROOT", str(self.home / "media")),
            "pids": {"supervisor": os.getpid(), **pids},
            "accounts": self._accounts(),
            "api_token": environment["DEMO_API_TOKEN"],
        }
        write_private(self.run_file.with_suffix(".new"), content).replace(self.run_file)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def _accounts(self) -> dict[str, dict[str, str]]:
        found = self._asks("SELECT username, role FROM workplace_staff WHERE is_active")
        roles = {str(name): str(role) for name, role in found}
        password = self.family.environment["DEMO_PASSWORD"]
        return {name: {"role": roles[name], "password": password} for name in DEMO_ACCOUNTS if name in roles}

    def _announce(self) -> None:
        say(f"\nZhenxin is running at {self.url}")
        if self.demo:
            accounts = self._accounts()
            say(f"Demo accounts (password {self.family.environment['DEMO_PASSWORD']}): {', '.join(accounts)}")
        say(f"Logs in {self.log}. Stop with Ctrl-C.")


def holder(port: int) -> str:
    """Who listens on the port, as far as we may know."""
    try:
        for each in psutil.net_connections(kind="tcp"):
            if each.laddr and each.laddr.port == port and each.status == psutil.CONN_LISTEN and each.pid:
                return f"{psutil.Process(each.pid).name()} (process {each.pid})"
    except psutil.Error:
        pass  # not ours to look at: named below
    return "another program"


def say(text: str) -> None:
    print(text, flush=True)


def listen_to_signals() -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        ignore_signals()
        raise StopRequested

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number == signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
            continue  # nohup
        signal.signal(number, stop)
    if "MAKELEVEL" in os.environ:
        die_with_parent(signal.SIGTERM, parent=os.getppid())()


def ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
