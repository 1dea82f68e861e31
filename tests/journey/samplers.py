"""What compliance, its second officer and a reviewer do about a sample, each in a browser of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, Response, expect

from tests.journey.inspection import Inspector
from tests.journey.people import LONG, Person

OK = 200


@dataclass(frozen=True)
class Terms:
    """What compliance chooses: rates in per cent, as they are typed; `premium` bounds the frame."""

    name: str
    reason: str
    branch: str
    premium: tuple[str, str]
    tolerable: str
    confidence: str
    reviewers: tuple[str, ...]


@dataclass
class Heard:
    """What the server says to this page in words."""

    page: Page
    answers: list[Response] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("response", self.hears)

    def hears(self, answer: Response) -> None:
        if answer.request.resource_type in ("xhr", "fetch") and answer.status == OK:
            self.answers.append(answer)

    def now(self) -> list[str]:
        """What it fetched since the last time, the page as it stands, and as it is sent anew."""
        answers, self.answers[:] = list(self.answers), []
        fetched = [one.text() for one in answers if one.request.headers.get("referer") == self.page.url]
        return [*fetched, self.page.content(), self.page.request.get(self.page.url).text()]


class Sampler(Person):
    """A compliance officer."""

    def chooses_purpose(self, purpose: str) -> None:
        self.opens("/sampling/plans/")
        self.looks("sampling plans")
        self.page.click("a[data-key=n]")
        self.page.wait_for_url("**/sampling/plans/add/")
        self.looks("purposes")
        self.page.click(f"a[href='?purpose={purpose}']")
        self.page.wait_for_url(re.compile(rf"purpose={purpose}"))

    def plans(self, terms: Terms) -> None:
        """By tolerable rate and confidence; the size follows beside, before anything is saved."""
        page = self.page
        page.fill("[name=name]", terms.name)
        page.fill("[name=reason]", terms.reason)
        self.picks("branches", [terms.branch])
        page.fill("[name=issued_within_days]", "")
        for name, amount in zip(("premium_from", "premium_to"), terms.premium, strict=True):
            page.fill(f"[name={name}]", amount)
        page.uncheck("[name=strata][value=channel]")
        page.fill("[name=minimum]", "0")
        page.check("[name=size_by][value=computed]")
        rates = {"tolerable_rate": terms.tolerable, "expected_rate": "0", "confidence": terms.confidence}
        for name, rate in rates.items():
            page.fill(f"[name={name}]", rate)
        page.select_option("[name=period]", "yearly")
        page.fill("[name=working_day]", "1")
        page.fill("[name=deadline_days]", "5")
        page.fill("[name=second_share]", "0")
        self.picks("reviewers", terms.reviewers)

    def picks(self, name: str, labels: Iterable[str]) -> None:
        """Of a list that is folded while it is long."""
        box = self.page.locator(f"details:has([name={name}])")
        if box.count() and box.get_attribute("open") is None:
            box.locator("summary").click()
        for label in labels:
            self.page.locator(f"label:has([name={name}])").filter(has_text=label).locator("input").check()

    def reads_size(self, *, frame: int, drawn: int) -> str:
        """Waits until the right side says so; what it claims to prove."""
        expect(self.page.locator(".zx-plan-n b")).to_have_text(str(drawn))
        expect(self.page.locator(".zx-plan-sum b").first).to_have_text(str(frame))
        return self.page.locator(".zx-plan-claim").inner_text()

    def sends_plan(self) -> str:
        """Asks another person; the address of the plan."""
        self.page.click("button[name=send]")
        self.page.wait_for_url(re.compile(r"/sampling/plans/\d+/$"))
        expect(self.page.locator(".zx-state--proposed").first).to_be_visible()
        assert self.page.locator("[value=approve]").count() == 0, "nobody approves the own plan"
        self.looks("plan that waits")
        return self.page.url

    def approves_plan(self, name: str) -> None:
        self.opens("/sampling/plans/?tab=waiting")
        self.looks("plans that wait")
        self.page.locator("a[data-open]").filter(has_text=name).click()
        self.page.wait_for_selector("[value=approve]")
        self.looks("plan to decide")
        self.page.keyboard.press("a")
        expect(self.page.locator(".zx-state--approved").first).to_be_visible()
        self.looks("plan in force")

    def follows_notice(self, plan: str) -> None:
        """That the frame of the plan is sealed; ends on the page of the draw."""
        self.opens("/notices/")
        self.page.locator("button[data-open]").filter(has_text=plan).first.click()
        self.page.wait_for_url(re.compile(r"/sampling/runs/\d+/"))
        self.looks("draw that waits for a part")

    def gives_part(self, words: str) -> None:
        """The other part of the seed; waits until the sample is drawn."""
        self.page.fill("[name=part]", words)
        self.page.click("form[action$='/seed/'] button")
        expect(self.page.locator(".zx-answer .zx-state--drawn")).to_be_visible(timeout=LONG)

    def brings_forms(self, archive: Path) -> None:
        self.page.set_input_files("#archive", archive)
        self.page.click("form[action$='/images/'] button")
        expect(self.page.locator(".zx-good")).to_be_visible()
        self.inspector.judge(self.page, f"{self.name}: form images")

    def concludes(self, note: str) -> str:
        """What the page says of the whole, as it is sealed."""
        self.page.fill("[name=note]", note)
        self.looks("results to conclude")
        self.page.click("form[action$='/conclude/'] button")
        expect(self.page.locator(".zx-answer .zx-state--concluded")).to_be_visible()
        self.looks("concluded sample")
        return self.page.locator("#results .zx-answer").inner_text()

    def draws_again(self) -> str:
        self.page.click("form[action$='/redraw/'] button")
        panel = self.page.locator("[aria-labelledby=redraw-title]")
        expect(panel).to_be_visible()
        return panel.inner_text()

    def makes_pack(self) -> str:
        """HEAD, as it stands beside the pack."""
        self.page.click("form[action$='/packs/make/'] button")
        expect(self.page.locator("#packs a[download]")).to_be_visible(timeout=LONG)
        self.looks("draw with its pack")
        return self.page.locator("#packs .zx-run-head").inner_text()

    def downloads_pack(self, to: Path) -> Path:
        with self.page.expect_download() as download:
            self.page.click("#packs a[download]")
        download.value.save_as(to)
        return to


class Reviewer(Person):
    """Somebody of another branch who types what forms show."""

    def __init__(self, page: Page, inspector: Inspector, name: str) -> None:
        super().__init__(page, inspector, name)
        self.heard = Heard(page)

    def finds_work(self) -> int:
        """How many samples wait."""
        self.opens("/my-reviews/")
        self.looks("own reviews")
        return self.page.locator("table[data-rows] tbody tr").count()

    def begins(self) -> None:
        self.page.click("a[data-key=s]")
        self.page.wait_for_url(re.compile(r"/sampling/items/\d+/"))

    def has_at_hand(self) -> tuple[str, str] | None:
        """Role and name of the field that is to be typed now."""
        form = self.page.locator("#keying form")
        if not form.count():
            return None
        values = [form.locator(f"[name={name}]").get_attribute("value") for name in ("role", "field")]
        return str(values[0]), str(values[1])

    def types(self, value: str) -> None:
        """With the keyboard alone; the next field has the focus when this one is compared."""
        typed = self.page.locator("#keying tr:not(.zx-sample-now):not(.zx-sample-later)")
        before = typed.count()
        expect(self.page.locator("#typed")).to_be_focused()
        self.page.keyboard.type(value or "-")
        self.page.keyboard.press("Enter")
        expect(typed).to_have_count(before + 1)

    def reads_verdicts(self) -> list[bool]:
        """Of each typed field, whether it is as the system has it."""
        rows = self.page.locator("#keying tr.zx-sample-same, #keying tr.zx-sample-differs").all()
        return ["zx-sample-same" in str(row.get_attribute("class")) for row in rows]

    def finishes(self, *, yes: Sequence[str] = (), note: str = "") -> None:
        """Answers every question of yes or no; those of `yes` with yes, the others do not apply."""
        for question in self.page.locator(".zx-sample-question:has(input[type=radio])").all():
            agreed = any(words in question.inner_text() for words in yes)
            question.locator(f"input[value={'yes' if agreed else 'none'}]").check()
        self.page.fill("#finish-note", note)
        here = self.page.url
        self.page.click("button[form=finish][data-key=s]")
        self.page.wait_for_url(lambda url: url != here)
