"""A manager gives all of one clerk's 12,000 to two others, sees what became of it, and undoes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from playwright.sync_api import expect

from tests.journey.figures import Tables
from tests.journey.inspection import Inspector
from tests.journey.people import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Come = Callable[..., Any]
MANY = 12_000
MINUTES = 240_000
NOTE = "林小雨调岗，全部移交"
COLUMNS = """
    SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
    WHERE table_name = 'customers_customer' AND column_name NOT IN ('id', 'number') AND is_generated = 'NEVER'
"""
COPIES = """
    INSERT INTO customers_customer (number, {columns})
    SELECT 'BULK' || n, {columns} FROM generate_series(1, %(many)s) AS n,
           (SELECT * FROM customers_customer ORDER BY id LIMIT 1) AS one
"""
OPENED = """
    INSERT INTO audits_rectification
           (number, customer_id, branch_id, state, due_on, due_from, added_days, opened_at, closing_cause,
            proposed_end, draft_note, reopened, version, will, applicant)
    SELECT 'BULK-' || c.id, c.id, b.id, 'open', current_date + 9, current_date + 9, 0, now(), '',
           '', '', 0, 1, '', ''
    FROM customers_customer c, agents_branch b WHERE c.number ~ '^BULK' AND b.number = '0032'
"""
GIVEN = """
    UPDATE audits_rectification SET state = 'assigned', assigned_at = now(), owner_id = s.id, version = 2
    FROM workplace_staff s WHERE s.username = 'clerk' AND audits_rectification.number ~ '^BULK-'
"""
HELD = """
    SELECT s.username, count(*) FROM audits_rectification r JOIN workplace_staff s ON s.id = r.owner_id
    WHERE r.number ~ '^BULK-' GROUP BY 1
"""
IN_HAND = """
    SELECT count(*) FROM audits_rectification r JOIN workplace_staff s ON s.id = r.owner_id
    WHERE s.username = 'clerk' AND r.state <> 'closed'
"""
LINES = """
    SELECT count(*) FROM audits_timelineentry t JOIN audits_rectification r ON r.id = t.rectification_id
    WHERE r.number ~ '^BULK-' AND t.action = 'reassign' AND t.reason = %(note)s
"""


@pytest.fixture(scope="module")
def heaps(tables: Tables) -> None:
    """What a manager finds after a hundred thousand customers came in: more than one page could tick."""
    columns = str(tables.one(COLUMNS))
    with psycopg.connect(tables.url) as connection:
        connection.execute(COPIES.replace("{columns}", columns), {"many": MANY})
        connection.execute(OPENED)
        connection.execute(GIVEN)


class Leader(Person):
    def number(self, selector: str) -> int:
        text = self.page.locator(selector).inner_text()
        return int(re.sub(r"\D", "", text))

    def opens_all_of(self, name: str) -> int:
        """By the number beside the name, which opens exactly so many."""
        self.opens("/board/")
        row = self.page.locator("tr[data-drop-to]", has_text=name)
        row.locator("a").first.click()
        self.page.wait_for_url(re.compile("owner="))
        return self.number(".zx-board-matching strong")

    def gives_all_to(self, *names: str, note: str) -> None:
        self.page.click(".zx-board-matching a[href*='kind=reassign']")
        for name in names:
            self.page.locator(".zx-board-taker label", has_text=name).locator("input").check()
        self.page.click("#asked button[data-key=p]")
        self.page.fill("#bulk-note", note)
        self.looks("preview of a bulk action")
        self.page.click("form[method=post] button[data-key=s]")

    def waits_for_the_end(self) -> int:
        """How many were done, as the page says once it has loaded itself anew."""
        self.page.wait_for_url(re.compile(r"/bulk/\d+/"))
        expect(self.page.locator("#bulk-progress[hx-get]")).to_have_count(0, timeout=MINUTES)
        self.page.reload()
        return self.number("[data-done]")


def test_twelve_thousand_go_over_and_come_back(
    person: Come, heaps: None, tables: Tables, inspector: Inspector
) -> None:
    in_hand = int(str(tables.one(IN_HAND)))
    manager: Leader = person("manager", Leader)
    assert manager.opens_all_of("林小雨") == in_hand >= MANY
    manager.looks("board of one clerk")
    manager.gives_all_to("何志远", "周敏", note=NOTE)
    assert manager.waits_for_the_end() == in_hand
    manager.looks("result of a bulk action")
    held = {str(name): int(str(n)) for name, n in tables.rows(HELD)}
    assert sum(held.values()) == MANY
    assert set(held) == {"clerk3", "manager"}
    assert tables.one(LINES, note=NOTE) == MANY
    manager.page.click("button[data-key=u]")
    assert manager.waits_for_the_end() == in_hand
    assert tables.rows(HELD) == [("clerk", MANY)]
    manager.opens("/bulk/")
    manager.looks("list of bulk actions")
    assert inspector.problems == []
