"""The words of what people are told about letters."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workplace.notices import Detail, register_notice


def _sent(detail: Detail) -> tuple[str, str]:
    title = _("Letter %(number)s to your agency") % {"number": detail["number"]}
    return title, _("Please answer by %(due)s.") % {"due": detail["due"]}


def _answered(detail: Detail) -> tuple[str, str]:
    title = _("%(agency)s answered letter %(number)s")
    return title % {"agency": detail["agency"], "number": detail["number"]}, ""


def register() -> None:
    register_notice("letter_sent", _sent, gettext_lazy("Letters to my agency"))
    register_notice("letter_answered", _answered, gettext_lazy("Answers to my letters"))
