"""The words of what people are told about rectifications; every detail is masked or a number."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from audits.choices import AppealState
from workplace.notices import Detail, Text, register_notice

Words = tuple[str, str]


def _assigned(detail: Detail) -> Words:
    count = int(detail["count"])
    by = _("By %(by)s.") % {"by": detail["by"] or _("the system")}
    if count == 1 and detail.get("number"):
        return _("%(number)s was assigned to you") % {"number": detail["number"]}, by
    title = ngettext("%d rectification was assigned to you", "%d rectifications were assigned to you", count)
    return title % count, by


def _returned(detail: Detail) -> Words:
    title = _("%(number)s was returned to you") % {"number": detail["number"]}
    return title, _("%(by)s says why on its page.") % {"by": detail["by"]}


def _extension_asked(detail: Detail) -> Words:
    title = _("%(by)s asks for more time for %(number)s") % {"by": detail["by"], "number": detail["number"]}
    return title, _days(int(detail["days"]))


def _extension_answered(detail: Detail) -> Words:
    granted = bool(detail["granted"])
    words = (
        _("More time for %(number)s was granted") if granted else _("More time for %(number)s was refused")
    )
    return words % {"number": detail["number"]}, _days(int(detail["days"])) if granted else ""


def _days(days: int) -> str:
    return ngettext("%d working day.", "%d working days.", days) % days


def _appeal_made(detail: Detail) -> Words:
    title = _("%(by)s appeals against a finding of %(number)s") % {
        "by": detail["by"],
        "number": detail["number"],
    }
    return title, _("The province decides.")


def _appeal_message(detail: Detail) -> Words:
    title = _("%(by)s wrote about the appeal of %(number)s")
    return title % {"by": detail["by"], "number": detail["number"]}, ""


def _appeal_decided(detail: Detail) -> Words:
    upheld = detail["state"] == AppealState.UPHELD
    title = (
        _("The appeal of %(number)s was upheld") if upheld else _("The appeal of %(number)s was dismissed")
    )
    body = _("The finding no longer counts in any score.") if upheld else _("The finding stands.")
    return title % {"number": detail["number"]}, body


def _bulk_finished(detail: Detail) -> Words:
    done, refused = int(detail["done"]), int(detail.get("refused", 0))
    title = ngettext("Bulk action: %d rectification done", "Bulk action: %d rectifications done", done) % done
    return title, ngettext("%d was refused.", "%d were refused.", refused) % refused if refused else ""


def _letter_sent(detail: Detail) -> Words:
    title = _("Letter %(number)s was sent to your agency") % {"number": detail["number"]}
    return title, _("Answer it by %(due)s.") % {"due": detail["due"]}


def _letter_answered(detail: Detail) -> Words:
    title = _("Letter %(number)s was answered") % {"number": detail["number"]}
    return title, _("By %(by)s.") % {"by": detail["agency"]}


def _letter_overdue(detail: Detail) -> Words:
    title = _("Letter %(number)s has not been answered in time") % {"number": detail["number"]}
    return title, _("%(agency)s was to answer by %(due)s.") % {
        "agency": detail["agency"],
        "due": detail["due"],
    }


def _pool_empty(detail: Detail) -> Words:
    count = int(detail.get("count", 1))
    title = ngettext(
        "Nobody is left to give %d rectification to", "Nobody is left to give %d rectifications to", count
    )
    return title % count, _("Everybody whom rule “%(rule)s” names is absent or out of reach.") % {
        "rule": detail.get("rule", "")
    }


def _dispute_answered(detail: Detail) -> Words:
    upheld = bool(detail["stands"])
    title = _("Your word about rule %(rule)s was answered") % {"rule": detail["rule"]}
    return title, _("The rule stands.") if upheld else _("The rule was wrong here.")


def _exemption_decided(detail: Detail) -> Words:
    approved = bool(detail["approved"])
    words = (
        _("Your exemption from %(rule)s was approved")
        if approved
        else _("Your exemption from %(rule)s was refused")
    )
    return words % {"rule": detail["rule"]}, _("By %(by)s.") % {"by": detail["by"]}


def _change_decided(detail: Detail) -> Words:
    accepted = bool(detail["accepted"])
    words = _("Change %(number)s was accepted") if accepted else _("Change %(number)s was returned to you")
    return words % {"number": detail["number"]}, _("By %(by)s.") % {"by": detail["by"]}


def _own_step(detail: Detail) -> Words:
    count, days = int(detail["count"]), int(detail["days"])
    if count == 1:
        return _when_of_one(days) % {"number": detail["number"], "span": _span(days)}, _due(detail)
    if days == 0:
        words = _("%(count)s of your rectifications are due")
    elif days < 0:
        words = _("%(count)s of your rectifications are due within %(span)s")
    else:
        words = _("%(count)s of your rectifications have been overdue for %(span)s or more")
    return words % {"count": count, "span": _span(days)}, ""


def _when_of_one(days: int) -> str:
    if days == 0:
        return _("%(number)s is due today")
    return _("%(number)s is due in %(span)s") if days < 0 else _("%(number)s has been overdue for %(span)s")


def _span(days: int) -> str:
    return ngettext("%d working day", "%d working days", abs(days)) % abs(days)


def _lead_step(detail: Detail) -> Words:
    count, days = int(detail["count"]), int(detail["days"])
    if count == 1:
        body = _("%(owner)s works on it.") % {"owner": detail["owner"]}
        return _when_of_one(days) % {"number": detail["number"], "span": _span(days)}, body
    if days == 0:
        words = _("%(count)s rectifications are due")
    elif days < 0:
        words = _("%(count)s rectifications are due within %(span)s")
    else:
        words = _("%(count)s rectifications have been overdue for %(span)s or more")
    return words % {"count": count, "span": _span(days)}, ""


def _due(detail: Detail) -> str:
    return _("Due %(due)s.") % {"due": detail["due"]} if detail.get("due") else ""


def _visit(detail: Detail) -> Words:
    count = int(detail["count"])
    body = _("Calls have failed and little time is left; a visit is asked for.")
    if count == 1:
        return _("Visit the customer of %(number)s") % {"number": detail["number"]}, body
    return ngettext(
        "Visit the customer of %d rectification", "Visit the customers of %d rectifications", count
    ) % (count), body


def _samples_given(detail: Detail) -> Words:
    count = int(detail["count"])
    title = ngettext("%d sample was given to you to review", "%d samples were given to you to review", count)
    return title % count, str(detail["plan"])


def _frame_sealed(detail: Detail) -> Words:
    title = _("“%(plan)s”, %(period)s: the frame is sealed, give your part of the seed")
    size = f"{int(detail['size']):,}"
    said = {"plan": detail["plan"], "period": detail["period"]}
    return title % said, _("%(size)s are in the frame; nothing is drawn before.") % {"size": size}


KINDS: dict[str, tuple[Text, Any]] = {
    "assigned": (_assigned, gettext_lazy("Assigned to me")),
    "returned": (_returned, gettext_lazy("Returned to me")),
    "escalation": (_own_step, gettext_lazy("My due dates")),
    "escalation_lead": (_lead_step, gettext_lazy("Due dates of others")),
    "visit": (_visit, gettext_lazy("Visits asked for")),
    "extension_asked": (_extension_asked, gettext_lazy("Extensions asked for")),
    "extension_answered": (_extension_answered, gettext_lazy("Extensions answered")),
    "appeal_made": (_appeal_made, gettext_lazy("Appeals made")),
    "appeal_message": (_appeal_message, gettext_lazy("Messages about appeals")),
    "appeal_decided": (_appeal_decided, gettext_lazy("Appeals decided")),
    "bulk_finished": (_bulk_finished, gettext_lazy("Bulk actions finished")),
    "letter_sent": (_letter_sent, gettext_lazy("Letters to my agency")),
    "letter_answered": (_letter_answered, gettext_lazy("Letters answered")),
    "letter_overdue": (_letter_overdue, gettext_lazy("Letters not answered in time")),
    "pool_empty": (_pool_empty, gettext_lazy("Nobody left to assign to")),
    "dispute_answered": (_dispute_answered, gettext_lazy("Answers to what I disputed")),
    "change_decided": (_change_decided, gettext_lazy("Decisions on changes I handed in")),
    "frame_sealed": (_frame_sealed, gettext_lazy("Frames that wait for my part of the seed")),
    "samples_given": (_samples_given, gettext_lazy("Samples given to me")),
    "exemption_decided": (_exemption_decided, gettext_lazy("Decisions on exemptions I proposed")),
}


def register() -> None:
    for kind, (text, label) in KINDS.items():
        register_notice(kind, text, label)
