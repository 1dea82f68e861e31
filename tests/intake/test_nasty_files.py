"""Files that break readers: each is read whole or refused with a reason, and the worker lives on."""

import io
import zipfile

import pytest
import xlsxwriter

from agents.models import Branch
from tests.intake.files import COLUMNS, csv_text, customer_row, rewritten, table, uploaded, xlsx
from tests.personas import Persona
from workplace.choices import BatchState
from workplace.intake.errors import words_of
from workplace.intake.plan import FileRefused, read_table

SHEET = "xl/worksheets/sheet1.xml"


def read(content: bytes, name: str = "file.xlsx"):
    return read_table(kind="customers", content=content, name=name)


def refusals(content: bytes, name: str = "file.xlsx") -> list[str]:
    with pytest.raises(FileRefused) as refused:
        read(content, name)
    told = [words_of(problem) for problem in refused.value.problems]
    assert all(
        text and text != problem["code"] for text, problem in zip(told, refused.value.problems, strict=True)
    )
    return [problem["code"] for problem in refused.value.problems]


def rows_of(here: Branch, count: int) -> list[list[str]]:
    return table([customer_row(here) for _ in range(count)])


def far_cell() -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_string(0, 0, "number")
    sheet.write_string(1_048_575, 16_383, "x")
    book.close()
    return buffer.getvalue()


def test_a_cell_in_the_last_corner_is_refused_by_its_place():
    content = far_cell()
    assert len(content) < 10_000
    assert refusals(content) == ["cell_far_away"]


def test_what_still_kills_the_reader_kills_only_the_reader(monkeypatch: pytest.MonkeyPatch):
    """Without the look beforehand the reading process dies of its limits, and says so."""
    from workplace.intake import parsing

    command = parsing.subprocess.run
    code = (
        "import sys, workplace.intake.reader as r, workplace.intake.workbook_check as c;"
        "c.COLUMN_LIMIT = c.CELLS_LIMIT = 10**12;"
        "raise SystemExit(r.main(sys.argv[1:]))"
    )

    def without_look(arguments, **options):
        return command([arguments[0], "-c", code, *arguments[3:]], **options)

    monkeypatch.setattr(parsing.subprocess, "run", without_look)
    assert refusals(far_cell()) == ["too_big_inside"]


def test_a_wrong_sheet_size_loses_no_row(here: Branch):
    content = rewritten(
        xlsx(rows_of(here, 100)), SHEET, b'<dimension ref="A1:J101"/>', b'<dimension ref="A1"/>'
    )

    assert len(read(content).rows) == 100


def test_empty_rows_between_and_behind_are_passed_over_and_lines_stay_true(here: Branch):
    header, one, two = rows_of(here, 2)
    blank = [""] * len(header)

    found = read(xlsx([header, one, blank, two, blank, blank])).rows

    assert [line for line, _values in found] == [2, 4]


def test_numbers_stored_as_numbers_are_refused_cell_by_cell(clerk: Persona, here: Branch):
    row = {**customer_row(here), "id_no": 3.10101199001011e17, "mobile": 13920461857}

    batch = uploaded(xlsx(table([row])), actor=clerk.staff)

    found = batch.preview_rows.get()
    assert {(error["column"], error["code"]) for error in found.errors} == {
        ("id_no", "number_cell"),
        ("mobile", "number_cell"),
    }


def test_gb18030_with_four_byte_characters_is_read(here: Branch):
    rows = table([customer_row(here, name="刘欣䶮𠮷")])

    (_line, values), *_ = read(csv_text(rows).encode("gb18030"), "file.csv").rows

    assert values["name"] == "刘欣䶮𠮷"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_csv_is_read_in_each_encoding(here: Branch, encoding: str):
    rows = rows_of(here, 3)

    found = read(csv_text(rows).encode(encoding), "file.csv").rows

    assert [list(values.values()) for _line, values in found] == rows[1:]


@pytest.mark.parametrize(
    "names",
    [list(COLUMNS), list(COLUMNS.values()), [f" {code.upper()}  {zh} " for code, zh in COLUMNS.items()]],
)
def test_a_header_may_be_the_code_the_chinese_name_or_both(here: Branch, names: list[str]):
    rows = [names, *rows_of(here, 1)[1:]]

    assert list(read(xlsx(rows)).rows[0][1]) == list(COLUMNS)


def test_missing_unknown_double_and_unnamed_columns_are_named_all_at_once(here: Branch):
    header, row = rows_of(here, 1)
    header[4], header[5], header[6] = "birthday", header[0], ""

    with pytest.raises(FileRefused) as refused:
        read(xlsx([header, row]))

    found = {(p["code"], p["params"]["column"]) for p in refused.value.problems}
    assert found == {
        ("unknown_column", "birthday"),
        ("double_column", "number 客户号"),
        ("unnamed_column", "G"),
        ("missing_column", "birth_date 出生日期"),
        ("missing_column", "id_type 证件类型"),
        ("missing_column", "id_no 证件号码"),
    }


def test_a_missing_column_is_named_on_the_page(clerk: Persona, here: Branch):
    codes = [code for code in COLUMNS if code != "id_no"]

    batch = uploaded(xlsx(table([customer_row(here)], codes)), actor=clerk.staff)

    assert batch.state == BatchState.REFUSED
    assert "id_no 证件号码" in clerk.client.get(f"/imports/{batch.pk}/").content.decode()


def test_a_value_beyond_the_header_rejects_its_row(clerk: Persona, here: Branch):
    rows = rows_of(here, 2)
    rows[2].append("stray")

    batch = uploaded(csv_text(rows).encode(), actor=clerk.staff, name="客户.csv")

    assert [row.errors[0]["code"] for row in batch.preview_rows.filter(verdict="rejected")] == [
        "too_many_cells"
    ]


def zipped(**entries: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    "content, name, code",
    [
        (b"\n\n", "a.csv", "empty_file"),
        (b'number,name\n"open', "a.csv", "broken_csv"),
        (b"number\x00name\n", "a.csv", "binary_file"),
        (b"number,\xff\xff\n", "a.csv", "encoding"),
        (OLE + b"\x00" * 600, "a.xls", "old_excel"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "password"),
        (b"PK\x03\x04 no archive", "a.xlsx", "broken_workbook"),
        (b"plain text", "a.xlsx", "broken_workbook"),
        (zipped(mimetype=b"application/vnd.oasis"), "a.xlsx", "other_format"),
        (
            zipped(xl__workbook_xml=b"", **{"xl__workbook.xml": b"", "xl__vbaProject.bin": b""}),
            "a.xlsx",
            "macros",
        ),
        (b"anything", "a.xlsm", "macros"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(content: bytes, name: str, code: str):
    assert refusals(content, name) == [code]


def test_a_file_with_a_header_alone_says_so(here: Branch):
    assert refusals(xlsx(rows_of(here, 0))) == ["no_rows"]


def test_a_nul_in_a_cell_is_refused_by_its_cell(here: Branch):
    rows = rows_of(here, 1)
    rows[1][2] = "段\x00"
    text = csv_text(rows).encode("utf-8-sig")

    assert refusals(text, "a.csv") == ["nul_byte"]


def test_more_rows_than_allowed_are_refused(here: Branch, settings):
    settings.IMPORT_ROW_LIMIT = 2

    assert refusals(xlsx(rows_of(here, 3))) == ["too_many_rows"]
    assert len(read(xlsx(rows_of(here, 2))).rows) == 2
