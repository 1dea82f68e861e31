"""The main job, end to end, in a browser: from a file of customers to closed rectifications."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.journey.book import GOOD, MISSHAPEN, UNTRUE, Book, PointOfSale, contracts, mend, write_workbook
from tests.journey.figures import MEASURES, Tables, Unit
from tests.journey.inspection import Inspector
from tests.journey.people import Clerk, Compliance, Manager

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Come = Callable[..., Any]
ALL = GOOD + MISSHAPEN


@dataclass
class Story:
    """What everybody in the journey has before them."""

    book: Book
    point: PointOfSale
    tables: Tables
    folder: Path

    def customer(self, name: str) -> int:
        number = self.book.untrue[name]
        return self.pk("SELECT id FROM customers_customer WHERE number = %(it)s", number)

    def rectification(self, name: str) -> int:
        return self.pk("SELECT id FROM audits_rectification WHERE customer_id = %(it)s", self.customer(name))

    def state(self, name: str) -> object:
        sql = "SELECT state FROM audits_rectification WHERE customer_id = %(it)s"
        return self.tables.one(sql, it=self.customer(name))

    def recorded(self, name: str, column: str) -> object:
        sql = f"SELECT {column}_raw FROM customers_customer WHERE id = %(it)s"
        return self.tables.one(sql, it=self.customer(name))

    def staff(self, login: str) -> int:
        return self.pk("SELECT id FROM workplace_staff WHERE username = %(it)s", login)

    def units(self) -> list[Unit]:
        agency = self.pk("SELECT id FROM agents_agency WHERE number = %(it)s", self.point.agency[0])
        city = self.pk("SELECT id FROM agents_branch WHERE number = %(it)s", self.point.branch[:6])
        return [Unit("agency", agency), Unit("branch", city)]

    def pk(self, sql: str, it: object) -> int:
        return int(str(self.tables.one(sql, it=it)))


def test_from_a_file_to_closed_rectifications(
    person: Come, book: Book, point: PointOfSale, tables: Tables, inspector: Inspector, tmp_path: Path
) -> None:
    story = Story(book, point, tables, tmp_path)
    compliance: Compliance = person("compliance", Compliance)
    before = {unit: the_figures_are_those_of_the_tables(compliance, unit, story) for unit in story.units()}
    clerk: Clerk = person("clerk", Clerk)
    the_customers_come_in(clerk, story)
    their_policies_come_in(clerk, story)
    manager: Manager = person("manager", Manager)
    each_untruth_is_found(manager, story)
    another_branch_sees_nothing_of_it(clerk, person("clerk2", Clerk), story)
    names = ["short mobile", "check digit", "no phone"]
    manager.assigns([story.rectification(name) for name in names], to=story.staff("clerk"))
    a_wrong_number_is_corrected(clerk, story)
    a_new_document_number_needs_its_image(clerk, story)
    a_phone_is_added(clerk, story)
    nobody_accepts_the_own_correction(clerk, manager, story)
    one_is_returned_and_one_accepted(manager, clerk, story)
    for unit in story.units():
        after = the_figures_are_those_of_the_tables(compliance, unit, story)
        moved = {measure: after[measure] - before[unit][measure] for measure in MEASURES}
        still = len(UNTRUE) - 1
        assert moved == {
            "scope": ALL, "defective": still, "missing": 2, "false": 3, "touched": 0,
            "open": still, "overdue": 0, "closed": 1, "on_time": 1,
        }  # fmt: skip
        each_number_opens_its_rows(compliance, unit, story)
    assert inspector.problems == []


def the_figures_are_those_of_the_tables(compliance: Compliance, unit: Unit, story: Story) -> dict[str, int]:
    compliance.opens("/performance/")
    compliance.looks("figures")
    read = compliance.reads(unit)
    assert read == story.tables.figures(unit)
    return read


def the_customers_come_in(clerk: Clerk, story: Story) -> None:
    """Good rows enter; misshapen ones come back with reasons, are mended and enter too."""
    file = write_workbook(story.folder / "customers.xlsx", "customers", story.book.written)
    clerk.uploads("customers", file)
    assert (clerk.counts("new"), clerk.counts("rejected")) == (GOOD, MISSHAPEN)
    clerk.looks("preview")
    rejected = clerk.rejected_lines()
    assert list(rejected) == [3 + place * 29 for place in range(MISSHAPEN)]
    assert all(rejected.values())
    assert story.tables.one("SELECT count(*) FROM customers_customer WHERE number LIKE 'J%%'") == 0
    clerk.confirms()
    clerk.looks("written")
    errors = clerk.downloads_errors(story.folder / "errors.xlsx")
    assert mend(errors, story.book) == MISSHAPEN
    clerk.uploads("customers", errors)
    assert (clerk.counts("new"), clerk.counts("rejected")) == (MISSHAPEN, 0)
    clerk.confirms()


def their_policies_come_in(clerk: Clerk, story: Story) -> None:
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    for kind, rows in contracts(story.book, story.point, today).items():
        clerk.uploads(kind, write_workbook(story.folder / f"{kind}.xlsx", kind, rows))
        assert (clerk.counts("new"), clerk.counts("rejected")) == (len(rows), 0)
        clerk.confirms()
    clerk.opens("/imports/")
    clerk.looks("imports")


def each_untruth_is_found(manager: Manager, story: Story) -> None:
    manager.sweeps()
    found = story.tables.rows(
        "SELECT c.number, f.rule FROM audits_finding f JOIN customers_customer c ON c.id = f.customer_id"
        " WHERE c.number LIKE 'J%%' AND f.state = 'open' AND f.severity IN ('BLOCK', 'ERROR')"
    )
    assert set(found) == {(story.book.untrue[name], code) for name, (_c, _v, code) in UNTRUE.items()}
    manager.opens("/findings/")
    manager.looks("findings")


def another_branch_sees_nothing_of_it(clerk: Clerk, stranger: Clerk, story: Story) -> None:
    """By list, search, number in the address; what the clerk here does see."""
    number, name = (
        story.book.untrue["short mobile"],
        story.book.truth(story.book.untrue["short mobile"])["name"],
    )
    batch = story.tables.one("SELECT max(id) FROM workplace_importbatch")
    paths = [f"/customers/{story.customer('short mobile')}/", f"/imports/{batch}/"]
    paths += [f"/rectifications/{story.rectification('short mobile')}/"]
    assert [clerk.is_told(path) for path in paths] == [200, 200, 200]
    assert clerk.searches_customers(number) == [number]
    assert number in clerk.searches_customers(name)
    clerk.looks("customers")

    assert [stranger.is_told(path) for path in paths] == [404, 404, 404]
    assert stranger.searches_customers(number) == []
    assert number not in stranger.searches_customers(name)
    for listed in ("/customers/", "/policies/", "/findings/", "/rectifications/?whose=all", "/imports/"):
        stranger.opens(listed)
        assert "J000" not in stranger.page.inner_text("main")


def a_wrong_number_is_corrected(clerk: Clerk, story: Story) -> None:
    """The rules answer while it is typed; the book keeps the old number."""
    true = story.book.truth(story.book.untrue["short mobile"])
    clerk.opens("/rectifications/")
    clerk.looks("queue")
    clerk.takes_up(story.rectification("short mobile"))
    clerk.looks("workbench")
    clerk.types("mobile", "1385512999")
    clerk.hears_no("mobile")
    clerk.types("mobile", true["mobile"])
    clerk.hears_yes("mobile")
    clerk.says_where_from("mobile", "phone")
    assert story.recorded("short mobile", "mobile") == UNTRUE["short mobile"][1]
    clerk.submits()
    assert story.state("short mobile") == "in_review"
    assert story.recorded("short mobile", "mobile") == UNTRUE["short mobile"][1]


def a_new_document_number_needs_its_image(clerk: Clerk, story: Story) -> None:
    """The page says that the number does not add up, never what would make it pass."""
    true = story.book.truth(story.book.untrue["check digit"])
    pk = story.rectification("check digit")
    clerk.opens(f"/rectifications/{pk}/")
    assert true["id_no"] not in clerk.page.content()
    clerk.types("id_no", true["id_no"])
    clerk.hears_yes("id_no")
    clerk.says_where_from("id_no", "document")
    clerk.knows_the_will("signed")
    clerk.page.click("button[form=bench][data-key=s]")
    expect(clerk.page.locator(".zx-message--error")).to_have_count(1)
    assert story.state("check digit") == "in_progress"
    image = story.folder / "id-card.png"
    Image.new("RGB", (640, 404), (236, 241, 246)).save(image)
    clerk.proves_with(image)
    clerk.looks("evidence")
    clerk.submits()
    assert story.state("check digit") == "in_review"


def a_phone_is_added(clerk: Clerk, story: Story) -> None:
    clerk.opens(f"/rectifications/{story.rectification('no phone')}/")
    clerk.types("mobile", story.book.truth(story.book.untrue["no phone"])["mobile"])
    clerk.hears_yes("mobile")
    clerk.says_where_from("mobile", "phone")
    clerk.submits()
    assert story.state("no phone") == "in_review"


def nobody_accepts_the_own_correction(clerk: Clerk, manager: Manager, story: Story) -> None:
    """Neither the clerk nor a manager who corrected: by page, in bulk, by address."""
    pk = story.rectification("short mobile")
    assert [clerk.is_told(path) for path in ("/review/", f"/review/{pk}/")] == [403, 403]
    assert clerk.posts("/review/accept/", id=str(pk)).status == 403
    assert clerk.posts(f"/review/{pk}/accept/").status == 403
    assert story.state("short mobile") == "in_review"

    pk = story.rectification("placeholder")
    manager.assigns([pk], to=story.staff("manager"))
    manager.takes_up(pk)
    manager.types("mobile", story.book.truth(story.book.untrue["placeholder"])["mobile"])
    manager.says_where_from("mobile", "phone")
    manager.submits()
    manager.opens(f"/review/{pk}/")
    assert manager.page.locator("form[action$='/accept/']").count() == 0
    manager.posts("/review/accept/", id=str(pk))
    manager.posts(f"/review/{pk}/accept/")
    assert story.state("placeholder") == "in_review"


def one_is_returned_and_one_accepted(manager: Manager, clerk: Clerk, story: Story) -> None:
    manager.opens("/review/")
    manager.looks("reviews")
    manager.returns(story.rectification("no phone"), "请注明与谁通话。")
    assert story.state("no phone") == "returned"
    assert story.recorded("no phone", "mobile") == ""
    manager.accepts(story.rectification("short mobile"))
    assert story.state("short mobile") == "closed"
    true = story.book.truth(story.book.untrue["short mobile"])
    assert story.recorded("short mobile", "mobile") == true["mobile"]

    clerk.takes_up(story.rectification("no phone"))
    assert "请注明与谁通话。" in clerk.page.inner_text("main")
    clerk.opens(f"/customers/{story.customer('short mobile')}/")
    clerk.looks("customer")


def each_number_opens_its_rows(compliance: Compliance, unit: Unit, story: Story) -> None:
    for measure in MEASURES:
        assert compliance.opens_number(unit, measure) == story.tables.ids(unit, measure), measure
        compliance.looks(f"list of {measure}")
