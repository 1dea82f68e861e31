"""The folder of the embedded servers (`var/`, or VAR_DIR) and what is remembered in it."""

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from config.services.accounts import Account, ServiceError
from config.services.processes import free_port

REPOSITORY = Path(__file__).resolve().parent.parent.parent
ROOTS_DATA = Path("/var/lib/zhenxin")


@dataclass(frozen=True)
class Remembered:
    """Passwords and ports of this home; stored with mode 0600."""

    secret_key: str
    postgres_password: str
    owner_password: str
    web_password: str
    valkey_password: str
    demo_password: str
    demo_api_token: str
    postgres_port: int
    valkey_port: int


def var_dir() -> Path:
    return Path(os.environ.get("VAR_DIR") or REPOSITORY / "var").resolve()


def invented() -> dict[str, str | int]:
    return {
        "secret_key": secrets.token_urlsafe(50),
        "postgres_password": secrets.token_urlsafe(24),
        "owner_password": secrets.token_urlsafe(24),
        "web_password": secrets.token_urlsafe(24),
        "valkey_password": secrets.token_urlsafe(24),
        "demo_password": f"Zhenxin-{secrets.token_hex(4)}",
        "demo_api_token": secrets.token_urlsafe(32),
        "postgres_port": free_port(),
        "valkey_port": free_port(),
    }


def remembered(home: Path) -> Remembered:
    """What this home remembers; invented on first use, by one process only."""
    path = home / "secrets.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    names = {each.name for each in fields(Remembered)}
    if names <= known.keys():
        return Remembered(**{name: known[name] for name in names})
    with exclusively(home, "secrets.lock"):
        known = {**invented(), **(json.loads(path.read_text()) if path.exists() else {})}
        write_private(home / f".secrets.{os.getpid()}.json", known).replace(path)
    return Remembered(**{name: known[name] for name in names})


def remember_ports(home: Path, *, postgres: int | None = None, valkey: int | None = None) -> Remembered:
    known = remembered(home)
    changed = replace(
        known, postgres_port=postgres or known.postgres_port, valkey_port=valkey or known.valkey_port
    )
    if changed != known:
        write_private(home / f".secrets.{os.getpid()}.json", asdict(changed)).replace(home / "secrets.json")
    return changed


def write_private(path: Path, content: object) -> Path:
    """JSON that only we can read, also while it is being written."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as target:
        json.dump(content, target, indent=1, ensure_ascii=False)
    return path


def server_folder(home: Path, name: str, account: Account) -> Path:
    """A folder for one server's files, owned by its account.

    An account that cannot walk to `home` (root's private folder) gets one below /var/lib, linked from home.
    """
    link = home / name
    if not account.reaches(home):
        digest = hashlib.sha256(str(home).encode()).hexdigest()[:12]
        base = ROOTS_DATA / digest
        base.mkdir(parents=True, exist_ok=True)
        ROOTS_DATA.chmod(0o755)
        base.chmod(0o755)
        target = base / name
        if link.is_dir() and not link.is_symlink():
            raise ServiceError(
                f"the account of the servers can no longer walk to {home}; open its parents (chmod +x)"
            )
        if not link.is_symlink():
            link.symlink_to(target)
        link = target
    link.mkdir(mode=0o700, parents=True, exist_ok=True)
    account.own(link)
    return link


@contextlib.contextmanager
def exclusively(home: Path, name: str = "start.lock") -> Iterator[None]:
    """One process at a time starts or stops the servers of this home."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / name).open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
