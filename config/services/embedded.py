"""The embedded servers as the settings and manage.py see them."""

import contextlib
import fcntl
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from config.services.home import remembered, var_dir
from config.services.postgres import OWNER_ROLE, WEB_ROLE, Postgres
from config.services.valkey import Valkey

__all__ = ["Urls", "in_use", "start", "stop", "urls", "var_dir"]


@dataclass(frozen=True)
class Urls:
    database_url: str
    database_owner_url: str
    redis_url: str
    secret_key: str


def urls() -> Urls:
    """Where the servers are, or will be once started; starts nothing."""
    home = var_dir()
    postgres = Postgres(home)
    return Urls(
        database_url=postgres.url(WEB_ROLE),
        database_owner_url=postgres.url(OWNER_ROLE),
        redis_url=Valkey(home).url(),
        secret_key=remembered(home).secret_key,
    )


def start(home: Path | None = None, postgres_settings: Mapping[str, str] | None = None) -> None:
    """Start both servers, or adopt those that run."""
    home = home or var_dir()
    Postgres(home, postgres_settings or {}).start()
    Valkey(home).start()


def stop(home: Path | None = None) -> None:
    home = home or var_dir()
    Valkey(home).stop()
    Postgres(home).stop()


@contextlib.contextmanager
def in_use(home: Path | None = None, postgres_settings: Mapping[str, str] | None = None) -> Iterator[None]:
    """Servers for one command: started if need be, and stopped by the last one that uses them.

    The demo accounts' password and token go into the environment, where `seed_demo` reads them.
    """
    home = home or var_dir()
    home.mkdir(parents=True, exist_ok=True)
    known = remembered(home)
    os.environ.setdefault("DEMO_PASSWORD", known.demo_password)
    os.environ.setdefault("DEMO_API_TOKEN", known.demo_api_token)
    descriptor = os.open(home / "use.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        start(home, postgres_settings)
        yield
    finally:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass  # another command, or `make run`, still uses them
        else:
            stop(home)
        os.close(descriptor)
