"""The articles that rules cite, in our own words; loaded as rows, which compliance may amend.

`data/articles.csv` holds them: one line an article, a number that is only inferred marked so, a province
where the text is a local bureau's, and the article that a local text carries out.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).parent / "data" / "articles.csv"


@dataclass(frozen=True)
class ArticleText:
    code: str
    law: str
    number: str
    text: str
    inferred: bool = False
    province: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    carries_out: str = ""


@lru_cache(maxsize=1)
def articles() -> tuple[ArticleText, ...]:
    """The library as it is delivered, in the order of its laws."""
    with DATA.open(encoding="utf-8", newline="") as lines:
        return tuple(_article(row) for row in csv.DictReader(lines))


def _article(row: dict[str, str]) -> ArticleText:
    return ArticleText(
        code=row["code"],
        law=row["law"],
        number=row["number"],
        text=row["text"],
        inferred=row["inferred"] == "1",
        province=row["province"],
        valid_from=_day(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
        carries_out=row["carries_out"],
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
