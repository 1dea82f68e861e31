"""What people and systems wait for at a time: a gate's answer, a re-check, a file of five thousand rows."""

from __future__ import annotations

import io
import json
import random
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import tablib
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.utils import timezone
from django.utils.timezone import localtime
from import_export.resources import modelresource_factory
from xlsxwriter import Workbook

from agents.choices import Post
from agents.models import Branch
from agents.operations.postings import post_staff
from benchmarks.book import chunks_of
from benchmarks.stand import Bar, Stand, many, quantile
from config.services.postgres import WEB_ROLE
from customers.models import Customer
from policies.models import Policy
from workplace.api_auth import token_hash
from workplace.choices import Role
from workplace.jobs import UNFINISHED, execute
from workplace.models import ApiClient, ImportBatch, Staff
from workplace.operations.staff import create_staff

TOKEN = "benchmark"  # noqa: S105 - of a database that lives as long as the measurement
GATE_BAR, RECHECK_BAR, EXCEL_BAR = 30.0, 10.0, 15.0
ASKED = 200
ROWS = 5_000


@contextmanager
def measuring_addresses() -> Iterator[None]:
    with override_settings(ROOT_URLCONF="benchmarks.urls", ALLOWED_HOSTS=["testserver"]):
        yield


def person_of(role: Role) -> Staff:
    """Of the head office, made once."""
    username = f"bench-{role}"
    known = Staff.objects.filter(username=username).first()
    if known is not None:
        return known
    head = Branch.objects.get(parent__isnull=True)
    return make_person(username, role, head)


def make_person(username: str, role: Role, branch: Branch) -> Staff:
    now = timezone.now()
    staff, _password = create_staff(username=username, name=username, role=role, actor=None, at=now)
    Staff.objects.filter(pk=staff.pk).update(must_change_password=False)
    post_staff(
        staff=staff,
        branch=branch,
        post=Post.OPERATIONS,
        valid_from=localtime(now).date() - timedelta(days=1),
        actor=None,
        at=now,
    )
    return staff


def logged_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return client


def measure_gate(stand: Stand) -> Iterator[Bar]:
    core, person = _core(), logged_in(person_of(Role.COMPLIANCE))
    chance = random.Random(stand.seed)
    numbers = _some_numbers(chance)
    application = _application()
    bodies: dict[str, Callable[[], dict[str, Any]]] = {
        "underwriting": lambda: application,
        "servicing": lambda: {"policy": chance.choice(numbers), "item": "loan"},
        "commission": lambda: {"policy": chance.choice(numbers)},
    }
    with measuring_addresses():
        for gate, body in bodies.items():
            ask = partial(_ask, core, gate, body)
            ask()
            person.get("/bench/one/")
            seconds = quantile(many(ask, ASKED), 0.95)
            against = quantile(many(lambda: person.get("/bench/one/"), ASKED), 0.5)
            yield Bar.of(
                f"gate_{gate}_p95",
                stand.size,
                seconds,
                baseline="SELECT 1 by web",
                against=against,
                bar=GATE_BAR,
            )


def _ask(core: Client, gate: str, body: Callable[[], dict[str, Any]]) -> None:
    answer = core.post(f"/api/v1/gates/{gate}", json.dumps(body()), content_type="application/json")
    if answer.status_code != 200:
        raise RuntimeError(f"{gate}: {answer.status_code} {answer.content[:500]!r}")


def _core() -> Client:
    ApiClient.objects.get_or_create(
        name="benchmark",
        defaults={
            "staff": person_of(Role.COMPLIANCE),
            "token_hash": token_hash(TOKEN),
            "created_at": timezone.now(),
            "requests_per_minute": 10_000_000,
        },
    )
    return Client(headers={"authorization": f"Bearer {TOKEN}"})


def _some_numbers(chance: random.Random) -> list[str]:
    last = Policy.objects.order_by("-pk").values_list("pk", flat=True)[0]
    keys = [chance.randint(1, last) for _ in range(ASKED)]
    return list(Policy.objects.filter(pk__in=keys).values_list("number", flat=True))


def _application() -> dict[str, Any]:
    """One that a clerk typed: two people, whole but for the address."""
    row = Customer.objects.exclude(mobile="").order_by("pk")[0]
    policy = Policy.objects.select_related("product", "branch").order_by("pk")[0]
    person = {
        "name": "段思远", "sex": "M", "birth_date": "1985-06-15", "id_type": "resident_id",
        "id_no": "110101198506150113", "mobile": row.mobile, "nationality": "CHN",
    }  # fmt: skip
    return {
        "number": "BENCH",
        "policy": {
            "product": policy.product.code, "channel": "individual", "branch": policy.branch.number,
            "applied_on": "2026-11-20", "seller_no": policy.seller_no, "seller_name": policy.seller_name,
        },
        "parties": [
            {"role": "holder", "values": person},
            {"role": "insured", "values": {**person, "relation": "self"}},
        ],
    }  # fmt: skip


def measure_recheck(stand: Stand) -> Iterator[Bar]:
    person = logged_in(person_of(Role.MANAGER))
    chance = random.Random(stand.seed)
    last = Customer.objects.order_by("-pk").values_list("pk", flat=True)[0]
    with measuring_addresses():

        def recheck() -> None:
            if person.post(f"/bench/recheck/{chance.randint(1, last)}/").status_code != 200:
                raise RuntimeError("the re-check was refused")

        for _ in range(10):
            recheck()
            person.get("/bench/one/")
        seconds = statistics.median(many(recheck, ASKED))
        against = statistics.median(many(lambda: person.get("/bench/one/"), ASKED))
    yield Bar.of(
        "recheck_one", stand.size, seconds, baseline="SELECT 1 by web", against=against, bar=RECHECK_BAR
    )


def measure_excel(stand: Stand) -> Iterator[Bar]:
    """New customers: upload, preview with the rules' answers, confirmation, written; against the library's
    own resource on the same model, dry run and import, as its admin does it. One file goes ahead, or the
    first would read the book from disk for both; what a round has written goes outside of its time."""
    person = person_of(Role.MANAGER)
    client = logged_in(person)
    rows = _new_rows(stand)
    content = _xlsx(rows)
    turn = iter(range(1_000))
    with stand.server() as server:  # the library sets it to the highest key after each import
        server.execute(f"GRANT UPDATE ON SEQUENCE customers_customer_id_seq TO {WEB_ROLE}")

    def through_the_browser() -> None:
        _through_the_browser(client, content, next(turn))

    _remove_new()
    through_the_browser()
    seconds, against = stand.in_turn(
        through_the_browser, lambda: _through_the_library(rows), before=_remove_new
    )
    _remove_new()
    yield Bar.of(
        "excel_import",
        ROWS,
        seconds,
        baseline="django-import-export",
        against=against,
        bar=EXCEL_BAR,
        least=True,
    )


def _through_the_browser(client: Client, content: bytes, turn: int) -> None:
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        when = localtime(timezone.now()).strftime("%Y-%m-%dT%H:%M")
        file = SimpleUploadedFile(f"bench{turn}.xlsx", content)
        client.post("/imports/", {"kind": "customers", "extracted_at": when, "file": file})
        batch = ImportBatch.objects.order_by("-pk")[0]
        _work(batch)
        client.get(f"/imports/{batch.pk}/")
        client.post(f"/imports/{batch.pk}/confirm/")
        _work(batch)
    if Customer.objects.filter(number__startswith="X").count() != ROWS:
        raise RuntimeError("the file was not written")


def _through_the_library(rows: list[dict[str, str]]) -> None:
    resource = modelresource_factory(Customer)()
    data = _stock_dataset(rows)
    for dry_run in (True, False):
        result = resource.import_data(data, dry_run=dry_run, raise_errors=True)
        if result.has_errors():
            raise RuntimeError("the library refused the rows")


def _work(batch: ImportBatch) -> None:
    """What the worker does, in this process."""
    batch.refresh_from_db()
    while batch.job is not None and batch.job.state in UNFINISHED:
        execute(batch.job.pk)
        batch.job.refresh_from_db()


def _new_rows(stand: Stand) -> list[dict[str, str]]:
    rows = next(chunks_of(stand.files.customers))[:ROWS]
    return [{**row, "number": f"X{place:08d}"} for place, row in enumerate(rows)]


def _xlsx(rows: list[dict[str, str]]) -> bytes:
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_numbers": False})
    sheet = book.add_worksheet()
    for place, row in enumerate([{name: name for name in rows[0]}, *rows]):
        sheet.write_row(place, 0, list(row.values()))
    book.close()
    return out.getvalue()


def _stock_dataset(rows: list[dict[str, str]]) -> tablib.Dataset:
    """The columns under the names that the library's own resource gives them."""
    branches = dict(Branch.objects.values_list("number", "pk"))
    kept = ("number", "name", "sex", "birth_date", "id_type", "id_no", "mobile", "address")
    now = f"{localtime(timezone.now()):%Y-%m-%d %H:%M:%S}"
    data = tablib.Dataset(headers=["id", *kept, "home_branch", "recorded_at", "version", "business_stage"])
    for row in rows:
        values = [row[name] for name in kept]
        data.append(["", *values, branches[row["home_branch"]], now, 1, "sale"])
    return data


def _remove_new() -> None:
    Customer.objects.filter(number__startswith="X").delete()
