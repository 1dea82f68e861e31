"""The full sweep and an oracle written apart find the same, on a generated book with every defect planted.

2,000 customers in every run, since a sweep opens every finding with its history; `ORACLE_SIZE=100000 pytest
tests/oracle` asks of a large book. The oracle knows RULES and docs/rules.md, not one predicate of the product:
100,000 customers took 4.5 minutes on two busy cores, with some 45,000 findings that both told.

| what                                                        | judged from                                  |
| ----------------------------------------------------------- | -------------------------------------------- |
| document numbers, names, phones, credit codes, accounts     | what was written (texts.py)                  |
| validity, ages, relations, shares, sellers, shared contacts | columns, in polars and Python                |
| address: divisions, detail, hash; AD-002                    | the stored facts: no second parser           |
| what an attempt to reach somebody tried (PH-026)            | the hash of the stored normal form           |
| words, relations, names of areas and divisions              | the product's data                           |
| AD-008 by similarity; changes after a form came in (PO-001) | not planted; each has tests of its own       |
| AD-003, AD-012, CT-002, PH-004, PH-011                      | not asked of the book                        |
| IMG-001, MS-003, PO-002, PO-003, SV-001, SV-002            | not asked: samples and call-backs find them  |
"""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

from audits.catalogue import catalogue
from audits.choices import FindingState
from audits.models import Finding
from audits.models.subject import SUBJECT_COLUMNS
from tests.conftest import CLUSTER
from tests.oracle.book import Book, lay
from tests.oracle.contacts import People, judge_contacts, judge_identities
from tests.oracle.contracts import judge_contracts, judge_registers
from tests.oracle.export import exported
from tests.oracle.found import NOT_IN_THE_BOOK, Found
from tests.oracle.found import Finding as Told
from tests.oracle.persons import Words, judge_persons
from tests.sweep.sweeping import sweep
from workplace.choices import JobState

SIZE = int(os.environ.get("ORACLE_SIZE", "2000"))


def test_the_sweep_finds_what_the_oracle_finds(committed_db: Any) -> None:
    with CLUSTER.admin(committed_db.name) as server:
        lay(Book(SIZE, seed=1), server)
        told = by_the_oracle(server)

    job = sweep()

    assert job.state == JobState.DONE, job.error
    assert told ^ by_the_sweep() == set(), differences(told, by_the_sweep())
    assert set(catalogue()) - {found[0] for found in told} <= NOT_IN_THE_BOOK


def by_the_oracle(server: Any) -> set[Told]:
    frames, found = exported(server), Found()
    words, people = Words(frames["words"]), People(frames)
    judge_persons(frames, words, found)
    judge_contacts(people, words, found)
    judge_identities(people, found)
    judge_contracts(frames, people, found)
    judge_registers(frames, found)
    return found.speaking()


def by_the_sweep() -> set[Told]:
    columns = (
        "rule",
        *(f"{column}_id" for column in SUBJECT_COLUMNS.values()),
        "subject_key",
        "field",
        "part",
    )
    kinds = tuple(SUBJECT_COLUMNS)
    found = set()
    for rule, *ids, number, field, part in Finding.objects.filter(state=FindingState.OPEN).values_list(
        *columns
    ):
        kind = next(kind for kind, pk in zip(kinds, ids, strict=True) if pk)
        found.add((rule, kind, number, field, part))
    return found


def differences(told: set[Told], swept: set[Told]) -> str:
    """How many by rule, and three subjects of each by their generated numbers."""
    lines = []
    for who, alone in (("the oracle alone", told - swept), ("the sweep alone", swept - told)):
        for rule, count in sorted(Counter(found[0] for found in alone).items()):
            some = [found[2:] for found in sorted(alone) if found[0] == rule][:3]
            lines.append(f"{who}: {rule} {count} times, as {some}")
    return "\n".join(lines)
