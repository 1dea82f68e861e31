"""The words of what the office itself tells: jobs that took long, lists that end, announcements."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from workplace.choices import JobState
from workplace.jobs import label_of
from workplace.notices import Detail, register_notice


def _job_finished(detail: Detail) -> tuple[str, str]:
    failed = detail["state"] == JobState.FAILED
    words = _("%(job)s has failed") if failed else _("%(job)s has finished")
    body = _("Its page says what happened.") if failed else _("Its page says what it did.")
    return words % {"job": label_of(str(detail["kind"]))}, body


def _list_expiring(detail: Detail) -> tuple[str, str]:
    title = _("List %(number)s ends on %(day)s") % {"number": detail["number"], "day": detail["day"]}
    rows = int(detail["rows"])
    body = ngettext(
        "It holds %d row: destroy it and say so on the page of exported lists.",
        "It holds %d rows: destroy it and say so on the page of exported lists.",
        rows,
    )
    return title, body % rows


def _announcement(detail: Detail) -> tuple[str, str]:
    return str(detail["title"]), _("Announcement of %(by)s.") % {"by": detail["by"]}


def register() -> None:
    register_notice("job_finished", _job_finished, gettext_lazy("Long jobs finished"))
    register_notice("list_expiring", _list_expiring, gettext_lazy("My exported lists that end"))
    register_notice("announcement", _announcement, gettext_lazy("Announcements"))
