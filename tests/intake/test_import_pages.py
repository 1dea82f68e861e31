"""The pages of the way in: upload, preview with chips, confirmation, progress."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.timezone import localtime

from agents.models import Branch
from customers.models import Customer
from tests.intake.files import confirmed, customer_row, run_job_of, table, uploaded, xlsx
from tests.personas import Persona
from workplace.choices import BatchState
from workplace.intake.kinds import KIND_ORDER
from workplace.models import ImportBatch


def post_file(person: Persona, content: bytes, **values: str):
    given = {
        "kind": "customers",
        "extracted_at": localtime(timezone.now()).strftime("%Y-%m-%dT%H:%M"),
        "file": SimpleUploadedFile("客户.xlsx", content),
        **values,
    }
    return person.client.post("/imports/", given)


def test_a_clerk_uploads_sees_and_confirms(clerk: Persona, here: Branch):
    answer = post_file(clerk, xlsx(table([customer_row(here), customer_row(here, sex="?")])))
    batch = ImportBatch.objects.get()
    assert answer.url == f"/imports/{batch.pk}/"
    assert "import-progress" in clerk.client.get(answer.url).content.decode()

    run_job_of(batch)
    page = clerk.client.get(answer.url).content.decode()
    assert "D3" in page
    assert not Customer.objects.exists()

    clerk.client.post(f"/imports/{batch.pk}/confirm/")
    batch.refresh_from_db()
    run_job_of(batch)
    assert Customer.objects.count() == 1
    assert clerk.client.get(f"/imports/{batch.pk}/progress/")["HX-Refresh"] == "true"


def test_an_extraction_time_ahead_of_now_is_refused(clerk: Persona, here: Branch):
    ahead = localtime(timezone.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")

    answer = post_file(clerk, xlsx(table([customer_row(here)])), extracted_at=ahead)

    assert answer.status_code == 200
    assert not ImportBatch.objects.exists()


def test_the_extraction_time_is_shanghais(clerk: Persona, here: Branch):
    post_file(clerk, xlsx(table([customer_row(here)])), extracted_at="2026-01-05T09:30")

    assert ImportBatch.objects.get().extracted_at.isoformat() == "2026-01-05T01:30:00+00:00"


def test_a_file_that_is_too_large_is_refused(clerk: Persona, here: Branch, settings):
    settings.BULK_BYTES_LIMIT = 1_000

    assert post_file(clerk, xlsx(table([customer_row(here)]))).status_code == 200
    assert not ImportBatch.objects.exists()


def test_rules_speak_in_the_preview_and_nothing_of_it_stays(clerk: Persona, here: Branch):
    batch = uploaded(xlsx(table([customer_row(here, mobile="")])), actor=clerk.staff)

    hits = batch.preview_rows.get().hits
    assert {hit["field"] for hit in hits} == {"mobile", "id_valid_from"}
    page = clerk.client.get(f"/imports/{batch.pk}/").content.decode()
    assert f'title="{hits[0]["code"]}"' in page
    assert not Customer.objects.exists()


def test_personal_values_are_masked_in_the_preview(clerk: Persona, here: Branch):
    row = {**customer_row(here, name="段思远"), "mobile": 13920461857}
    batch = uploaded(xlsx(table([row])), actor=clerk.staff)

    page = clerk.client.get(f"/imports/{batch.pk}/").content.decode()

    assert "13920461857" not in page
    assert "139****1857" in page


def test_rejected_rows_come_first_and_verdicts_filter(clerk: Persona, here: Branch):
    rows = [customer_row(here), customer_row(here, sex="?"), customer_row(here)]
    batch = uploaded(xlsx(table(rows)), actor=clerk.staff)

    page = clerk.client.get(f"/imports/{batch.pk}/").content.decode()
    assert page.index(rows[1]["number"]) < page.index(rows[0]["number"])

    only_new = clerk.client.get(f"/imports/{batch.pk}/?verdict=new").content.decode()
    assert (rows[0]["number"] in only_new, rows[1]["number"] in only_new) == (True, False)


def test_an_import_is_its_uploaders_alone(clerk: Persona, manager: Persona, here: Branch):
    batch = uploaded(xlsx(table([customer_row(here)])), actor=clerk.staff)

    for path in ("", "progress/", "errors/"):
        assert manager.client.get(f"/imports/{batch.pk}/{path}").status_code == 404
    for path in ("confirm/", "discard/"):
        assert manager.client.post(f"/imports/{batch.pk}/{path}").status_code == 404
        assert clerk.client.get(f"/imports/{batch.pk}/{path}").status_code == 405
    assert f"/imports/{batch.pk}/" not in manager.client.get("/imports/").content.decode().split("<main")[1]


def test_who_may_not_import_may_not(auditor: Persona, partner: Persona, here: Branch):
    for person in (auditor, partner):
        assert person.client.get("/imports/").status_code == 403
        assert post_file(person, b"x").status_code == 403


@pytest.mark.parametrize("kind", KIND_ORDER)
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_each_kind_has_a_template_that_its_own_reader_takes(clerk: Persona, kind: str, form: str):
    from workplace.intake.plan import FileRefused, read_table

    content = clerk.client.get(f"/imports/template/{kind}.{form}").content

    with pytest.raises(FileRefused) as refused:
        read_table(kind=kind, content=content, name=f"{kind}.{form}")
    assert [problem["code"] for problem in refused.value.problems] == ["no_rows"]


@pytest.mark.parametrize("count", [1, 30])
def test_the_lists_ask_the_same_number_of_questions(
    clerk: Persona, here: Branch, count: int, django_assert_max_num_queries
):
    for _ in range(count):
        batch = uploaded(xlsx(table([customer_row(here, sex="?")])), actor=clerk.staff)
    assert batch.state == BatchState.PREVIEW
    with django_assert_max_num_queries(15):
        clerk.client.get("/imports/")

    many = uploaded(xlsx(table([customer_row(here, sex="?") for _ in range(count)])), actor=clerk.staff)
    with django_assert_max_num_queries(15):
        clerk.client.get(f"/imports/{many.pk}/")


def test_after_writing_a_sweep_of_the_new_records_is_queued(clerk: Persona, here: Branch):
    from workplace.models import Job

    confirmed(uploaded(xlsx(table([customer_row(here)])), actor=clerk.staff))

    customer = Customer.objects.get()
    assert Job.objects.get(kind="sweep").parameters["customer_ids"] == [customer.pk]
