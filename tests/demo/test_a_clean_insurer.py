"""Without planted defects and duplicates nothing of the demo insurer is to be corrected or judged."""

from collections import Counter
from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from django.utils.timezone import localdate

from audits.evaluation import evaluate
from authenticity.choices import Severity, Stage
from config.demo import insurer

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_only_hints_are_left():
    today = localdate(AT)
    with patch.object(insurer, "plant"), patch.object(insurer, "meet_twice"):
        plan = insurer.plan_insurer(customers=150, seed=5, today=today)
    insurer._write_units(plan.units, AT)
    for turn in range(len(insurer.TAKEN_IN_DAYS_AGO)):
        insurer._write_book(plan, turn, AT)

    found = evaluate(stage=Stage.BOOK, today=today)

    told = [(hit.rule.code, hit.field) for hit in found if hit.severity != Severity.INFO]
    assert Counter(told) == Counter()
