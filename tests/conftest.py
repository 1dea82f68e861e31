"""Every test works as the web role in a clone of one migrated database, started when first needed."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import django
import hypothesis
import pytest

from tests.cluster import Cluster, Database, remove_leavings
from tests.live import LiveStack, found

pytest_plugins = ["tests.personas", "tests.browser", "tests.long"]
CLUSTER = Cluster()
os.environ.update(
    {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        **CLUSTER.database(CLUSTER.main_database).environment(),
        "SECRET_KEY": "only-for-tests-" + "0123456789" * 4,
        "DEMO": "1",
        "DEBUG": "0",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "EMAIL_URL": "memorymail://",
        "MEDIA_ROOT": str(CLUSTER.home / f"media-{os.getpid()}"),
        "VAR_DIR": str(CLUSTER.home / "var"),
    }
)
(CLUSTER.home / "var" / "static").mkdir(parents=True, exist_ok=True)
django.setup()

from django.conf import settings  # noqa: E402  # readable only once the environment is set
from django.db import connections  # noqa: E402  # the same

from customers import editions  # noqa: E402  # the same

# The first text of a process waits for lists to be read; how long a text may take has tests of its own.
hypothesis.settings.register_profile("zhenxin", deadline=None)
hypothesis.settings.load_profile("zhenxin")
editions.hold(editions.DELIVERED)  # without asking the database which prefixes phones have
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_configure() -> None:
    if CLUSTER.leads:
        remove_leavings()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow files go first, that what is quick fills the end; among them those that found no product, which
    all wait for."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    found = {item.path for item in items if "found_at" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: (item.path not in slow, item.path in found))


def pytest_unconfigure() -> None:
    connections.close_all()
    CLUSTER.finish()


def point_django_at(database: Database) -> None:
    """Every connection made from now on, by any thread, goes to that database."""
    connections.close_all()
    for alias, url in (("default", database.url), ("owner", database.owner_url)):
        from config.settings import database as parsed

        found = parsed(alias, url)
        connections.settings[alias].update(
            {key: found[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
        )


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    with CLUSTER.clone(CLUSTER.main_database, redis_offset=0) as database:
        point_django_at(database)
        yield
        with django_db_blocker.unblock():
            connections.close_all()


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[Database]:
    """A database of this test's own, with real commits that other threads and processes see."""
    with CLUSTER.clone() as database, django_db_blocker.unblock():
        point_django_at(database)
        try:
            yield database
        finally:
            connections.close_all()
            point_django_at(CLUSTER.database(CLUSTER.main_database))


@pytest.fixture(scope="session")
def found_at() -> Callable[[Path, int], Path]:
    """Founds a stopped product at a path, with a demo insurer of so many customers; see tests.live.found."""
    return partial(found, CLUSTER.run)


@pytest.fixture(scope="session")
def live_stack(found_at: Callable[[Path, int], Path]) -> Iterator[LiveStack]:
    """The real product with the demo insurer of LIVE_CUSTOMERS (300) customers; see LiveStack."""
    customers = int(os.environ.get("LIVE_CUSTOMERS", "300"))
    stack = LiveStack(found_at(CLUSTER.run / f"live-{os.getpid()}", customers), customers)
    try:
        yield stack.start()
    finally:
        stack.stop()


@pytest.fixture
def transactional_db() -> None:
    """pytest-django's empties tables by TRUNCATE, which the web role may not."""
    pytest.fail("take the fixture committed_db instead of transactional_db or django_db(transaction=True)")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("django_db"):
        if mark.kwargs.get("transaction"):
            pytest.fail("take the fixture committed_db instead of django_db(transaction=True)")
