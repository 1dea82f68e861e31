"""What is installed is the same everywhere: every pin is in the lock, and the lock names no place."""

import re

from config.services.home import REPOSITORY

PIN = re.compile(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==([^\s;]+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    return dict(PIN.findall((REPOSITORY / name).read_text()))


def test_every_pin_is_in_the_lock() -> None:
    wanted = pins("requirements.txt") | pins("requirements-dev.txt")

    assert len(wanted) > 40
    assert {
        name: version for name, version in wanted.items() if pins("requirements.lock").get(name) != version
    } == {}


def test_the_lock_names_no_registry() -> None:
    text = (REPOSITORY / "requirements.lock").read_text()

    assert "://" not in text
    assert "index-url" not in text
