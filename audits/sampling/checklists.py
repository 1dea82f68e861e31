"""The checklists as they are delivered: one for each purpose and one of the yearly inspection."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from audits.sampling.choices import AnswerKind

DATA = Path(__file__).parent.parent / "data" / "checklists.csv"


@dataclass(frozen=True)
class Question:
    """`code` is the question's own in its version; `article` the code of the article it answers to."""

    code: str
    text: str
    article: str = ""
    kind: str = AnswerKind.YES_NO
    fails: bool = True


@dataclass(frozen=True)
class Delivered:
    code: str
    name: str
    purpose: str
    questions: tuple[Question, ...]


@lru_cache(maxsize=1)
def delivered() -> tuple[Delivered, ...]:
    with DATA.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    heads = {row["checklist"]: row for row in reversed(rows)}
    return tuple(
        Delivered(
            code,
            head["name"],
            head["purpose"],
            tuple(_question(row) for row in rows if row["checklist"] == code),
        )
        for code, head in sorted(heads.items())
    )


def _question(row: dict[str, str]) -> Question:
    return Question(row["code"], row["text"], row["article"], row["kind"], row["fails"] == "1")
