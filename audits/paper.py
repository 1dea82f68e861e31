"""Paper that a Chinese company sends or signs: A4, an embedded font, numbered pages, ruled tables."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

import workplace

FONT = "NotoSansSC"
FONT_FILE = Path(workplace.__file__).parent / "fonts" / "NotoSansSC-Regular.ttf"
MARGIN = 25 * mm
WIDTH = A4[0] - 2 * MARGIN
LINE = HexColor("#666666")


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


def printed(story: list[Any], *, title: str, author: str) -> bytes:
    """The document in whatever language is active."""
    content = BytesIO()
    document = SimpleDocTemplate(
        content,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=22 * mm,
        bottomMargin=22 * mm,
        title=title,
        author=author,
    )
    document.build(story, canvasmaker=Numbered)
    return content.getvalue()


def style(name: str, **more: Any) -> ParagraphStyle:
    said = {"fontName": _font(), "fontSize": 11, "leading": 19, "wordWrap": "CJK", **more}
    return ParagraphStyle(name, **said)


def title_style() -> ParagraphStyle:
    return style("title", fontSize=17, leading=26, alignment=TA_CENTER, spaceAfter=2)


def titled(text: str, below: str = "") -> list[Paragraph]:
    small = style("below", fontSize=10, alignment=TA_CENTER, spaceAfter=8)
    return [Paragraph(escape(text), title_style()), *([Paragraph(escape(below), small)] if below else [])]


def heading(text: str) -> Paragraph:
    return Paragraph(
        escape(text), style("heading", fontSize=12.5, spaceBefore=8, spaceAfter=3, keepWithNext=1)
    )


def words(text: str, **more: Any) -> Paragraph:
    return Paragraph(escape(text), style("words", **more))


def ruled(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    widths: Sequence[float],
    numbers: Container[int] = (),
) -> Table:
    """A table whose head is repeated on each page; every cell is plain text, some columns are numbers."""
    small = style("cell", fontSize=9, leading=13)
    head = style("head", fontSize=9, leading=13, alignment=TA_CENTER)
    cells = [[Paragraph(escape(text), head) for text in headings]]
    right = style("number", fontSize=9, leading=13, alignment=TA_RIGHT)
    cells += [
        [Paragraph(escape(text), right if place in numbers else small) for place, text in enumerate(row)]
        for row in rows
    ]
    return Table(
        cells,
        colWidths=list(widths),
        repeatRows=1,
        style=[("GRID", (0, 0), (-1, -1), 0.5, LINE), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")],
    )
