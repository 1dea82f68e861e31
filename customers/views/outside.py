"""A file from outside compared with the customers that one sees."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from customers.duplicates.outside import Compared
from customers.duplicates.searching import Thresholds
from customers.duplicates.wording import strength_of, words_of_lines
from customers.models import Customer
from customers.operations.outside import compare_file
from customers.personal import masked
from workplace.access import requires, staff_of
from workplace.choices import Access, FilePurpose
from workplace.exports import as_download
from workplace.intake.errors import words_of
from workplace.intake.refusal import Refused
from workplace.models import UploadedFile
from workplace.operations.access_log import record_look

REVIEW = "customers.review_duplicate"
SHOWN = 100


@requires(REVIEW)
@require_http_methods(["GET", "POST"])
def compare(request: HttpRequest) -> HttpResponse:
    """The answer stands on the page and, for a day, as a workbook; the file itself is not kept."""
    context: dict[str, Any] = {"limit": settings.IMPORT_ROW_LIMIT}
    upload = request.FILES.get("file")
    if request.method == "POST" and (refusal := _refused(upload)):
        context["refusal"] = refusal
    elif request.method == "POST" and upload is not None:
        content, name = upload.read(), upload.name or ""
        try:
            compared, answer, thresholds = compare_file(
                content=content, name=name, actor=staff_of(request), at=timezone.now()
            )
            context |= {"compared": compared, "answer": answer, "lines": _lines(compared, thresholds)}
        except Refused as refused:
            context["refusal"] = words_of({"code": refused.code, "params": refused.params})
    status = 422 if context.get("refusal") else 200
    response = render(request, "customers/compare.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _refused(upload: File[bytes] | None) -> str:
    if upload is None:
        return _("Choose a file first.")
    return _("The file is too big.") if (upload.size or 0) > settings.IMPORT_BYTES_LIMIT else ""


def _lines(compared: Compared, thresholds: Thresholds) -> list[dict[str, Any]]:
    shown = compared.matches[:SHOWN]
    known = Customer.objects.select_related("home_branch").in_bulk({match.customer_id for match in shown})
    return [
        {
            "match": match,
            "customer": known[match.customer_id],
            "name": masked(known[match.customer_id], "name"),
            "strength": strength_of(match.comparison.score, thresholds),
            "words": _("; ").join(words_of_lines(match.comparison.lines)),
        }
        for match in shown
    ]


@requires(REVIEW)
@require_safe
def comparison(request: HttpRequest, pk: int) -> HttpResponse:
    """The workbook of one's own comparison, until it expires."""
    staff, now = staff_of(request), timezone.now()
    own = UploadedFile.objects.visible_to(staff).filter(purpose=FilePurpose.EXPORT, removed_at__isnull=True)
    found = get_object_or_404(own.filter(expires_at__gt=now), pk=pk)
    if not found.content.storage.exists(found.content.name or ""):
        raise Http404
    record_look(
        staff=staff, access=Access.DOWNLOAD, record_kind="comparison", record_id=found.pk, detail=found.name,
        at=now,
    )  # fmt: skip
    with found.content.open("rb") as opened:
        return as_download(opened.read(), found.name)
