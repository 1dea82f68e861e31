import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from authenticity.inspection import KINDS

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


def test_every_promised_kind_is_known() -> None:
    assert set(KINDS) >= PROMISED
