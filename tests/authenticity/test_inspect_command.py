import io
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from authenticity.inspection import KINDS
from tests.authenticity.numbers import citizen_number, foreign_resident_number

PROMISED = {
    "resident_id",
    "residence_permit",
    "foreign_pr",
    "hk_macau_permit",
    "taiwan_permit",
    "passport",
    "mobile",
    "landline",
    "phone",
    "name",
    "address",
    "uscc",
    "bank_card",
    "postcode",
}


GOOD = {
    "resident_id": citizen_number(),
    "residence_permit": citizen_number("810000"),
    "foreign_pr": foreign_resident_number(),
    "hk_macau_permit": "H12345678",
    "taiwan_permit": "12345678",
    "passport": "E12345678",
    "mobile": "13812340987",
    "landline": "010-88993108",
    "phone": "0755-88993108",
    "name": "阿凡提·买买提",
    "address": "广东省深圳市南山区科技园路100号2栋301室",
    "uscc": "91110000600037341L",
    "bank_card": "6222021001116245702",
    "postcode": "100022",
}
HOSTILE = [
    "1" * 5_000,
    "北京市" * 2_000,
    "\u0301" * 5_000,
    "转1" * 2_000,
    "·" * 5_000,
    "a@" * 2_000,
    "\x00",
    "\ufdfa" * 5_000,
]


def run(kind: str, content: bytes, tmp_path: Path) -> list[dict[str, object]]:
    file, out = tmp_path / "values.txt", io.StringIO()
    file.write_bytes(content)
    call_command("inspect", kind, str(file), stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_one_value_a_line_in_is_one_json_line_out(tmp_path: Path) -> None:
    assert run("mobile", "\ufeff138 1234 0987\r\n95519\n\n".encode(), tmp_path) == [
        {"value": "138 1234 0987", "normal": "13812340987", "verdict": "ok", "codes": ["PH-011"]},
        {"value": "95519", "normal": "95519", "verdict": "error", "codes": ["PH-008"]},
        {"value": "", "normal": "", "verdict": "error", "codes": ["REQ-002"]},
    ]


def test_bytes_that_are_no_text_have_an_answer(tmp_path: Path) -> None:
    assert len(run("name", b"\xff\xfe\x00\n\x80\n", tmp_path)) == 2


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("刘欣䶮\n"))
    out = io.StringIO()
    call_command("inspect", "name", stdout=out)
    assert json.loads(out.getvalue())["verdict"] == "ok"


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("inspect", "name", str(tmp_path / "absent"))
    assert refused.value.returncode == 2


def test_standard_input_is_read_whatever_the_shell_speaks() -> None:
    told = subprocess.run(
        [sys.executable, "manage.py", "inspect", "name", "-"],
        input="刘欣䶮\r\n".encode() + b"\xff\x80\rx\n",
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    ).stdout.decode()
    assert [json.loads(line)["value"] for line in told.splitlines()] == ["刘欣䶮", "\ufffd\ufffd\rx"]


def values_of(kind: str) -> list[str]:
    """Good ones, spoiled ones, and what nobody types."""
    chance = random.Random(kind)
    good = GOOD[kind]
    spoiled = [
        good[:place] + chance.choice("0Xx转 　-·１王\u200b") + good[place + 1 :]
        for place in (chance.randrange(len(good)) for _ in range(1500))
    ]
    numbers = ["".join(chance.choices("0123456789X-+", k=chance.randrange(25))) for _ in range(400)]
    return [good, *spoiled, *numbers, *HOSTILE]


@pytest.mark.parametrize("kind", sorted(PROMISED))
def test_a_hundred_thousand_values_would_take_less_than_a_minute(kind: str, tmp_path: Path) -> None:
    """At the pace of two thousand, the worst that can be thought of among them."""
    values = values_of(kind)
    start = time.process_time()
    told = run(kind, "\n".join(values).encode("utf-8", "replace"), tmp_path)
    assert time.process_time() - start < 60 * len(values) / 100_000
    assert len(told) == len(values)
    assert all(line["verdict"] in ("ok", "warn", "error") for line in told)


def test_every_promised_kind_is_known() -> None:
    assert set(KINDS) >= PROMISED
