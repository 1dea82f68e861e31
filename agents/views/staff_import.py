"""Staff from a file: template, preview of every row with all its errors, then all at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents.forms import StaffFileForm
from agents.operations.staff_import import COLUMNS, CheckedRow, check_rows, codes_of_header, import_staff
from workplace.access import requires, staff_of
from workplace.exports import as_download, workbook
from workplace.intake.errors import words_of
from workplace.intake.parsing import read_sheet
from workplace.intake.refusal import Refused
from workplace.operations.staff import StaffRefused

SALT = "staff import"
GOOD_FOR = 3600
BYTES = 2 * 1024 * 1024
EXAMPLE = ("wang.wei", "王伟", "10086", "wang.wei@example.com", "clerk", "110000", "", "operations")


@requires("workplace.add_staff")
@require_GET
def staff_template(request: HttpRequest) -> HttpResponse:
    headers = [f"{code} {chinese}" for code, chinese, _required in COLUMNS]
    return as_download(workbook(headers, [EXAMPLE]), "staff.xlsx")


@requires("workplace.add_staff")
@require_http_methods(["GET", "POST"])
def staff_import(request: HttpRequest) -> HttpResponse:
    form = StaffFileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "columns": COLUMNS}
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            if upload.size > BYTES:
                raise StaffRefused(_("The file is too large for a list of staff."))
            context |= _preview(check_rows(_rows(upload.read(), upload.name)))
        except (Refused, StaffRefused) as refusal:
            form.add_error(
                "file",
                words_of({"code": refusal.code, "params": refusal.params})
                if isinstance(refusal, Refused)
                else str(refusal),
            )
    return render(request, "agents/staff_import.html", context)


def _rows(content: bytes, name: str) -> list[tuple[int, dict[str, str]]]:
    sheet = read_sheet(content, name)
    codes = codes_of_header(sheet.header)
    return [
        (line, {code: str(cell) for code, cell in zip(codes, cells, strict=False) if code})
        for line, cells in sheet.rows
    ]


def _preview(rows: list[CheckedRow]) -> dict[str, Any]:
    """What was read travels signed to the confirmation, so that nothing is written before it."""
    faulty = [row for row in rows if row.errors]
    payload = [(row.line, row.values) for row in rows]
    return {
        "rows": sorted(rows, key=lambda row: (not row.errors, row.line)),
        "faulty": len(faulty),
        "payload": "" if faulty or not rows else signing.dumps(payload, salt=SALT, compress=True),
    }


@requires("workplace.add_staff")
@require_POST
def staff_import_confirm(request: HttpRequest) -> HttpResponse:
    try:
        payload = signing.loads(request.POST.get("payload", ""), salt=SALT, max_age=GOOD_FOR)
        rows = [CheckedRow(line, values) for line, values in payload]
        newcomers = import_staff(rows=rows, actor=staff_of(request), at=timezone.now())
    except (signing.BadSignature, StaffRefused) as refusal:
        stale = isinstance(refusal, signing.BadSignature)
        messages.error(
            request, _("This preview is no longer good; upload the file again.") if stale else str(refusal)
        )
        return redirect("staff_import")
    people = [(newcomer.staff, newcomer.password) for newcomer in newcomers]
    response = render(request, "agents/staff_passwords.html", {"people": people})
    response["Cache-Control"] = "no-store"
    return response
