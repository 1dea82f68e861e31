"""Old notices go every night, by setting; the younger stay, read or not."""

from datetime import timedelta
from unittest.mock import patch

import pytest

from tests.factories import AT
from workplace import tasks
from workplace.models import Notice
from workplace.operations import notices
from workplace.operations.notices import notify, remove_old_notices

pytestmark = pytest.mark.django_db


def told(clerk, days):
    for age in days:
        notify(recipients=[clerk.staff], kind="assigned", key=f"{age}", at=AT - timedelta(days=age))


def left():
    return set(Notice.objects.values_list("key", flat=True))


def test_what_is_older_than_the_setting_goes_in_steps(clerk, settings):
    settings.NOTICE_DAYS = 30
    told(clerk, (0, 30, 31, 400, 500))
    with patch.object(notices, "REMOVED_AT_ONCE", 2):
        assert remove_old_notices(actor=None, at=AT) == 3
    assert left() == {"0", "30"}


def test_nought_keeps_them_all(clerk, settings):
    settings.NOTICE_DAYS = 0
    told(clerk, (0, 4_000))
    assert remove_old_notices(actor=None, at=AT) == 0
    assert left() == {"0", "4000"}


def test_the_nightly_task_does_it(clerk):
    told(clerk, (4_000,))
    tasks.remove_expired()
    assert left() == set()
