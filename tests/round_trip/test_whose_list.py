"""Who takes out what, and what a file may do to whoever reads it."""

import io
import zipfile
from datetime import timedelta

import openpyxl
import pytest

from audits.models import Rectification, WorklistLine
from audits.operations.rectifications import assign_rectification
from audits.operations.round_trip import apply_list
from audits.operations.sweep import resweep_subjects
from tests.factories import AT, make_customer, make_policy, make_seller
from tests.rectification.scenes import SHORT, given, good_mobile
from tests.round_trip.scenes import LATER, brought_back, file_of, fill, read, taken_out, tried, uploaded
from workplace.models import AccessLog
from workplace.operations.exported_lists import ListRefused

pytestmark = pytest.mark.django_db


def sold_by(agency, branch) -> Rectification:
    customer = make_customer(home_branch=branch, mobile=SHORT)
    make_policy(holder=customer, seller=make_seller(branch=branch, agency=agency), agency=agency)
    resweep_subjects(customer_ids=[customer.pk], at=AT, actor=None)
    return Rectification.objects.get(customer=customer)


def test_the_list_is_numbered_logged_and_says_what_it_is(here, clerk, manager):
    given(here, clerk, manager)
    response = clerk.client.post("/rectifications/lists/take-out/")
    assert response.status_code == 200
    row = read(response.content)[0]
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    about = {str(line[0].value): str(line[1].value) for line in book.worksheets[1].iter_rows()}
    assert row["list"] in about.values()
    assert clerk.staff.name in about.values()
    assert row["list"] in book.worksheets[0].oddFooter.left.text
    assert AccessLog.objects.filter(
        staff_id=clerk.staff.pk, access="export", purpose="rectification"
    ).exists()


def test_only_what_may_be_filled_is_open_and_it_is_text(here, clerk, manager):
    given(here, clerk, manager)
    response = clerk.client.post("/rectifications/lists/take-out/")
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
    assert sheet.protection.sheet
    shut = [cell.protection.locked for cell in sheet[2]]
    assert shut == [True] * 9 + [False] * 6
    assert {cell.number_format for cell in sheet[2]} == {"@"}


def test_the_name_is_masked_and_the_value_to_mend_is_not(here, clerk, manager):
    found = given(here, clerk, manager)
    _exported, rows = taken_out(clerk)
    assert rows[0]["present"] == SHORT
    assert found.customer is not None
    assert rows[0]["name"] != found.customer.name


def test_what_is_handed_in_is_not_on_the_list(here, clerk, manager):
    found = given(here, clerk, manager)
    _exported, rows = taken_out(clerk)
    brought_back(clerk, [fill(rows[0], good_mobile())])
    found.refresh_from_db()
    with pytest.raises(ListRefused):
        taken_out(clerk)


def test_the_liaison_takes_out_only_the_own_agencys(here, bank, clerk, manager, partner):
    given(here, clerk, manager)
    theirs = sold_by(bank, here)
    assign_rectification(rectification=theirs, owner=partner.fresh(), actor=manager.fresh(), at=AT)
    _exported, rows = taken_out(partner)
    assert {row["rectification"] for row in rows} == {theirs.number}
    result = brought_back(partner, [fill(rows[0], good_mobile())])
    assert result["handed_in"] == 1


def test_the_liaison_cannot_bring_back_a_clerks_list(here, bank, clerk, manager, partner):
    given(here, clerk, manager)
    _exported, rows = taken_out(clerk)
    assert brought_back(partner, [fill(rows[0], good_mobile())])["counts"] == {"refused": 1}


def test_another_person_cannot_take_over_a_trial_nor_see_it(here, clerk, manager):
    given(here, clerk, manager)
    _exported, rows = taken_out(clerk)
    trial = uploaded(clerk, [fill(rows[0], good_mobile())])
    with pytest.raises(ListRefused):
        apply_list(tried=trial, actor=manager.fresh(), at=LATER)
    assert manager.client.get(f"/rectifications/lists/{trial.pk}/").status_code == 404
    assert manager.client.post(f"/rectifications/lists/{trial.pk}/write/").status_code == 404


def test_a_trial_is_taken_over_once(here, clerk, manager):
    given(here, clerk, manager)
    _exported, rows = taken_out(clerk)
    trial = uploaded(clerk, [fill(rows[0], good_mobile())])
    first = apply_list(tried=trial, actor=clerk.fresh(), at=LATER)
    assert apply_list(tried=trial, actor=clerk.fresh(), at=LATER + timedelta(hours=1)) == first


def _swollen() -> bytes:
    """A small archive that unpacks to hundreds of megabytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 120_000_000)
    return target.getvalue()


@pytest.mark.parametrize("content", [_swollen(), b"PK\x03\x04broken", b"\x00" * 500, b"a,b\n1,2\n"])
def test_a_hostile_file_is_refused_and_nothing_else_happens(here, clerk, manager, content):
    given(here, clerk, manager)
    _exported, rows = taken_out(clerk)
    job = tried(clerk, content)
    assert job.state == "failed"
    assert job.error
    assert " at " not in job.error.split("：")[0] or "Error" not in job.error
    assert brought_back(clerk, [fill(rows[0], good_mobile())])["handed_in"] == 1


def test_the_pages_tell_what_came_of_it(here, clerk, manager):
    given(here, clerk, manager)
    given(here, clerk, manager)
    _exported, rows = taken_out(clerk)
    trial = uploaded(clerk, [fill(rows[0], good_mobile()), fill(rows[1], "12")])
    page = clerk.client.get(f"/rectifications/lists/{trial.pk}/")
    assert page.status_code == 200
    assert rows[1]["rectification"] in page.content.decode()
    assert clerk.client.get(f"/rectifications/lists/{trial.pk}/progress/").headers["HX-Refresh"] == "true"
    errors = clerk.client.get(f"/rectifications/lists/{trial.pk}/errors/")
    assert [row["line"] for row in read(errors.content)] == [rows[1]["line"]]
    assert clerk.client.get("/rectifications/lists/").status_code == 200
    assert WorklistLine.objects.filter(applied_at__isnull=False).count() == 0
    moved = clerk.client.post(f"/rectifications/lists/{trial.pk}/write/")
    assert moved.status_code == 302


def test_a_mended_workbook_of_refused_lines_is_taken(here, clerk, manager):
    given(here, clerk, manager)
    _exported, rows = taken_out(clerk)
    trial = uploaded(clerk, [fill(rows[0], "12")])
    errors = read(clerk.client.get(f"/rectifications/lists/{trial.pk}/errors/").content)
    assert brought_back(clerk, [{**errors[0], "new_value": good_mobile()}])["handed_in"] == 1


def test_an_upload_goes_through_the_page(here, clerk, manager):
    given(here, clerk, manager)
    _exported, rows = taken_out(clerk)
    file = io.BytesIO(file_of([fill(rows[0], good_mobile())]))
    file.name = "清单.xlsx"
    response = clerk.client.post("/rectifications/lists/", {"file": file})
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/rectifications/lists/")
