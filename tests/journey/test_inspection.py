"""The inspection of the journey's pages sees what is planted: no silence without a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.journey.inspection import Inspector, barriers, foreign_words
from tests.journey.people import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PLANT = """
html => {
    const planted = document.createElement('div');
    planted.innerHTML = html;
    document.querySelector('main .zx-column').prepend(planted);
}
"""


@pytest.fixture
def someone(person: Callable[..., Any]) -> Person:
    """On a page without a fault."""
    someone: Person = person("clerk", Person)
    someone.opens("/rectifications/")
    return someone


@pytest.mark.parametrize(
    "planted, called",
    [
        ("<img src='/static/zhenxin/favicon.svg'>", "image-alt"),
        ("<input type='text'>", "label"),
        ("<p style='color:#bbb'>灰色的小字看不清</p>", "color-contrast"),
        ("<button type='button'></button>", "button-name"),
    ],
)
def test_a_planted_barrier_is_reported(someone: Person, planted: str, called: str) -> None:
    assert barriers(someone.page) == []

    someone.page.evaluate(PLANT, planted)

    assert [said for said in barriers(someone.page) if called in said] != []


def test_a_word_of_the_other_language_is_reported(someone: Person, inspector: Inspector) -> None:
    assert foreign_words(someone.page, "zh-hans", inspector.known_words) == set()

    someone.page.evaluate(PLANT, "<p>Planted</p><p title='Hovered'>中</p><p hidden>Unseen</p>")

    assert foreign_words(someone.page, "zh-hans", inspector.known_words) == {"Planted", "Hovered"}


def test_the_records_own_words_are_not(someone: Person, inspector: Inspector) -> None:
    """Masked names, numbers, codes of rules, and what is marked as a record's."""
    said = "<p>段** J00001 PH-020 id-card.png</p><p data-record>Smith</p><p>江海银行</p>"

    someone.page.evaluate(PLANT, said)

    assert foreign_words(someone.page, "zh-hans", inspector.known_words) == set()
    assert not {"段", "江海银行"} & foreign_words(someone.page, "en", inspector.known_words)
