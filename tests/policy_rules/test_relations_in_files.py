"""Files may name parents, children, guardians and supported family members without telling which."""

from __future__ import annotations

import pytest

from policies.choices import Relation
from policies.resources import RELATIONS
from workplace.intake.columns import OneOf


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("父母", "parent"),
        ("子女", "child"),
        ("监护人", "guardian"),
        ("抚养人", "supported"),
        ("被扶养人", "supported"),
        ("guardian", "guardian"),
    ],
)
def test_a_cell_is_read_as_its_relation(cell: str, code: str) -> None:
    assert OneOf(RELATIONS).clean(cell) == code


def test_every_relation_has_a_word_in_files_and_no_word_means_two() -> None:
    words = [word for named in RELATIONS.values() for word in named]
    assert set(RELATIONS) == set(Relation)
    assert len(words) == len(set(words))
