"""The people of the journey, each with a browser: what they do, said in one line each."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import APIResponse, Locator, Page, expect

from tests.journey.figures import Unit
from tests.journey.inspection import Inspector

LONG = 300_000
OWNER = "SELECT owner_id FROM audits_rectification WHERE id = %(it)s"


class Person:
    def __init__(self, page: Page, inspector: Inspector, name: str) -> None:
        self.page, self.inspector, self.name = page, inspector, name

    def logs_in(self, password: str) -> None:
        self.page.goto("/login/")
        self.page.fill("#id_username", self.name)
        self.page.fill("#id_password", password)
        self.page.press("#id_password", "Enter")
        self.page.wait_for_url(lambda url: "/login/" not in url)

    def opens(self, path: str) -> None:
        answer = self.page.goto(path)
        assert answer
        assert answer.status == 200, f"{self.name} {path}: {answer.status}"

    def looks(self, called: str) -> None:
        self.inspector.look(self.page, f"{self.name}: {called}")

    def is_told(self, path: str) -> int:
        """The status that this address gives this person."""
        return self.page.request.get(path, max_redirects=0).status

    def posts(self, path: str, **values: str) -> APIResponse:
        """Past the page, as somebody would with a tool of their own."""
        token = next(one["value"] for one in self.page.context.cookies() if one["name"] == "csrftoken")
        form: dict[str, str | float | bool] = {"csrfmiddlewaretoken": token, **values}
        return self.page.request.post(path, form=form, headers={"Referer": self.page.url}, max_redirects=0)

    def searches_customers(self, text: str) -> list[str]:
        self.opens("/customers/")
        self.page.fill("[data-search]", text)
        with self.page.expect_navigation():
            self.page.press("[data-search]", "Enter")
        return self.page.locator("table[data-rows] tbody a[data-open]").all_inner_texts()

    def waits_for(self, rectification: int) -> Locator:
        return self.page.locator(f"tr[data-href='/rectifications/{rectification}/']")


class Clerk(Person):
    def uploads(self, kind: str, file: Path) -> None:
        """Ends on the preview."""
        self.opens("/imports/")
        self.page.select_option("#id_kind", kind)
        self.page.set_input_files("#id_file", file)
        self.page.click("main form[enctype] .zx-btn--primary")
        self.page.wait_for_url(re.compile(r"/imports/\d+/"))
        expect(self.page.locator("form[action$='/confirm/']")).to_be_visible(timeout=LONG)

    def confirms(self) -> None:
        self.page.click("form[action$='/confirm/'] button")
        expect(self.page.locator(".zx-answer .zx-ok")).to_be_visible(timeout=LONG)

    def counts(self, verdict: str) -> int:
        """What the chip of that verdict says on the preview."""
        return int(self.page.locator(f"a.zx-filter[href='?verdict={verdict}'] .zx-count").inner_text())

    def rejected_lines(self) -> dict[int, str]:
        """Line of the file and what is wrong with it, as the preview says."""
        self.page.click("a.zx-filter[href='?verdict=rejected']")
        self.page.wait_for_url(re.compile("verdict=rejected"))
        found: dict[int, str] = {}
        for row in self.page.locator("table[data-rows] tbody tr").all():
            line, *_others, reason = row.locator("td").all_inner_texts()
            if line.strip():
                found[int(line)] = reason.strip()
        return found

    def downloads_errors(self, to: Path) -> Path:
        with self.page.expect_download() as download:
            self.page.click("a[href$='/errors/']")
        download.value.save_as(to)
        return to

    def takes_up(self, rectification: int) -> None:
        self.opens("/rectifications/")
        self.waits_for(rectification).locator("a[data-open]").click()
        self.page.wait_for_url(re.compile(rf"/rectifications/{rectification}/"))

    def types(self, field: str, value: str) -> None:
        box = self.field(field)
        if box.evaluate("element => element.tagName") == "SELECT":
            box.select_option(value)
        else:
            box.fill(value)
            box.press("Tab")

    def hears_no(self, field: str) -> None:
        """The rules' answer stands below the field, before anything is saved."""
        expect(self.answer_to(field).locator("[data-bad]")).to_be_visible()

    def hears_yes(self, field: str) -> None:
        expect(self.answer_to(field).locator(".zx-good")).to_be_visible()

    def field(self, name: str) -> Locator:
        return self.page.locator(f"#bench [name^='v:'][name$=':{name}']").first

    def answer_to(self, field: str) -> Locator:
        return self.page.locator(f"#{self.field(field).get_attribute('aria-describedby')}")

    def says_where_from(self, field: str, channel: str) -> None:
        name = (self.field(field).get_attribute("name") or "").removeprefix("v:")
        self.page.select_option(f"[name='c:{name}']", channel)

    def proves_with(self, image: Path) -> None:
        self.page.set_input_files("#evidence-file", image)
        self.page.click("form[data-evidence] button[type=submit]")
        expect(self.page.locator(".zx-bench-proof")).to_have_count(1)

    def knows_the_will(self, how: str = "call") -> None:
        """The customer applied today; what was only said was read back to the customer."""
        self.page.check(f"#bench [name=will][value={how}]")
        confirmed = self.page.locator("#bench [name=confirmed]")
        if confirmed.is_visible():
            confirmed.check()

    def submits(self) -> None:
        self.knows_the_will()
        here = self.page.url
        self.page.click("button[form=bench][data-key=s]")
        self.page.wait_for_url(lambda url: url != here)


class Manager(Clerk):
    def sweeps(self) -> None:
        """By the button; the page follows the job to its end by itself."""
        self.opens("/findings/")
        self.page.click("form[action$='/sweep/'] button")
        self.page.wait_for_url(re.compile(r"/jobs/\d+/"))
        expect(self.page.locator("[id^=job-]:not([hx-get])")).to_be_visible(timeout=LONG)
        self.page.wait_for_load_state("networkidle")
        self.looks("sweep")

    def assigns(self, rectifications: list[int], *, to: int) -> None:
        """Each by its number on the board: a rule may have given it to somebody already, or be faster now."""
        for pk in rectifications:
            turns = 0
            while self.inspector.tables.one(OWNER, it=pk) != to:
                assert turns < 2, "given to somebody else twice"
                self.gives(pk, to)
                turns += 1

    def gives(self, rectification: int, to: int) -> None:
        self.opens(f"/rectifications/{rectification}/")
        number = self.page.inner_text("h1").rpartition("·")[2].strip()
        self.opens(f"/board/?tab=all&search={number}")
        self.looks("board")
        self.page.check(f"input[data-select][value='{rectification}']")
        expect(self.page.locator("[data-selected-count]").first).to_have_text("1")
        self.page.click("button[data-needs-selection]")
        self.page.check(f"input[name=to][value='{to}']")
        self.page.click("form[method=get] .zx-form-actions button")
        self.looks("assign")
        self.page.click("form[method=post] button[data-key=s]")
        self.page.wait_for_selector("a[data-key=b]")
        self.looks("assigned")

    def accepts(self, rectification: int) -> None:
        self.opens(f"/review/{rectification}/")
        self.page.click("form[action$='/accept/'] button")
        self.page.wait_for_url(lambda url: f"/review/{rectification}/" not in url)

    def returns(self, rectification: int, words: str) -> None:
        self.opens(f"/review/{rectification}/")
        self.looks("review")
        self.page.click("[data-dialog=return]")
        self.page.select_option("#return [name=why]", index=1)
        self.page.fill("#return [name=words]", words)
        self.page.click("#return button[type=submit]")
        self.page.wait_for_url(lambda url: f"/review/{rectification}/" not in url)


class Compliance(Person):
    def reads(self, unit: Unit) -> dict[str, int]:
        """Every number of that unit's line."""
        if not self.page.url.endswith("/performance/"):
            self.opens("/performance/")
        line = self.page.locator(f"table[data-table={unit.by}] tr[data-unit='{unit.pk}']")
        return {
            str(link.get_attribute("data-measure")): int(link.inner_text())
            for link in line.locator("a[data-measure]:visible").all()
        }

    def opens_number(self, unit: Unit, measure: str) -> set[int]:
        """The rows behind one number, over all pages of the list."""
        self.opens("/performance/")
        line = self.page.locator(f"table[data-table={unit.by}] tr[data-unit='{unit.pk}']")
        line.locator(f"a[data-measure={measure}]").click()
        self.page.wait_for_url(re.compile(f"measure={measure}"))
        found: set[int] = set()
        while True:
            rows = self.page.locator("table[data-rows] tbody tr[data-id]")
            found |= {int(row.get_attribute("data-id") or 0) for row in rows.all()}
            older = self.page.locator(".zx-pager a[data-key=']']")
            if not older.count():
                return found
            older.click()
            self.page.wait_for_load_state()
