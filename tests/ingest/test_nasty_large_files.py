"""What breaks readers is read or refused by the large road as by the small one, and nobody of ours dies."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from agents.models import Branch
from tests.factories import AT
from tests.intake.files import COLUMNS, LATER, csv_text, customer_row, rewritten, table, xlsx
from tests.intake.test_nasty_files import OLE, SHEET, far_cell, zipped
from workplace.intake.bulk_odd import raw_rows
from workplace.intake.bulk_stage import stage
from workplace.intake.errors import words_of
from workplace.intake.plan import FileRefused, read_table
from workplace.intake.shapes import NumberText
from workplace.models import BulkLoad

pytestmark = pytest.mark.django_db
Rows = list[tuple[int, dict[str, str]]]


def large(content: bytes, name: str, folder: Path) -> Rows:
    """The rows as the large road reads them."""
    path = folder / name
    path.write_bytes(content)
    load = BulkLoad.objects.create(kind="customers", path=str(path), extracted_at=AT, created_at=LATER)
    stage(load, path, name, lambda lines: None)
    lines = [line for line, _values in small(content, name)]
    found = raw_rows(load, lines)
    assert len(found) == load.rows
    return [(line, found[line]) for line in lines]


def small(content: bytes, name: str) -> Rows:
    return read_table(kind="customers", content=content, name=name).rows


def told_apart(rows: Rows) -> list[Any]:
    return [
        (line, {code: (text, isinstance(text, NumberText)) for code, text in values.items()})
        for line, values in rows
    ]


def both(content: bytes, name: str, folder: Path) -> Rows:
    found = large(content, name, folder)
    assert told_apart(found) == told_apart(small(content, name))
    return found


def refusals(content: bytes, name: str, folder: Path) -> list[str]:
    codes = []
    for read in (lambda: small(content, name), lambda: large(content, name, folder)):
        with pytest.raises(FileRefused) as refused:
            read()
        assert all(words_of(problem) != problem["code"] for problem in refused.value.problems)
        codes.append([problem["code"] for problem in refused.value.problems])
    assert codes[0] == codes[1]
    return codes[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_csv_in_each_encoding(here: Branch, tmp_path: Path, encoding: str):
    name = "段思远" if encoding == "gbk" else "刘欣䶮𠮷\u200b"
    rows = both(csv_text(table([customer_row(here, name=name)] * 3)).encode(encoding), "a.csv", tmp_path)

    assert [values["name"] for _line, values in rows] == [name] * 3


def test_big5_is_refused_rather_than_read_as_something_else(here: Branch, tmp_path: Path):
    rows = [customer_row(here, name="陳大文", sex="M", id_type="", address="臺北市信義區市府路壹號貳樓")] * 5
    text = csv_text([list(COLUMNS), *([row[code] for code in COLUMNS] for row in rows)])

    assert refusals(text.encode("big5hkscs"), "a.csv", tmp_path) == ["big5"]


@pytest.mark.parametrize(
    "content, name, code",
    [
        (b"", "a.csv", "empty_file"),
        (b"\n\n", "a.csv", "empty_file"),
        (b'number,name\n"open', "a.csv", None),
        (b"number\x00name\n", "a.csv", "binary_file"),
        (b"number,\xff\xff\n", "a.csv", "encoding"),
        (OLE + b"\x00" * 600, "a.xls", "old_excel"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "password"),
        (b"PK\x03\x04 no archive", "a.xlsx", "broken_workbook"),
        (b"plain text", "a.xlsx", "broken_workbook"),
        (zipped(mimetype=b"application/vnd.oasis"), "a.xlsx", "other_format"),
        (zipped(**{"xl__workbook.xml": b"", "xl__vbaProject.bin": b""}), "a.xlsx", "macros"),
        (b"anything", "a.xlsm", "macros"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, content: bytes, name: str, code: str | None):
    if code is None:
        with pytest.raises(FileRefused):
            large(content, name, tmp_path)
        return
    assert refusals(content, name, tmp_path) == [code]


def test_a_file_with_a_header_alone_says_so(tmp_path: Path):
    assert refusals(csv_text([list(COLUMNS)]).encode(), "a.csv", tmp_path) == ["no_rows"]


def test_a_nul_in_a_cell_is_refused_by_its_cell(here: Branch, tmp_path: Path):
    rows = table([customer_row(here, name="段\x00")])

    assert refusals(csv_text(rows).encode("utf-8-sig"), "a.csv", tmp_path) == ["nul_byte"]


def test_a_cell_in_the_last_corner_is_refused_by_its_place(tmp_path: Path):
    path = tmp_path / "far.xlsx"
    path.write_bytes(far_cell())
    load = BulkLoad.objects.create(kind="customers", path=str(path), extracted_at=AT, created_at=LATER)

    with pytest.raises(FileRefused) as refused:
        stage(load, path, "far.xlsx", lambda lines: None)

    codes = [problem["code"] for problem in refused.value.problems]
    assert set(codes) <= {"cell_far_away", "missing_column"}


def test_a_bomb_of_a_workbook_is_refused_before_it_is_unpacked(here: Branch, tmp_path: Path):
    workbook = xlsx(table([customer_row(here)]))
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.namelist():
            content = source.read(entry)
            if entry == SHEET:
                content = content.replace(b"</worksheet>", b" " * 60_000_000 + b"</worksheet>")
            target.writestr(entry, content)

    assert refusals(buffer.getvalue(), "bomb.xlsx", tmp_path) == ["too_big_inside"]


def test_a_wrong_sheet_size_loses_no_row(here: Branch, tmp_path: Path):
    content = xlsx(table([customer_row(here) for _ in range(100)]))
    wrong = rewritten(content, SHEET, b'<dimension ref="A1:J101"/>', b'<dimension ref="A1"/>')

    assert len(both(wrong, "wps.xlsx", tmp_path)) == 100


def test_an_error_of_a_formula_empties_no_field(here: Branch, tmp_path: Path):
    header, row = table([customer_row(here)])
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, header)
    sheet.write_row(1, 0, row)
    sheet.write_formula(1, row.index("13920461857"), "=NA()", None, "#N/A")
    book.close()

    assert refusals(buffer.getvalue(), "lookup.xlsx", tmp_path) == ["error_cell"]


def test_a_row_that_stands_twice_is_refused_and_not_lost(here: Branch, tmp_path: Path):
    content = xlsx(table([customer_row(here), customer_row(here)]))
    twice = rewritten(rewritten(content, SHEET, b'<row r="3"', b'<row r="2"'), SHEET, b'3" t=', b'2" t=')

    assert refusals(twice, "twice.xlsx", tmp_path) == ["broken_workbook"]


def test_empty_rows_are_passed_over_and_lines_stay_true(here: Branch, tmp_path: Path):
    header, one, two = table([customer_row(here), customer_row(here)])
    blank = [""] * len(header)

    assert [line for line, _ in both(xlsx([header, one, blank, two, blank]), "a.xlsx", tmp_path)] == [2, 4]


@pytest.mark.parametrize("date_1904", [False, True])
def test_dates_numbers_merged_and_hidden_cells(here: Branch, tmp_path: Path, date_1904: bool):
    rows = [customer_row(here) for _ in range(4)]
    buffer = io.BytesIO()
    options = {"in_memory": True, "default_date_format": "yyyy-mm-dd", "date_1904": date_1904}
    book = xlsxwriter.Workbook(buffer, options)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, list(COLUMNS))
    for line, row in enumerate(rows, start=1):
        for place, code in enumerate(COLUMNS):
            if (line, code) != (4, "address"):
                sheet.write_string(line, place, row[code])
    sheet.write_datetime(1, 4, datetime.combine(date(1985, 6, 15), datetime.min.time()))
    sheet.write_number(2, 8, 13920461857)
    sheet.write_boolean(3, 3, True)
    sheet.merge_range(3, 9, 4, 9, "上海市浦东新区世纪大道100号")
    sheet.write_rich_string(4, 2, book.add_format({"bold": True}), "段", "思远")
    sheet.set_row(2, None, None, {"hidden": True})
    sheet.set_column(5, 5, None, None, {"hidden": True})
    book.close()

    found = dict(both(buffer.getvalue(), "a.xlsx", tmp_path))

    assert (found[2]["birth_date"], found[3]["mobile"]) == ("1985-06-15", "13920461857")
    assert (found[4]["address"], found[5]["address"]) == ("上海市浦东新区世纪大道100号", "")
    assert found[5]["name"] == "段思远"


def test_a_reordered_header_is_followed(here: Branch, tmp_path: Path):
    row = customer_row(here)
    codes = [*reversed(COLUMNS)]

    ((_line, values),) = both(csv_text([codes, [row[code] for code in codes]]).encode(), "a.csv", tmp_path)

    assert values == row


def test_a_value_beyond_the_header_is_noted(here: Branch, tmp_path: Path):
    rows = table([customer_row(here), customer_row(here)])
    rows[2].append("stray")

    found = both(csv_text(rows).encode(), "a.csv", tmp_path)

    assert [values.get("+") for _line, values in found] == [None, "K"]


@pytest.mark.parametrize(
    "places, told",
    [((0, 1, 2), True), ((0, 1, 1), False), ((0, 2, 1), False)],
    ids=["order", "twice", "back"],
)
def test_only_rows_in_the_order_of_their_keys_are_known_to_come_once(
    here: Branch, tmp_path: Path, places: tuple[int, ...], told: bool
):
    header, *rows = table([{**customer_row(here), "number": f"C00{place}"} for place in range(3)])
    path = tmp_path / "kept.csv"
    path.write_bytes(csv_text([header, *(rows[place] for place in places)]).encode())
    load = BulkLoad.objects.create(kind="customers", path=str(path), extracted_at=AT, created_at=LATER)
    assert stage(load, path, path.name, lambda lines: None) is told
