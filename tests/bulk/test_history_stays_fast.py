"""An update of thousands is written down as fast after an update of one as before it."""

import pytest
from django.db import connection

from tests.bulk.scenes import several
from workplace.history_plans import paired_by_the_row

pytestmark = pytest.mark.django_db


def test_every_history_trigger_is_told_not_to_pair_row_by_row():
    assert paired_by_the_row("default") == []


def test_no_row_costs_an_error_inside_its_trigger(here):
    several(here, 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('pgtrigger.ignore')")
        assert cursor.fetchone() == ("{}",)
