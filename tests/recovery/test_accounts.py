"""Root drops its rights for the servers; an ordinary user, and a home that only root may enter, work too."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from config.services import embedded
from config.services.accounts import server_account
from config.services.home import ROOTS_DATA
from config.services.postgres import Postgres
from config.services.valkey import Valkey

pytestmark = pytest.mark.slow


@pytest.fixture
def home() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="zhenxin-home-"))
    home.chmod(0o755)
    yield home
    embedded.stop(home)
    for name in ("postgres", "valkey"):
        folder = (home / name).resolve()
        shutil.rmtree(folder, ignore_errors=True)
        if folder.is_relative_to(ROOTS_DATA) and not any(folder.parent.iterdir()):
            folder.parent.rmdir()
    shutil.rmtree(home)


def test_no_server_runs_as_root(home: Path) -> None:
    embedded.start(home)

    for server in (Postgres(home), Valkey(home)):
        who = server.running()
        assert who
        assert psutil.Process(who.pid).uids().effective == server_account().uid != 0


def test_a_home_below_a_private_folder_works(home: Path) -> None:
    home.chmod(0o700)

    embedded.start(home)

    with Postgres(home).superuser("zhenxin") as connection:
        found = connection.execute("SELECT show_trgm('张三丰') <> '{}'").fetchone()
    assert found == (True,)


def test_secrets_are_readable_by_nobody_else(home: Path) -> None:
    embedded.start(home)

    assert (home / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert (home / "postgres").stat().st_mode & 0o777 == 0o700
    known = Postgres(home).url("zhenxin_web").split(":")[2].partition("@")[0]
    assert not [line for line in command_lines() if known in line]


def command_lines() -> list[str]:
    return [" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])]


def test_an_ordinary_user_starts_and_stops_everything(home: Path) -> None:
    prefix = []
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(home, nobody.pw_uid, nobody.pw_gid)
        # reading only: the interpreter may lie in root's own folder
        rights = ["--inh-caps=-all,+dac_read_search", "--ambient-caps=+dac_read_search"]
        prefix = [
            "setpriv",
            f"--reuid={nobody.pw_uid}",
            f"--regid={nobody.pw_gid}",
            "--clear-groups",
            *rights,
        ]
    script = (
        "from config.services.accounts import server_account\n"
        "from config.services.embedded import in_use\n"
        "from config.services.postgres import Postgres\n"
        "from config.services.home import var_dir\n"
        "with in_use():\n"
        "    print(server_account().dropped, Postgres(var_dir()).running() is not None)\n"
        "print(Postgres(var_dir()).running())\n"
    )
    done = subprocess.run(
        [*prefix, sys.executable, "-c", script],
        env={**os.environ, "VAR_DIR": str(home), "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr[-2000:]) == ("False True\nNone\n", "")
