"""A wrong or missing setting stops the start and names itself."""

import os
import subprocess
import sys

import pytest

from tests.house.sources import ROOT

GOOD = {
    "DATABASE_URL": "postgres://web:secret@127.0.0.1:5432/zhenxin",
    "DATABASE_OWNER_URL": "postgres://owner:secret@127.0.0.1:5432/zhenxin",
    "REDIS_URL": "redis://:secret@127.0.0.1:6379/0",
    "SECRET_KEY": "k" * 50,
    "ALLOWED_HOSTS": "zhenxin.example.com",
    "DEBUG": "0",
    "DEMO": "0",
}


def start(changes: dict[str, str | None]) -> subprocess.CompletedProcess[str]:
    """Loads the settings in a fresh process, in an environment of nothing but these."""
    given = {name: value for name, value in (GOOD | changes).items() if value is not None}
    environment = {"PATH": os.environ["PATH"], **given}
    command = [sys.executable, "-c", "import config.settings"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def test_good_settings_start():
    done = start({})
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "name, value",
    [
        ("DATABASE_URL", "mysql://web:secret@127.0.0.1/zhenxin"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_OWNER_URL", "sqlite:///zhenxin.db"),
        ("REDIS_URL", None),
        ("REDIS_URL", "http://127.0.0.1"),
        ("SECRET_KEY", None),
        ("SECRET_KEY", "short"),
        ("ALLOWED_HOSTS", None),
        ("DEBUG", "perhaps"),
        ("DEMO", "perhaps"),
        ("EMAIL_URL", "nonsense://"),
        ("PUBLIC_URL", "zhenxin.example"),
    ],
)
def test_a_bad_setting_stops_the_start_and_names_itself(name: str, value: str | None):
    done = start({name: value})
    assert done.returncode != 0
    assert name in done.stderr.splitlines()[-1]
