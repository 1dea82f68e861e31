"""Tests that take long by record: `make test-fast` leaves them out, `make test-times` measures anew.

A new test is quick until it was measured. What waits for real processes says so itself (`slow`, `browser`).
"""

from collections import defaultdict
from pathlib import Path

import pytest

RECORD = Path(__file__).with_name("long.txt")
LONG = 0.4  # seconds of a function with all its cases, setting up included


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-long", action="store_true", help=f"write {RECORD.name} from what this run took")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--write-long") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Times())


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    recorded = set(RECORD.read_text().split())
    for item in items:
        if function_of(item.nodeid) in recorded:
            item.add_marker("long")


def function_of(nodeid: str) -> str:
    return nodeid.partition("[")[0]


class Times:
    """What each function of this run took, written when the run ends well."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[function_of(report.nodeid)] += report.duration

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        if exitstatus == pytest.ExitCode.OK:
            names = sorted(name for name, seconds in self.seconds.items() if seconds >= LONG)
            RECORD.write_text("\n".join(names) + "\n")
