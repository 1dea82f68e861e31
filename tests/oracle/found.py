"""What the oracle finds, and which of it speaks: a rule keeps still where one that it yields to speaks of the same."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "rules.md"
# Fields that a rule looks at beside the one that it points at.
READS = {
    "AD-009": ("id_no",),
    "CT-001": ("mobile", "address"),
    "IC-001": ("id_no",),
    "ID-008": ("id_no", "id_type"),
    "ID-009": ("id_no", "id_type"),
    **{f"ID-00{n}": ("id_type",) for n in (3, 5, 6, 7)},
    "ID-010": ("name",),
    "ID-012": ("id_no",),
    **{f"ID-02{n}": ("id_type",) for n in range(10)},
    "ID-030": ("id_type",),
    "NM-007": ("id_type",),
    **{f"PH-02{n}": ("id_no",) for n in (0, 2, 3, 4, 7)},
    "REQ-002": ("landline",),
    "RB-001": ("sex",),
    "RB-002": ("birth_date",),
    "RB-004": ("sex", "birth_date"),
    "VAL-005": ("id_valid_from",),
    "VAL-009": ("id_valid_from",),
}
# Asked only before a value is written, or at the gate (docs/rules.md, "Rules that are not asked everywhere").
ASKED_BEFORE = frozenset({"AD-003", "AD-012", "CT-002", "PH-004", "PH-011"})
# What only a reviewer of a sample or a call-back finds (policies/rules/sampled.py).
ONLY_PEOPLE_FIND = frozenset({"IMG-001", "MS-003", "PO-002", "PO-003", "SV-001", "SV-002"})
NOT_IN_THE_BOOK = ASKED_BEFORE | ONLY_PEOPLE_FIND
Subject = tuple[str, str, str]
Finding = tuple[str, str, str, str, str]


def yields() -> dict[str, frozenset[str]]:
    """From the reviewed table."""
    found = {}
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) == 12 and re.fullmatch("[A-Z]+-[0-9]{3}", cells[1]):
            found[cells[1]] = frozenset(cells[8].split())
    return found


class Found:
    """`subject` is kind, number and, for one party of a policy, its row."""

    def __init__(self) -> None:
        self._said: defaultdict[Subject, dict[tuple[str, str], str]] = defaultdict(dict)

    def add(self, subject: Subject, rule: str, field: str, part: str = "") -> None:
        self._said[subject][rule, field] = part

    def speaking(self) -> set[Finding]:
        """Rule, kind and number of the subject, field and part, after precedence."""
        above = yields()
        return {
            found for subject, said in self._said.items() for found in _speaking(subject, said, above)
        }  # fmt: skip


def _speaking(
    subject: Subject, said: dict[tuple[str, str], str], above: dict[str, frozenset[str]]
) -> set[Finding]:
    fields: defaultdict[str, set[str]] = defaultdict(set)
    for rule, field in said:
        fields[rule].add(field)
    kind, number, row = subject
    kept = set()
    for (rule, field), part in said.items():
        concerned = {field, *READS.get(rule, ())}
        if not any(fields[other] & concerned for other in above[rule] if other in fields):
            named = f"{row.partition(':')[0]}.{field}" if row else field
            kept.add((rule, kind, number, named, row or part))
    return kept
