"""A clerk corrects ten by keyboard alone: from Home through the list, one typed through an input method."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import CDPSession, Page, expect

from agents.choices import Post
from agents.models import Branch
from audits.choices import RectificationState as State
from audits.models import Rectification
from audits.operations.rectifications import assign_rectification
from tests.browser import SCREEN, Site
from tests.cluster import Database
from tests.factories import make_branch, make_staff
from tests.journey.figures import Tables
from tests.journey.inspection import Inspector
from tests.rectification.scenes import defective, good_mobile
from workplace.choices import CorrectionState, Role
from workplace.models import Correction, Staff

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TEN = 10
NO_DOOR, WITH_DOOR = "江苏省南京市玄武区锦绣花园东侧", "江苏省南京市玄武区珠江路18号602室"
BESIDE_FROM = 6
PROCESS = 229  # what a browser tells of keys that an input method takes


@dataclass
class Keyboard:
    """One person who has no mouse."""

    page: Page
    input_method: CDPSession

    @classmethod
    def of(cls, page: Page) -> Keyboard:
        return cls(page, page.context.new_cdp_session(page))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def opens(self, pk: int) -> None:
        self.page.wait_for_selector(f"#bench[data-number='{pk}']")

    def types(self, text: str) -> None:
        """Into the first faulty field, until the rules have nothing against it."""
        self.press("e")
        self.page.keyboard.type(text)
        self.is_told_yes()

    def is_told_yes(self) -> None:
        expect(self.page.locator(".zx-bench-answer .zx-good").first).to_be_visible()

    def composes(self, halfway: str, text: str) -> None:
        """The keys meanwhile are the input method's: they move, submit and open nothing."""
        self.press("e")
        for end in range(1, len(halfway) + 1):
            shown = {"text": halfway[:end], "selectionStart": end, "selectionEnd": end}
            self.input_method.send("Input.imeSetComposition", shown)
        before = (self.page.url, Correction.objects.count())
        for key in ("s", "j", "n", "d", "?", "1", "Enter"):
            told = {"type": "rawKeyDown", "key": key, "windowsVirtualKeyCode": PROCESS}
            self.input_method.send("Input.dispatchKeyEvent", told)
        self.page.wait_for_timeout(1200)
        assert (self.page.url, Correction.objects.count()) == before
        assert self.page.locator("dialog[open]").count() == 0
        self.input_method.send("Input.insertText", {"text": text})
        self.is_told_yes()

    def hands_in(self) -> None:
        """Leaves the field, says that the customer confirmed it in a call, submits."""
        self.press("Escape", "w", "c", "s")


@pytest.fixture
def inspector(committed_db: Database) -> Iterator[Inspector]:
    with Tables(committed_db.owner_url) as tables:
        yield Inspector(tables)


def staffed() -> tuple[Branch, Staff, Staff]:
    here = make_branch(name="临江中心支公司")
    manager = make_staff(Role.MANAGER, branch=here, name="张主管", post=Post.MANAGEMENT)
    return here, make_staff(Role.CLERK, branch=here, name="段作业"), manager


def ten_of(here: Branch, clerk: Staff, manager: Staff) -> list[Rectification]:
    """The third lacks the door of its address, all others digits of the mobile."""
    rows: list[Rectification] = []
    for turn in range(TEN):
        wrong = {"mobile": good_mobile(), "address": NO_DOOR} if turn == 2 else {}
        customer = defective(here, **wrong)
        found = Rectification.objects.get(customer=customer)
        rows.append(assign_rectification(rectification=found, owner=clerk, actor=manager, at=found.opened_at))
    return sorted(rows, key=lambda row: (row.due_on, row.pk))


def test_ten_are_corrected_by_keyboard_alone(site: Site, inspector: Inspector) -> None:
    here, clerk, manager = staffed()
    rows = ten_of(here, clerk, manager)
    addresses = {row.pk for row in rows if row.findings.filter(field="address").exists()}
    page = site.logged_in(clerk, viewport=SCREEN)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    keys = Keyboard.of(page)
    page.goto("/")

    keys.press("g", "r")
    page.wait_for_selector("tr[data-pk]")
    inspector.look(page, "the list")
    keys.press("?")
    expect(page.locator("dialog#zx-help")).to_be_visible()
    keys.press("Escape", "j", "Enter")
    for place, row in enumerate(rows):
        keys.opens(row.pk)
        if place == BESIDE_FROM:
            goes_on_beside_the_list(keys, row.pk, inspector)
        if row.pk in addresses:
            keys.composes("jiangsu", WITH_DOOR)
        else:
            keys.types(good_mobile())
        if place == 0:
            inspector.look(page, "the workbench")
            keys.opens(row.pk)
        keys.hands_in()

    page.wait_for_selector("#beside .zx-empty")
    assert {row.state for row in Rectification.objects.all()} == {State.IN_REVIEW}
    assert Correction.objects.filter(state=CorrectionState.SUBMITTED).count() == TEN
    assert Correction.objects.get(field="address").new_raw == WITH_DOOR
    assert (errors, inspector.problems) == ([], [])


def goes_on_beside_the_list(keys: Keyboard, pk: int, inspector: Inspector) -> None:
    keys.press("g", "r")
    keys.page.wait_for_selector("tr[data-pk]")
    while not keys.page.locator(f"tr.zx-row-at[data-pk='{pk}']").count():
        keys.press("j")
    keys.press("o")
    keys.opens(pk)
    inspector.look(keys.page, "beside the list")
    keys.opens(pk)
