"""Lists that left the house: numbered, seen by whom they concern, destroyed with a word."""

from datetime import date

import pytest

from tests.factories import AT
from workplace.exported_lists import is_overdue
from workplace.models import ExportedList
from workplace.operations.exported_lists import ListRefused, confirm_destroyed, register_export

pytestmark = pytest.mark.django_db


def registered(by, **said) -> ExportedList:
    given = {"kind": "rectification", "purpose": "rectification", "rows": 3, "at": AT, "days": 14, **said}
    return register_export(owner=by.fresh(), **given)


def test_its_number_tells_the_day_and_is_given_once(clerk):
    first, second = registered(clerk), registered(clerk)
    assert first.number.startswith("QD-20261120-")
    assert first.number != second.number
    assert first.expires_on == date(2026, 12, 4)


def test_a_list_without_a_purpose_does_not_leave_the_house(clerk):
    with pytest.raises(ListRefused):
        registered(clerk, purpose="")
    assert clerk.client.post("/customers/export/", {"q": ""}).status_code == 302
    assert not ExportedList.objects.exists()


def test_every_export_of_a_list_is_registered(here, clerk):
    assert clerk.client.post("/customers/export/", {"q": "", "purpose": "verification"}).status_code == 200
    assert clerk.client.post("/rectifications/export/", {}).status_code == 200
    kinds = set(ExportedList.objects.values_list("kind", "purpose"))
    assert kinds == {("customer", "verification"), ("rectification", "rectification")}


def test_it_is_overdue_from_the_day_after_its_last_one(clerk):
    found = registered(clerk)
    assert not is_overdue(found, date(2026, 12, 4))
    assert is_overdue(found, date(2026, 12, 5))


def test_whoever_exported_it_confirms_its_destruction_once(clerk):
    found = registered(clerk)
    assert clerk.client.post(f"/exported-lists/{found.pk}/destroyed/", {"note": "已删除"}).status_code == 302
    found.refresh_from_db()
    assert (found.destroyed_by, found.destruction_note) == (clerk.staff, "已删除")
    with pytest.raises(ListRefused):
        confirm_destroyed(exported=found, note="再次", actor=clerk.fresh(), at=AT)


def test_how_it_was_destroyed_is_said(clerk):
    with pytest.raises(ListRefused):
        confirm_destroyed(exported=registered(clerk), note=" ", actor=clerk.fresh(), at=AT)


def test_compliance_confirms_for_others_and_a_manager_does_not(clerk, manager, compliance):
    found = registered(clerk)
    assert manager.client.post(f"/exported-lists/{found.pk}/destroyed/", {"note": "x"}).status_code == 404
    assert confirm_destroyed(exported=found, note="收回碎纸", actor=compliance.fresh(), at=AT).destroyed_at


def test_one_sees_the_own_and_an_auditor_sees_all(clerk, clerk_elsewhere, auditor):
    found = registered(clerk)
    assert found.number in clerk.client.get("/exported-lists/").content.decode()
    assert found.number not in clerk_elsewhere.client.get("/exported-lists/").content.decode()
    page = auditor.client.get("/exported-lists/?tab=all").content.decode()
    assert found.number in page
    assert "destroyed-" not in page
