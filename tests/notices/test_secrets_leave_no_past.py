"""The secret of a group chat is gone when it is replaced: no history keeps it."""

import pytest
from django.apps import apps
from django.db import connection

from tests.factories import AT
from tests.notices.test_push import DINGTALK, TOKEN, WECOM
from tests.personas import Persona
from workplace.operations.pushing import save_push_target

pytestmark = pytest.mark.django_db


def test_a_replaced_address_is_kept_nowhere_and_who_replaced_it_is(manager: Persona):
    def saved(target, address):
        return save_push_target(
            target=target, name="整改群", address=address, staff=[], active=True, actor=manager.staff, at=AT
        )

    target = saved(None, DINGTALK)
    saved(target, WECOM)
    (past,) = apps.get_model("workplace", "PushTargetEvent").objects.filter(pgh_obj=target)
    assert past.pgh_context.metadata["actor"] == manager.staff.pk
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(past)::text FROM workplace_pushtargetevent AS past")
        assert TOKEN not in "".join(row for (row,) in cursor.fetchall())
