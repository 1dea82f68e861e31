"""Run by `manage.py shell` of a running product: puts an import and a sweep on their way."""

import csv
import io
import sys
import time
from datetime import timedelta

from django.utils import timezone

from audits.operations.sweep_job import start_sweep
from customers.models import Customer
from workplace.choices import BatchState
from workplace.models import Staff
from workplace.operations.imports import confirm_import, start_import

TAKEN_AWAY = 7  # every seventh customer loses the mobile
WRITTEN = {
    "name_raw": "name",
    "sex": "sex",
    "birth_date": "birth_date",
    "id_type": "id_type",
    "id_no_raw": "id_no",
    "id_valid_to": "id_valid_to",
    "mobile_raw": "mobile",
    "address_raw": "address",
}


def nightly_file() -> bytes:
    """Every customer comes with an e-mail address; some come without their mobile."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["number", "home_branch", *WRITTEN.values(), "email"])
    book = Customer.objects.order_by("number").values_list("number", "home_branch__number", *WRITTEN)
    place = 2 + list(WRITTEN).index("mobile_raw")
    for turn, row in enumerate(book):
        kept = ["" if at == place and turn % TAKEN_AWAY == 0 else value for at, value in enumerate(row)]
        rows.writerow([*kept, f"{row[0].lower()}@example.com"])
    return out.getvalue().encode()


def set_off() -> None:
    """Returns once both are queued."""
    person = Staff.objects.get(username="compliance")
    now = timezone.now()
    batch = start_import(
        kind="customers",
        content=nightly_file(),
        name="nightly.csv",
        extracted_at=now - timedelta(minutes=1),
        actor=person,
        at=now,
    )
    deadline = time.monotonic() + 120
    while batch.state == BatchState.READING and time.monotonic() < deadline:
        time.sleep(0.1)
        batch.refresh_from_db()
    if batch.state != BatchState.PREVIEW:
        raise SystemExit(f"the file was not read: {batch.state} {batch.refusal}")
    confirm_import(batch=batch, actor=person, at=timezone.now())
    start_sweep(actor=person, at=timezone.now())


if "sweep" in sys.argv[-1]:
    start_sweep(actor=None, at=timezone.now())
else:
    set_off()
