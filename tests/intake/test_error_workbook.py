"""Exactly the rejected rows come back, as they were, to the person who uploaded them."""

import io
from datetime import timedelta

from python_calamine import CalamineWorkbook

from agents.models import Branch
from customers.models import Customer
from tests.factories import AT, TODAY
from tests.intake.files import confirmed, customer_row, table, uploaded, xlsx
from tests.personas import Persona
from workplace.choices import Access
from workplace.models import AccessLog, ImportBatch, ImportRow, UploadedFile
from workplace.operations.files import remove_expired_files

FAULTS = (
    {"birth_date": "1985-02-30"},
    {"birth_date": "not a day"},
    {"sex": "unknown"},
    {"id_type": "library card"},
    {"home_branch": "nowhere"},
    {"id_valid_to": "2030-13-01"},
    {"id_no": 3.10101199001011e17},
)


def the_file(here: Branch) -> tuple[list[dict], list[dict]]:
    good = [customer_row(here) for _ in range(200)]
    bad = [{**customer_row(here), **fault} for fault in FAULTS]
    return good, bad


def workbook_rows(content: bytes) -> list[list]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def download(person: Persona, batch: ImportBatch) -> bytes:
    answer = person.client.get(f"/imports/{batch.pk}/errors/")
    assert answer.status_code == 200
    return answer.content


def test_two_hundred_good_and_seven_bad_rows_give_back_exactly_seven(clerk: Persona, here: Branch):
    good, bad = the_file(here)
    rows = [*good[:50], *bad[:3], *good[50:], *bad[3:]]

    batch = confirmed(uploaded(xlsx(table(rows)), actor=clerk.staff))

    assert (batch.new, batch.rejected, Customer.objects.count()) == (200, 7, 200)
    header, *returned = workbook_rows(download(clerk, batch))
    assert header == [*table([])[0], "reason 原因"]
    assert [row[:-1] for row in returned] == list(table(bad)[1:])
    assert all(row[-1] for row in returned)


def test_the_returned_rows_can_be_mended_and_uploaded_again(clerk: Persona, here: Branch):
    _good, bad = the_file(here)
    batch = uploaded(xlsx(table(bad)), actor=clerk.staff)
    returned = workbook_rows(download(clerk, batch))

    again = uploaded(xlsx(returned), actor=clerk.staff)
    assert (again.rejected, again.new) == (7, 0)

    mended = [returned[0], *([*table([customer_row(here)])[1], "kept reason"] for _ in bad)]
    final = confirmed(uploaded(xlsx(mended), actor=clerk.staff))
    assert (final.new, final.rejected) == (7, 0)


def test_reasons_name_the_column_in_both_languages(clerk: Persona, here: Branch):
    batch = uploaded(xlsx(table([{**customer_row(here), "birth_date": "1985-02-30"}])), actor=clerk.staff)

    reason = workbook_rows(download(clerk, batch))[1][-1]

    assert reason.startswith("birth_date 出生日期: ")
    assert "1985-02-30" not in reason


def test_only_the_uploader_may_download_and_each_download_is_logged(
    clerk: Persona, manager: Persona, compliance: Persona, here: Branch
):
    batch = uploaded(xlsx(table([customer_row(here, sex="?")])), actor=clerk.staff)

    for person in (manager, compliance):
        assert person.client.get(f"/imports/{batch.pk}/errors/").status_code == 404
        assert person.client.get(f"/imports/{batch.pk}/").status_code == 404
    assert not AccessLog.objects.exists()

    download(clerk, batch)

    entry = AccessLog.objects.get()
    assert (entry.staff_id, entry.access, entry.record_kind) == (clerk.staff.pk, Access.DOWNLOAD, "import")


def test_files_and_rows_go_when_their_time_has_passed(clerk: Persona, here: Branch):
    batch = uploaded(xlsx(table([customer_row(here, sex="?")])), actor=clerk.staff)
    late = AT + timedelta(days=15)

    assert remove_expired_files(actor=None, at=AT + timedelta(days=1)) == 0
    assert remove_expired_files(actor=None, at=late) == 2

    assert not ImportRow.objects.exists()
    assert set(UploadedFile.objects.values_list("removed_at", flat=True)) == {late}
    assert clerk.client.get(f"/imports/{batch.pk}/errors/").status_code == 404
    assert late.date() > TODAY
