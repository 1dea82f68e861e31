"""What compliance, a clerk and a manager do about rules, shared contacts, gates and duplicates."""

from __future__ import annotations

import re
from datetime import date

from playwright.sync_api import expect

from tests.journey.people import LONG, Clerk, Manager, Person


class Asker(Person):
    def asks_gate(self, policy: int, gate: str) -> int:
        """The answer's number."""
        self.opens(f"/policies/{policy}/")
        self.page.select_option("[name='gate']", gate)
        self.page.click("form[action$='/gate/'] button")
        self.page.wait_for_url(re.compile(r"/gates/\d+/"))
        return int(self.page.url.rstrip("/").rpartition("/")[2])


class RuleMaker(Asker):
    """A compliance officer."""

    def drafts_threshold(self, code: str, name: str, value: int, why: str) -> None:
        """From the list of rules to the page of the change, once it is measured."""
        self.opens("/rules/")
        self.looks("rules")
        self.page.fill("[data-search]", code)
        self.page.press("[data-search]", "Enter")
        self.page.wait_for_url(re.compile(rf"search={code}"))
        self.page.click(f"a[data-open]:has-text('{code}')")
        self.page.wait_for_url(f"**/rules/of/{code}/")
        self.looks("rule")
        self.page.keyboard.press("e")
        self.page.wait_for_url(f"**/rules/of/{code}/edit/")
        self.looks("edit of a rule")
        self.page.fill(f"[name='threshold-{name}']", str(value))
        self.page.fill("[name='reason']", why)
        self.page.click("#rule-form button[type='submit']")
        self.page.wait_for_url(re.compile(r"/rule-changes/\d+/"))
        expect(self.page.locator("#effect-opened")).to_be_visible(timeout=LONG)

    def reads_effect(self) -> tuple[int, int]:
        """What the change would open and close in the whole book."""
        self.page.wait_for_load_state("networkidle")
        texts = [self.page.inner_text(f"#effect-{name}") for name in ("opened", "closed")]
        return int(texts[0].replace(",", "")), int(texts[1].replace(",", ""))

    def sends(self) -> str:
        """Asks for approval; the address of the change."""
        self.page.keyboard.press("s")
        expect(self.page.locator(".zx-state--proposed")).to_be_visible()
        assert self.page.locator("[data-key='a']").count() == 0, "nobody approves the own change"
        self.looks("change that waits")
        return self.page.url

    def approves(self, change: str) -> None:
        self.opens("/rule-changes/")
        self.looks("changes")
        self.page.click("a[data-open]")
        self.page.wait_for_url(change)
        self.page.keyboard.press("a")
        expect(self.page.locator("[data-key='w']")).to_be_visible()
        self.looks("approved change")

    def sweeps_its_rules(self) -> None:
        self.page.keyboard.press("w")
        self.page.wait_for_url(re.compile(r"/jobs/\d+/"))
        expect(self.page.locator("[id^=job-]:not([hx-get])")).to_be_visible(timeout=LONG)
        self.page.wait_for_load_state("networkidle")
        self.opens("/sweeps/")
        self.looks("sweeps")

    def tries(self, kind: str, value: str) -> str:
        """What the box answers about one value or one customer."""
        self.opens("/rules/try/")
        self.page.select_option("[name='kind']", kind)
        self.page.fill("[name='value']", value)
        self.page.press("[name='value']", "Enter")
        expect(self.page.locator("#tried .zx-card, #tried .zx-good").first).to_be_visible()
        assert value not in self.page.url
        self.inspector.judge(self.page, f"{self.name}: tried {kind}")
        return self.page.inner_text("#tried")

    def overrides(self, why: str) -> None:
        self.page.fill("#reason", why)
        self.page.click("form[action$='/override/'] button")
        self.page.wait_for_selector("form[action$='/override/']", state="detached")

    def finds_duplicates(self) -> None:
        """Searches the whole book and waits for the end of the job."""
        self.opens("/duplicates/")
        self.page.keyboard.press("f")
        self.page.wait_for_load_state("networkidle")
        running = self.page.locator(".zx-answer a[href^='/jobs/']")
        if running.count():
            running.click()
            expect(self.page.locator("[id^=job-]:not([hx-get])")).to_be_visible(timeout=LONG)

    def says_two_people(self, numbers: str, why: str) -> None:
        """Of the pair with these customer numbers, looked at side by side."""
        self.opens("/duplicates/")
        self.looks("duplicates")
        self.page.locator("tbody tr").filter(has_text=numbers).locator("a[data-open]").click()
        self.page.wait_for_url(re.compile(r"/duplicates/\d+/"))
        self.looks("pair")
        self.page.click("[data-dialog=distinct]")
        self.page.fill("#distinct [name=reason]", why)
        self.page.click("#distinct button[type=submit]")
        self.page.wait_for_selector("#distinct", state="detached")


class ContactClerk(Clerk):
    def opens_cluster(self, value_hash: str) -> str:
        """From the list of shared mobiles; the address of its page."""
        self.opens("/shared-contacts/?field=mobile")
        self.looks("shared contacts")
        self.page.click(f"a[data-open][href$='/{value_hash}/']")
        self.page.wait_for_url(f"**/shared-contacts/mobile/{value_hash}/")
        self.looks("cluster")
        return self.page.url

    def says_family(self, number: str, why: str, until: date) -> None:
        row = self.page.locator("tbody tr").filter(has_text=number)
        row.locator("button[data-dialog$='-family']").click()
        dialog = self.page.locator("dialog[open]")
        self.looks("family dialog")
        dialog.locator("[name='reason']").fill(why)
        dialog.locator("[name='expires_on']").fill(until.isoformat())
        dialog.locator("button[type=submit]").click()
        expect(row.locator("[data-dialog]")).to_have_count(0)

    def reads_states(self) -> dict[str, bool]:
        """Customer number of each member of the cluster, and whether one may still decide about it."""
        return {
            row.locator(".zx-code").first.inner_text(): row.locator("[data-dialog]").count() > 0
            for row in self.page.locator("table[data-rows] tbody tr").all()
        }


class Approver(Manager, Asker):
    def approves_exemption(self, number: str) -> None:
        self.opens("/exemptions/")
        self.looks("exemptions")
        row = self.page.locator("tbody tr").filter(has_text=number)
        row.locator("[data-dialog]").click()
        self.looks("decision on an exemption")
        self.page.click("dialog[open] button[value=approve]")
        expect(self.page.locator("tbody tr").filter(has_text=number)).to_have_count(0)
        self.opens("/exemptions/?tab=holding")
        expect(self.page.locator("tbody tr").filter(has_text=number)).to_have_count(1)
        self.looks("exemptions in force")
