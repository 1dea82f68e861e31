"""The words of what people are told about absences."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workplace.notices import Detail, register_notice


def _stands_in(detail: Detail) -> tuple[str, str]:
    title = _("You stand in for %(name)s from %(since)s to %(until)s") % dict(detail)
    return title, _("What is theirs shows in your lists on those days and goes back by itself.")


def _uncovered(detail: Detail) -> tuple[str, str]:
    title = _("%(name)s is away until %(until)s and nobody stands in") % dict(detail)
    return title, _("Name a substitute or give the work to others.")


def register() -> None:
    register_notice("stands_in", _stands_in, gettext_lazy("Whom I stand in for"))
    register_notice("uncovered", _uncovered, gettext_lazy("Absences that nobody covers"))
