"""What stands on a page: can everybody use it, and is it in one language only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from tests.journey.figures import Tables

SERIOUS = {"serious", "critical"}
LANGUAGES = ("zh-hans", "en")
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
LATIN = re.compile(r"[A-Za-z]{2,}")
# Text as a person reads it: also what a field shows and what a mouse or a screen reader is told.
READ_TEXTS = """
() => {
    const texts = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const hidden = 'script, style, noscript, template, [data-record], .material-symbols-outlined, kbd, code';
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!element.closest(hidden) && element.checkVisibility()) texts.push(walker.currentNode.textContent);
    }
    for (const element of document.querySelectorAll('[title], [aria-label], [placeholder]')) {
        if (element.closest('[data-record]') || !element.checkVisibility()) continue;
        for (const name of ['title', 'aria-label', 'placeholder']) {
            texts.push(element.getAttribute(name) || '');
        }
    }
    texts.push(document.title);
    return texts.map(text => text.trim()).filter(text => text);
}
"""
# Words that are the same in both languages, and codes that people say as they are; 男 and 女 are what a
# file may say for a sex, and a refusal names them.
SAME_IN_BOTH = (
    r"[A-Z]{2,3}-\d{3}[a-z]?",  # codes of rules
    r"\b(?=[0-9a-f]*\d)[0-9a-f]{8,64}\b",  # hashes of files
    r"[A-Z]{1,2}[-\dA-Z]*\d[-\dA-Z]*",  # numbers of records
    r"[\w-]+\.(xlsx|csv|png|jpe?g|pdf)",
    r"(?<![A-Za-z])(Excel|CSV|PDF|WPS|UTF-8|GB18030|API|HEAD|zip|MB|KB|Enter|Esc|Ctrl|Shift)(?![A-Za-z])",
    r"\.(xlsx|csv|jpg|zip)\b",
    r"\bCHN\b",  # countries stand by their ISO code
    r"\bClopper–Pearson\b|\bPython\b",  # a method and a program are called by their names
)
ALLOWED = {
    "zh-hans": re.compile("|".join((*SAME_IN_BOTH, r"\bEnglish\b"))),
    "en": re.compile("|".join((*SAME_IN_BOTH, "中文", "[男女]"))),
}
FOREIGN = {"zh-hans": LATIN, "en": HAN}
# Where the records' own words stand: names, addresses, and what people wrote.
RECORD_TEXTS = """
    SELECT column_name, table_name FROM information_schema.columns
    WHERE table_schema = 'public' AND data_type IN ('text', 'character varying')
      AND table_name ~ '^(agents|customers|policies|audits|workplace|authenticity)_' AND table_name !~ 'event'
      AND column_name ~ %(columns)s
"""
COLUMNS = (
    "^(name|name_raw|law|address|address_raw|number|staff_no|username|title|text|note|reason|detail|line"
    "|seller_name|outlet_name|agency_name|agency_branch_name|value_masked)$"
)
MASKED = re.compile(r"[\w一-鿿]*[*＊]+[\w*＊]*")


@dataclass
class Inspector:
    """Gathers what is wrong on the pages that people come by; nothing is said before the end."""

    tables: Tables
    problems: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def look(self, page: Page, name: str) -> None:
        """At the page as it stands, then at the same address in the other language."""
        if name in self.seen:
            return
        self.seen.add(name)
        self.judge(page, name)
        other = page.context.new_page()
        try:
            speak(page.context, "en")
            other.goto(page.url)
            self.reads(other, name, "en")
        finally:
            speak(page.context, "zh-hans")
            other.close()

    def judge(self, page: Page, name: str) -> None:
        """A barrier is one in every language."""
        self.problems += [f"{name}: {said}" for said in barriers(page)]
        self.reads(page, name, "zh-hans")

    def reads(self, page: Page, name: str, language: str) -> None:
        words = foreign_words(page, language, self.known_words)
        if words:  # may have been written since
            self.known_words = record_words(self.tables)
            words = foreign_words(page, language, self.known_words)
        if words:
            self.problems.append(f"{name} ({language}): foreign words {sorted(words)}")

    @cached_property
    def known_words(self) -> tuple[str, ...]:
        return record_words(self.tables)


def speak(context: BrowserContext, language: str) -> None:
    cookie = {"name": "django_language", "value": language, "domain": "localhost", "path": "/"}
    context.add_cookies([cookie])


def barriers(page: Page) -> list[str]:
    """Violations that axe calls serious or critical, each with the element concerned."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{one['impact']} {one['id']} at {[node['target'] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in SERIOUS
    ]


def foreign_words(page: Page, language: str, known: Iterable[str] = ()) -> set[str]:
    """What is in the other script, after the records' own words and what is the same in both."""
    text = MASKED.sub("·", "\n".join(page.evaluate(READ_TEXTS)))
    for word in known:
        if FOREIGN[language].search(word):
            text = text.replace(word, "·")
    return set(FOREIGN[language].findall(ALLOWED[language].sub("·", text)))


def record_words(tables: Tables) -> tuple[str, ...]:
    """The longest first, so that a name inside an address does not tear it apart."""
    words: set[str] = set()
    for column, table in tables.rows(RECORD_TEXTS, columns=COLUMNS):
        words |= {str(row[0]) for row in tables.rows(f'SELECT DISTINCT "{column}" FROM "{table}"')}
    words = {word for word in words if len(word) > 1}
    words |= {str(row[0])[:1] for row in tables.rows("SELECT name FROM workplace_staff")}  # their pictures
    return tuple(sorted(words, key=len, reverse=True))
