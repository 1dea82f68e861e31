"""The throw-away servers of a test run: one migrated template, and a clone of it for whoever needs one.

Knows nothing of Django, so that the environment can be set before the settings are read.
TEST_CLUSTER=<folder> keeps servers' files and template for the next run; TEST_DATABASE_OWNER_URL and
TEST_REDIS_URL name real servers instead (the role must be allowed to create databases and roles).
"""

import contextlib
import functools
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg
from psycopg import sql

from config.services import embedded
from config.services.home import REPOSITORY, exclusively
from config.services.postgres import OWNER_ROLE, WEB_ROLE, Postgres, ensure_extensions
from config.services.valkey import Valkey

PREFIX = "zhenxin-test-"
UNSAFE_BUT_FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "200",
}
EXTERNAL_WEB_ROLE = "zhenxin_test_web"
SHAPED_BY = (
    *("*/migrations/*.py", "*/data/*", "*/schedules.py", "*/apps.py", "requirements.txt"),
    *("workplace/partitions.py", "workplace/database_roles.py", "tests/cluster.py", "config/roles.py"),
)


@dataclass(frozen=True)
class Database:
    """One database with everything another process needs to work in it."""

    name: str
    url: str
    owner_url: str
    redis_url: str

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": self.url,
            "DATABASE_OWNER_URL": self.owner_url,
            "REDIS_URL": self.redis_url,
        }


class Cluster:
    def __init__(self) -> None:
        self.kept = bool(os.environ.get("TEST_CLUSTER"))
        self.worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
        self.leads = "PYTEST_XDIST_WORKER" not in os.environ
        self.run = folder_of_this_run()
        self.home = self._kept() or self.run
        self.external_url = os.environ.get("TEST_DATABASE_OWNER_URL")
        self.external_redis = os.environ.get("TEST_REDIS_URL")
        self.postgres = Postgres(self.home, UNSAFE_BUT_FAST)
        self.main_database = f"zx_{os.getpid()}_main"
        self._running = contextlib.ExitStack()
        self._started = False

    def _kept(self) -> Path | None:
        if not self.kept:
            return None
        home = Path(os.environ["TEST_CLUSTER"]).resolve()
        home.mkdir(parents=True, exist_ok=True)
        return home

    def owner_url(self, database: str) -> str:
        if self.external_url:
            return with_database(self.external_url, database)
        return self.postgres.url(OWNER_ROLE, database)

    def web_url(self, database: str) -> str:
        if not self.external_url:
            return self.postgres.url(WEB_ROLE, database)
        host = urlsplit(self.external_url).netloc.rpartition("@")[2]
        password = hashlib.sha256(self.external_url.encode()).hexdigest()[:24]
        return f"postgresql://{EXTERNAL_WEB_ROLE}:{password}@{host}/{database}"

    def redis_url(self, offset: int = 0) -> str:
        if self.external_redis:
            return with_database(self.external_redis, str((2 * self.worker + offset) % 16))
        return Valkey(self.home).url((2 * self.worker + offset) % 64)

    def database(self, name: str, *, redis_offset: int = 0) -> Database:
        return Database(name, self.web_url(name), self.owner_url(name), self.redis_url(redis_offset))

    def admin(self, database: str = "postgres") -> psycopg.Connection:
        if self.external_url:
            return psycopg.connect(with_database(self.external_url, database), autocommit=True)
        return self.postgres.superuser(database)

    def start(self) -> None:
        """Servers up and the template migrated; the second call does nothing."""
        if self._started:
            return
        if not (self.external_url and self.external_redis):
            self._running.enter_context(embedded.in_use(self.home, UNSAFE_BUT_FAST))
        if self.external_url:
            self._ensure_external_web_role()
        self._drop_leavings()
        with exclusively(self.home, "template.lock"):
            self._ensure_template()
        self._started = True

    def finish(self) -> None:
        """The last process out stops the servers; the leader removes what is not to be kept."""
        if self.external_url and self.leads and not self.kept:
            with self.admin() as connection:
                self._drop(connection, template_name())
                with contextlib.suppress(psycopg.errors.DependentObjectsStillExist):
                    connection.execute(
                        sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(EXTERNAL_WEB_ROLE))
                    )
        self._running.close()
        if self.leads:
            for name in ("postgres", "valkey"):
                shutil.rmtree((self.run / name).resolve(), ignore_errors=True)
            shutil.rmtree(self.run, ignore_errors=True)

    @contextlib.contextmanager
    def clone(self, name: str | None = None, *, redis_offset: int = 1) -> Iterator[Database]:
        """A migrated database of one's own, dropped afterwards."""
        self.start()
        name = name or f"zx_{os.getpid()}_{uuid.uuid4().hex[:8]}"
        with self.admin() as connection:
            self._create(connection, name, template_name())
        try:
            yield self.database(name, redis_offset=redis_offset)
        finally:
            with self.admin() as connection:
                self._drop(connection, name)

    def _ensure_template(self) -> None:
        name = template_name()
        with self.admin() as connection:
            if name in databases(connection):
                return
            draft = f"zx_{os.getpid()}_draft"
            self._create(connection, draft, "template1")
            with self.admin(draft) as inside:
                ensure_extensions(inside)
            migrate(self.database(draft))
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*map(sql.Identifier, (draft, name)))
            )

    def _create(self, connection: psycopg.Connection, name: str, template: str) -> None:
        owner = urlsplit(self.owner_url(name)).username or ""
        statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
        connection.execute(statement.format(*map(sql.Identifier, (name, owner, template))))

    def _drop(self, connection: psycopg.Connection, name: str) -> None:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _drop_leavings(self) -> None:
        """Databases of test processes that were killed, and templates of older migrations."""
        with self.admin() as connection:
            for name in databases(connection):
                _, _, rest = name.partition("zx_")
                pid = rest.partition("_")[0]
                if name.startswith("zx_") and pid.isdigit() and not psutil.pid_exists(int(pid)):
                    self._drop(connection, name)
                if self.kept and name.startswith("zxtemplate_") and name != template_name():
                    with contextlib.suppress(psycopg.errors.ObjectInUse):
                        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))

    def _ensure_external_web_role(self) -> None:
        password = urlsplit(self.web_url("postgres")).password
        with self.admin() as connection, exclusively(self.home, "role.lock"):
            known = connection.execute(
                "SELECT 1 FROM pg_roles WHERE rolname = %s", [EXTERNAL_WEB_ROLE]
            ).fetchone()
            statement = sql.SQL(("ALTER" if known else "CREATE") + " ROLE {} LOGIN PASSWORD {}")
            connection.execute(statement.format(sql.Identifier(EXTERNAL_WEB_ROLE), sql.Literal(password)))


def folder_of_this_run() -> Path:
    """One for all its processes, which the first one makes and removes."""
    if known := os.environ.get("ZHENXIN_TEST_RUN"):
        return Path(known)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    folder.chmod(0o755)
    os.environ["ZHENXIN_TEST_RUN"] = str(folder)
    return folder


def with_database(url: str, database: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{database}"))


def databases(connection: psycopg.Connection) -> set[str]:
    return {row[0] for row in connection.execute("SELECT datname FROM pg_database")}


@functools.cache
def template_name() -> str:
    """Changes with every migration, and each month, for which the partitions are made."""
    digest = hashlib.sha256(datetime.now(UTC).strftime("%Y-%m").encode())
    for pattern in SHAPED_BY:
        for path in sorted(REPOSITORY.glob(pattern)):
            if path.is_file():
                digest.update(str(path).encode() + path.read_bytes())
    return f"zxtemplate_{digest.hexdigest()[:16]}"


def migrate(database: Database) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--database=owner", "--verbosity=0"],
        cwd=REPOSITORY,
        env=database.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the migrations fail:\n{done.stdout}{done.stderr}")


def remove_leavings() -> None:
    """Servers and folders of test runs that were killed."""
    for home in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = home.name.removeprefix(PREFIX).partition("-")[0]
        if pid.isdigit() and not psutil.pid_exists(int(pid)) and home.stat().st_uid == os.geteuid():
            with contextlib.suppress(OSError):
                embedded.stop(home)
            shutil.rmtree(home, ignore_errors=True)
