"""Run by `manage.py shell` of a running product: each line of standard input sets a load or a sweep off.

`load 3` answers with the job of the third large file, `sweep` with that of a sweep of the whole book.
"""

import csv
import sys
from datetime import date, timedelta
from pathlib import Path

from django.db import connection
from django.utils import timezone

from agents.models import Branch, SalesAgent
from audits.operations.sweep_job import start_sweep
from benchmarks.book import write_units
from policies.models import Product
from workplace.intake.write import write_rows
from workplace.jobs import send
from workplace.operations.bulk_loads import load_of_file

ROWS = 2_500
MORE = 250
SOLD = 800
"""So many customers come with each file beside the ones before, all of whom have a new e-mail address."""

COLUMNS = (
    "number",
    "home_branch",
    "name",
    "sex",
    "birth_date",
    "id_type",
    "id_no",
    "id_valid_to",
    "mobile",
    "address",
    "email",
)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def row(turn: int, number: int, branch: str) -> list[str]:
    """The mobile comes and goes from file to file; now and then a date cannot be read."""
    born = date(1960, 1, 1) + timedelta(days=number * 3)
    body = f"110101{born:%Y%m%d}{number % 999:03d}"
    check = "10X98765432"[sum(int(sign) * weight for sign, weight in zip(body, WEIGHTS, strict=True)) % 11]
    return [
        f"K{number:06d}",
        branch,
        "段思远",
        "男" if number % 2 else "女",
        "x" if number % 500 == turn else born.isoformat(),
        "居民身份证",
        body + check,
        "9999-12-31",
        "" if number % 7 == turn % 7 else f"139{20461857 + number * 37:08d}",
        f"北京市东城区东华门街道锡拉胡同{number}号院2号楼3单元401室",
        f"k{number}.{turn}@example.com",
    ]


def file_of(turn: int, folder: Path) -> Path:
    branches = list(Branch.objects.order_by("number").values_list("number", flat=True))
    path = folder / f"round-{turn}.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(COLUMNS)
        rows.writerows(
            row(turn, number, branches[number % len(branches)]) for number in range(ROWS + MORE * turn)
        )
    return path


def sell(count: int) -> None:
    """A policy each for the first customers: rules ask about whom the company insures."""
    now = timezone.now()
    seller = SalesAgent.objects.order_by("staff_no").first()
    product = next(product for product in Product.objects.order_by("code") if product.in_scope)
    branch = Branch.objects.order_by("-number").first()
    assert branch is not None
    assert seller is not None
    policies = [
        {
            "number": f"P{number:06d}",
            "product": product.code,
            "channel": "银保",
            "branch": branch.number,
            "seller_no": seller.staff_no,
            "status": "有效",
            "applied_on": "2026-01-05",
            "premium": "1000",
        }
        for number in range(count)
    ]
    parties = [
        {"policy": f"P{number:06d}", "role": "holder", "customer": f"K{number:06d}"}
        for number in range(count)
        if number % 500
    ]
    for kind, rows in (("policies", policies), ("parties", parties)):
        result = write_rows(kind=kind, rows=rows, actor=None, at=now, extracted_at=now)
        if result.rejected:
            raise SystemExit(f"{kind}: {result.rejected[0]}")


def set_off(words: list[str], folder: Path) -> int:
    now = timezone.now()
    if words[0] == "sell":
        sell(SOLD)
        return 0
    if words[0] == "sweep":
        return start_sweep(actor=None, at=now).pk
    load = load_of_file(
        kind="customers",
        path=file_of(int(words[1]), folder),
        extracted_at=now,
        actor=None,
        trial=False,
        at=now,
    )
    assert load.job_id is not None
    send(load.job_id)
    return load.job_id


if not Branch.objects.exists():
    write_units(seed=1)
for line in sys.stdin:
    connection.close()
    sys.stdout.write(f"job {set_off(line.split(), Path(sys.argv[-1]))}\n")
    sys.stdout.flush()
