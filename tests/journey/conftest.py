"""The running product, everybody logged in with a browser of their own, and the tables beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser

from tests.browser import PATIENCE, SCREEN
from tests.journey.book import Book, PointOfSale, make_book
from tests.journey.figures import Tables
from tests.journey.inspection import Inspector
from tests.journey.people import Person
from tests.live import LiveStack

Someone = TypeVar("Someone", bound=Person)
POINT = """
    SELECT b.number, a.number, a.name, t.number, t.name, o.number, o.name, s.staff_no, s.name
    FROM agents_outlet o
    JOIN agents_outlet t ON t.id = o.parent_id
    JOIN agents_agency a ON a.id = o.agency_id
    JOIN agents_branch b ON b.id = o.branch_id
    JOIN agents_employment e ON e.outlet_id = o.id AND e.valid_to IS NULL
    JOIN agents_salesagent s ON s.id = e.seller_id
    WHERE a.number = 'A001' AND b.number = '00320101'
    ORDER BY o.number, s.staff_no LIMIT 1
"""


@pytest.fixture(scope="module")
def tables(live_stack: LiveStack) -> Iterator[Tables]:
    with Tables(live_stack.database_owner_url) as tables:
        yield tables


@pytest.fixture(scope="module")
def inspector(tables: Tables) -> Inspector:
    return Inspector(tables)


@pytest.fixture(scope="module")
def point(tables: Tables) -> PointOfSale:
    """An outlet of the first bank, where the clerk works."""
    branch, *pairs = (str(value) for value in tables.rows(POINT)[0])
    agency, agency_branch, outlet, seller = zip(pairs[::2], pairs[1::2], strict=True)
    return PointOfSale(branch, agency, agency_branch, outlet, seller)


@pytest.fixture(scope="module")
def book(point: PointOfSale) -> Book:
    return make_book(point=point, today=datetime.now(ZoneInfo("Asia/Shanghai")).date())


@pytest.fixture
def person(
    live_stack: LiveStack, browser_of_all: Browser, inspector: Inspector
) -> Iterator[Callable[..., Person]]:
    """Logs somebody in, in a browser profile of their own."""
    contexts = []

    def come(name: str, kind: type[Someone]) -> Someone:
        context = browser_of_all.new_context(base_url=live_stack.url, viewport=SCREEN, locale="zh-CN")
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        someone = kind(context.new_page(), inspector, name)
        someone.logs_in(live_stack.accounts[name]["password"])
        return someone

    yield come
    for context in contexts:
        context.close()
