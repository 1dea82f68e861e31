"""What no operation does, the database refuses to the web role too, whatever the statement."""

import pytest
from django.db import DatabaseError, connection, transaction

from audits.operations.corrections import accept_rectification
from tests.factories import AT
from tests.rectification.scenes import in_review
from workplace.choices import Access
from workplace.models import AccessLog, Correction, OutboxEntry
from workplace.operations.access_log import log_access


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError:
        return True
    return False


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE workplace_accesslog SET record_id = 0",
        "DELETE FROM workplace_accesslog",
    ],
)
def test_what_the_access_log_says_stays(statement, clerk):
    log_access(staff=clerk.staff, access=Access.OPEN, record_kind="customer", record_id=7, at=AT)
    assert refused(statement)
    assert AccessLog.objects.filter(record_id=7).count() == 1


@pytest.fixture
def accepted(here, clerk, manager) -> Correction:
    rectification = in_review(here, clerk=clerk, manager=manager)
    accept_rectification(rectification=rectification, actor=manager.fresh(), at=AT)
    return Correction.objects.get()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE workplace_correction SET state = 'draft'",
        "UPDATE workplace_correction SET new_raw = '13900000000'",
        "UPDATE workplace_correction SET proposed_by_id = decided_by_id, decided_by_id = proposed_by_id",
        "UPDATE workplace_outboxentry SET new_value = '13900000000'",
        "DELETE FROM workplace_outboxentry",
        "DELETE FROM workplace_hold",
    ],
)
def test_what_was_accepted_and_sent_stays(statement, accepted):
    before = list(OutboxEntry.objects.values())
    assert refused(statement)
    assert list(OutboxEntry.objects.values()) == before
    assert Correction.objects.get().new_raw == accepted.new_raw
