"""A letter as an A4 document with an embedded Chinese font, as a Chinese company sends it."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table

import workplace
from audits.letters import paragraphs
from audits.models import AgencyLetter

FONT = "NotoSansSC"
FONT_FILE = Path(workplace.__file__).parent / "fonts" / "NotoSansSC-Regular.ttf"
MARGIN = 25 * mm
LINE = HexColor("#666666")
WIDTHS = (12 * mm, 38 * mm, 74 * mm, 36 * mm)


@lru_cache(maxsize=1)
def _font() -> str:
    pdfmetrics.registerFont(TTFont(FONT, str(FONT_FILE)))
    return FONT


class Numbered(Canvas):
    """Writes "page x of y" once it knows y."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            self.setFont(_font(), 9)
            text = _("Page %(page)s of %(pages)s") % {"page": number, "pages": len(self._pages)}
            self.drawCentredString(A4[0] / 2, 12 * mm, text)
            super().showPage()
        super().save()


def pdf_of(letter: AgencyLetter) -> bytes:
    """Always in the language of letters."""
    content = BytesIO()
    with override(settings.LANGUAGE_CODE):
        document = SimpleDocTemplate(
            content,
            pagesize=A4,
            leftMargin=MARGIN,
            rightMargin=MARGIN,
            topMargin=22 * mm,
            bottomMargin=22 * mm,
            title=letter.number,
            author=letter.agency.branch.name,
        )
        document.build(_story(letter), canvasmaker=Numbered)
    return content.getvalue()


def _style(name: str, **more: Any) -> ParagraphStyle:
    said = {"fontName": _font(), "fontSize": 11, "leading": 19, "wordWrap": "CJK", **more}
    return ParagraphStyle(name, **said)


def _story(letter: AgencyLetter) -> list[Any]:
    body = _style("body", firstLineIndent=22, spaceAfter=4)
    right = _style("right", alignment=TA_RIGHT)
    colon = pgettext("after a label", ": ").rstrip()
    said = [Paragraph(escape(text), body) for text in paragraphs(letter.text)]
    closing = [
        Spacer(0, 10 * mm),
        Paragraph(escape(letter.agency.branch.name), right),
        Paragraph(_("(seal)"), right),
        Paragraph(_day(letter), right),
    ]
    return [
        Paragraph(_("Letter on correcting customer data within a time limit"), _title()),
        Paragraph(escape(letter.number), _style("number", alignment=TA_CENTER, spaceAfter=12)),
        Paragraph(escape(letter.agency.name) + colon, _style("to", spaceAfter=4)),
        *said,
        Spacer(0, 4 * mm),
        _table(letter),
        KeepTogether(closing),
    ]


def _title() -> ParagraphStyle:
    return _style("title", fontSize=17, leading=26, alignment=TA_CENTER, spaceAfter=2)


def _table(letter: AgencyLetter) -> Table:
    small = _style("cell", fontSize=9, leading=13)
    head = _style("head", fontSize=9, leading=13, alignment=TA_CENTER)
    rows = [[Paragraph(text, head) for text in headings()]]
    for number, line in enumerate(letter.lines.select_related("rectification"), start=1):
        cells = (str(number), line.policy_number or "–", line.wrong, line.rectification.number)
        rows.append([Paragraph(escape(text), small) for text in cells])
    return Table(
        rows,
        colWidths=WIDTHS,
        repeatRows=1,
        style=[("GRID", (0, 0), (-1, -1), 0.5, LINE), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")],
    )


def headings() -> tuple[str, str, str, str]:
    with override(settings.LANGUAGE_CODE):
        return _("No."), _("Policy"), _("Customer and what is wrong"), _("Rectification")


def _day(letter: AgencyLetter) -> str:
    day = localdate(letter.made_at)
    return _("%(year)s-%(month)s-%(day)s") % {"year": day.year, "month": day.month, "day": day.day}
