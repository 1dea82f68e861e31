"""What the clock tells without anybody's doing: lists that end, letters that were not answered."""

from datetime import timedelta

import pytest

from audits.models import AgencyLetter
from audits.operations.late_letters import tell_of_late_letters
from tests.factories import AT, TODAY, unique
from workplace.choices import Purpose
from workplace.models import ExportedList, Notice
from workplace.operations.expiring import tell_of_expiring_lists

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def exported(owner, expires_on, **values):
    return ExportedList.objects.create(
        number=unique("L"),
        kind="rectifications",
        owner=owner.staff,
        purpose=Purpose.RECTIFICATION,
        rows=37,
        exported_at=AT,
        expires_on=expires_on,
        **values,
    )


def listed(today):
    tell_of_expiring_lists(today=today, at=AT)
    return [(row.recipient.name, row.detail["number"]) for row in Notice.objects.order_by("pk")]


def test_a_list_is_told_of_once_from_two_days_before_its_end(clerk):
    found = exported(clerk, TODAY)
    assert listed(TODAY - 3 * DAY) == []
    told = [(clerk.staff.name, found.number)]
    assert listed(TODAY - 2 * DAY) == told
    assert listed(TODAY + DAY) == told


def test_a_list_that_was_destroyed_is_left_in_peace(clerk):
    exported(clerk, TODAY, destroyed_at=AT, destroyed_by=clerk.staff)
    assert listed(TODAY) == []


def letter(bank, maker, **values):
    return AgencyLetter.objects.create(
        number=unique("函"),
        agency=bank,
        text="–",
        due_on=TODAY,
        made_by=maker.staff,
        made_at=AT,
        **{"sent_on": TODAY - 10 * DAY, **values},
    )


def late(today):
    tell_of_late_letters(today=today, at=AT)
    return sorted(Notice.objects.values_list("recipient__name", flat=True))


def test_a_letter_is_told_of_the_day_after_it_was_due_to_its_maker_and_the_managers(
    bank, manager, compliance
):
    letter(bank, compliance)
    assert late(TODAY) == []
    both = sorted([manager.staff.name, compliance.staff.name])
    assert late(TODAY + DAY) == both
    assert late(TODAY + 2 * DAY) == both


@pytest.mark.parametrize("values", [{"sent_on": None}, {"answered_on": TODAY}])
def test_a_letter_that_is_not_sent_or_was_answered_is_not_late(values, bank, manager):
    letter(bank, manager, **values)
    assert late(TODAY + DAY) == []
