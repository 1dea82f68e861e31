"""A file made to kill its reader is refused with its reason, and nobody else notices."""

from __future__ import annotations

import io
import os
import struct
import uuid
import zipfile
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import psutil
import psycopg
import pytest

from tests.intake.test_nasty_files import far_cell
from tests.live import LiveStack, wait_until

pytestmark = pytest.mark.slow

MEGABYTE = 1024 * 1024
WORKBOOK = b'<workbook xmlns:r="r"><sheets><sheet name="a" r:id="r1"/></sheets></workbook>'
RELATIONS = b'<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>'
PAGES = ("/", "/customers/", "/imports/", "/rectifications/", "/healthz")
STATE = "SELECT state, refusal -> 'problems' -> 0 ->> 'code' FROM workplace_importbatch WHERE id = %s"


class Visitor:
    """Somebody logged in, without a browser."""

    def __init__(self, stack: LiveStack, name: str) -> None:
        self.url = stack.url
        self.cookies = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))
        self.opens("/login/")
        self.posts("/login/", urlencode({"username": name, **stack.accounts[name]}).encode())

    def opens(self, path: str) -> tuple[int, str]:
        with self.opener.open(self.url + path, timeout=20) as answer:
            return answer.status, answer.url

    def posts(self, path: str, content: bytes, kind: str = "application/x-www-form-urlencoded") -> str:
        """Where the answer leads to."""
        token = next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken")
        headers = {"Content-Type": kind, "X-CSRFToken": str(token), "Referer": self.url + path}
        request = Request(self.url + path, data=content, headers=headers)  # noqa: S310 - our own address
        with self.opener.open(request, timeout=60) as answer:
            return str(answer.url)

    def uploads(self, content: bytes) -> int:
        """The number of the import that came of it."""
        border = uuid.uuid4().hex
        parts = [
            f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in (("kind", "customers"), ("extracted_at", "2026-01-05T08:00"))
        ]
        name = 'name="file"; filename="killer.xlsx"'
        parts.append(f"--{border}\r\nContent-Disposition: form-data; {name}\r\n\r\n".encode() + content)
        parts.append(f"\r\n--{border}--\r\n".encode())
        led_to = self.posts("/imports/", b"".join(parts), f"multipart/form-data; boundary={border}")
        return int(led_to.rstrip("/").rpartition("/")[2])


def bomb(megabytes: int = 600) -> bytes:
    """A sheet that is less than a megabyte on the way and six hundred once it is unpacked."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", WORKBOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", RELATIONS)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            block = b" " * MEGABYTE
            for _turn in range(megabytes):
                sheet.write(block)
    return buffer.getvalue()


def lying_bomb(megabytes: int = 500) -> bytes:
    """The same, but the archive says that the sheet is small."""
    real = struct.pack("<I", megabytes * MEGABYTE)
    content = bomb(megabytes)
    assert real in content
    return content.replace(real, struct.pack("<I", 40_000))


def hungry_strings(megabytes: int = 390) -> bytes:
    """Within every limit that the archive's directory tells, and more than a reader may hold."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", WORKBOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", RELATIONS)
        archive.writestr("xl/media/noise.bin", os.urandom(3 * MEGABYTE), zipfile.ZIP_STORED)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(b'<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>')
            for _turn in range(megabytes):
                sheet.write(b"\xe9\xbe\x8d" * (MEGABYTE // 3))
            sheet.write(b"</t></is></c></row></sheetData></worksheet>")
    return buffer.getvalue()


def workers_of(stack: LiveStack) -> set[int]:
    """Web and worker processes with the ones that they keep for their work."""
    roots = [psutil.Process(stack.pids[name]) for name in ("web", "worker")]
    return {process.pid for root in roots for process in (root, *root.children())}


@pytest.mark.parametrize(
    "make, reasons",
    [
        (far_cell, {"cell_far_away"}),
        (bomb, {"too_big_inside"}),
        (lying_bomb, {"broken_workbook", "too_big_inside"}),
        (hungry_strings, {"too_big_inside", "broken_workbook"}),
    ],
    ids=["a cell in the last corner", "a bomb", "a bomb that lies", "a cell of 400 MB"],
)
def test_a_killer_file_is_refused_and_nobody_of_ours_dies(live_stack: LiveStack, make, reasons) -> None:
    visitor = Visitor(live_stack, "compliance")
    before = workers_of(live_stack)
    number = visitor.uploads(make())
    answers: list[tuple[int, str]] = []

    def ended() -> bool:
        answers.extend(visitor.opens(path) for path in PAGES)
        return state_of(live_stack, number)[0] != "reading"

    assert wait_until(ended, 120)
    assert {answer[0] for answer in answers} == {200}
    assert not [url for _status, url in answers if "/login/" in url]
    state, reason = state_of(live_stack, number)
    assert state == "refused"
    assert reason in reasons
    assert before <= workers_of(live_stack)  # the worker may only now have made its lanes
    assert visitor.opens(f"/imports/{number}/")[0] == 200


def state_of(stack: LiveStack, number: int) -> tuple[str, str]:
    with psycopg.connect(stack.database_url) as connection:
        found = connection.execute(STATE, (number,)).fetchone()
    assert found
    return found
