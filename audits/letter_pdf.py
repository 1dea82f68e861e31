"""A letter as an A4 document with an embedded Chinese font, as a Chinese company sends it."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Paragraph, Spacer, Table

from audits.letters import paragraphs
from audits.models import AgencyLetter
from audits.paper import printed, ruled, style, title_style

WIDTHS = (12 * mm, 38 * mm, 74 * mm, 36 * mm)


def pdf_of(letter: AgencyLetter) -> bytes:
    """Always in the language of letters."""
    with override(settings.LANGUAGE_CODE):
        return printed(_story(letter), title=letter.number, author=letter.agency.branch.name)


def _story(letter: AgencyLetter) -> list[Any]:
    body = style("body", firstLineIndent=22, spaceAfter=4)
    right = style("right", alignment=TA_RIGHT)
    colon = pgettext("after a label", ": ").rstrip()
    said = [Paragraph(escape(text), body) for text in paragraphs(letter.text)]
    closing = [
        Spacer(0, 10 * mm),
        Paragraph(escape(letter.agency.branch.name), right),
        Paragraph(_("(seal)"), right),
        Paragraph(_day(letter), right),
    ]
    return [
        Paragraph(_("Letter on correcting customer data within a time limit"), title_style()),
        Paragraph(escape(letter.number), style("number", alignment=TA_CENTER, spaceAfter=12)),
        Paragraph(escape(letter.agency.name) + colon, style("to", spaceAfter=4)),
        *said,
        Spacer(0, 4 * mm),
        _table(letter),
        KeepTogether(closing),
    ]


def _table(letter: AgencyLetter) -> Table:
    lines = enumerate(letter.lines.select_related("rectification"), start=1)
    rows = [
        (str(number), line.policy_number or "–", line.wrong, line.rectification.number)
        for number, line in lines
    ]
    return ruled(headings(), rows, WIDTHS)


def headings() -> tuple[str, str, str, str]:
    with override(settings.LANGUAGE_CODE):
        return _("No."), _("Policy"), _("Customer and what is wrong"), _("Rectification")


def _day(letter: AgencyLetter) -> str:
    day = localdate(letter.made_at)
    return _("%(year)s-%(month)s-%(day)s") % {"year": day.year, "month": day.month, "day": day.day}
