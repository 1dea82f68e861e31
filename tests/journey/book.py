"""The files of the journey: 200 customers of good shape, six of them untrue, and seven out of shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from openpyxl import Workbook, load_workbook

from config.demo.chance import Chance
from config.demo.people import build_people
from config.demo.units import Row, Units
from customers.resources import CustomerResource
from policies.resources import ApplicationResource, PartyResource, PolicyResource

GOOD, MISSHAPEN = 200, 7
ELSEWHERE = "00370101"
HEADERS = {
    "customers": CustomerResource,
    "policies": PolicyResource,
    "parties": PartyResource,
    "applications": ApplicationResource,
}
# What is wrong in shape: the column, and what stands there instead.
OUT_OF_SHAPE: tuple[tuple[str, str | float], ...] = (
    ("birth_date", "1990-02-30"),
    ("id_no", 110101199003070000.0),
    ("number", ""),
    ("home_branch", "99999999"),
    ("home_branch", ELSEWHERE),
    ("sex", "阳"),
    ("id_valid_to", "2031-13-01"),
)
# What is of good shape and yet untrue: the column, what stands there, the code that says so.
UNTRUE = {
    "short mobile": ("mobile", "1385512", "PH-001"),
    "placeholder": ("mobile", "13800138000", "PH-009"),
    "no door": ("address", "江苏省南京市玄武区锦绣花园东侧", "AD-004"),
    "check digit": ("id_no", "", "ID-004"),
    "other sex": ("sex", "", "ID-009"),
    "no phone": ("mobile", "", "REQ-002"),
}


@dataclass(frozen=True)
class PointOfSale:
    """Where the journey's policies were sold."""

    branch: str
    agency: tuple[str, str]
    agency_branch: tuple[str, str]
    outlet: tuple[str, str]
    seller: tuple[str, str]


@dataclass
class Book:
    """Rows by record kind, as they are true, and the number of the customer behind each planted untruth."""

    true: list[Row]
    written: list[dict[str, str | float]]
    untrue: dict[str, str] = field(default_factory=dict)

    @property
    def numbers(self) -> list[str]:
        return [row["number"] for row in self.true]

    def truth(self, number: str) -> Row:
        return next(row for row in self.true if row["number"] == number)


def make_book(*, point: PointOfSale, today: date) -> Book:
    people = build_people(Chance(4711), Units(offices={"320100": point.branch}), 2 * GOOD, today)
    true = [{**person.row, "landline": ""} for person in people[: GOOD + MISSHAPEN]]
    for turn, row in enumerate(true, start=1):
        row["number"] = f"J{turn:05d}"
    book = Book(true, [dict(row) for row in true])
    for place, (name, (column, value, _code)) in enumerate(UNTRUE.items()):
        row = book.written[place * 30 + 5]
        row[column] = value or untrue(column, str(row[column]))
        book.untrue[name] = str(row["number"])
    for place, (column, wrong) in enumerate(OUT_OF_SHAPE):
        book.written[place * 29 + 1][column] = wrong
    return book


def untrue(column: str, true: str) -> str:
    if column == "sex":
        return "女" if true == "男" else "男"
    return true[:14] + str((int(true[14]) + 1) % 10) + true[15:] if column == "id_no" else ""


def contracts(book: Book, point: PointOfSale, today: date) -> dict[str, list[dict[str, str]]]:
    """One policy a customer, who is holder and insured; the form says what the customers' file says."""
    applied = (today - timedelta(days=40)).isoformat()
    rows: dict[str, list[dict[str, str]]] = {"policies": [], "parties": [], "applications": []}
    for true, written in zip(book.true, book.written, strict=True):
        number = f"B{true['number']}"
        rows["policies"].append(
            {"number": number, "product": "P1001", "channel": "bank", "branch": point.branch,
             "status": "in_force", "applied_on": applied, "issued_on": applied, "effective_on": applied,
             "premium": "3600.00", "seller_no": point.seller[0], "seller_name": point.seller[1],
             "outlet_no": point.outlet[0], "outlet_name": point.outlet[1],
             "agency_branch_no": point.agency_branch[0], "agency_branch_name": point.agency_branch[1],
             "agency_no": point.agency[0], "agency_name": point.agency[1]}
        )  # fmt: skip
        for role, relation in (("holder", ""), ("insured", "self")):
            rows["parties"].append(
                {"policy": number, "role": role, "position": "1", "customer": true["number"],
                 "relation": relation, "name": true["name"]}
            )  # fmt: skip
        said = {f"holder_{column}": str(written[column]) for column in ("name", "mobile", "address")}
        rows["applications"].append(
            {"number": f"F{true['number']}", "channel": "bank", "policy": number, "signed_on": applied,
             "received_on": applied, **said}
        )  # fmt: skip
    return rows


def headers(kind: str, codes: Sequence[str]) -> list[str]:
    """The header that people write: the Chinese name alone."""
    known = {code: column.zh for code, column in HEADERS[kind].columns().items()}
    return [known[code] for code in codes]


def write_workbook(path: Path, kind: str, rows: Sequence[Mapping[str, str | float]]) -> Path:
    codes = list(rows[0])
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet()
    sheet.append(headers(kind, codes))
    for row in rows:
        sheet.append([row[code] for code in codes])
    workbook.save(path)
    return path


def mend(path: Path, book: Book) -> int:
    """Puts right what the error workbook holds, by the reasons it gives; the number of its rows."""
    workbook = load_workbook(path)
    sheet = workbook.worksheets[0]
    names = [str(cell.value or "") for cell in sheet[1]]
    phone = next(place for place, name in enumerate(names) if "手机号码" in name or name == "mobile")
    by_phone = {row["mobile"]: row for row in book.true}
    known = {column.zh: code for code, column in CustomerResource.columns().items()}
    count = 0
    for cells in sheet.iter_rows(min_row=2):
        true = by_phone.get(str(cells[phone].value or ""))
        if true is None:
            continue
        count += 1
        for cell, name in zip(cells, names, strict=True):
            code = next((known[word] for word in name.split() if word in known), "")
            if code in true:
                cell.value = true[code]
                cell.number_format = "@"
    workbook.save(path)
    return count
