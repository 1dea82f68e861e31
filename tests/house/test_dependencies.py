"""Every dependency is pinned and says why it is there."""

import re

import pytest

from tests.house.sources import ROOT

REQUIREMENT = re.compile(r"^[a-z0-9][a-z0-9._-]*(\[[a-z0-9,]+\])?==[0-9][^ ]*( ; [^#]+)?\s+# \S.{5,}$")


def unexplained(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if line and not line.startswith(("#", "-r "))]
    return [line for line in lines if not REQUIREMENT.match(line)]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_has_a_pin_and_a_reason(name: str):
    text = (ROOT / name).read_text()
    assert "==" in text
    assert unexplained(text) == []


def test_the_check_sees_a_bare_requirement():
    planted = "django==5.2.19  # the framework\ndjango\nredis>=8  # broker client\npolib==1.2.0\n"
    assert unexplained(planted) == ["django", "redis>=8  # broker client", "polib==1.2.0"]
