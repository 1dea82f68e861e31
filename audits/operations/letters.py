"""Letters to agencies: made with their list, sent, received, answered; a sent letter says what it said."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agents.choices import Post
from agents.models import Agency, Posting
from agents.models.reach import reach_of
from agents.operations.postings import current
from audits.choices import TimelineKind
from audits.letter_pdf import pdf_of
from audits.letters import lines_for, number_for, paragraphs, serial_of
from audits.models import AgencyLetter, LetterLine, RectificationSettings, TimelineEntry
from workplace.choices import FilePurpose
from workplace.models import Staff
from workplace.operations.files import store_file
from workplace.operations.notices import notify
from workplace.operations.staff import recorded

SEND = "audits.send_letter"
LONGEST_ANSWER = 4_000
LONGEST_REASON = 200


class LetterRefused(Exception):
    """The letter cannot be made or go on like this; its text says why, `field` where."""

    def __init__(self, text: str, *, field: str = "") -> None:
        super().__init__(text)
        self.field = field


def make_letter(*, agency: Agency, text: str, due_on: date, actor: Staff, at: datetime) -> AgencyLetter:
    """Numbers it, names every open rectification that no unanswered letter names, and keeps its PDF."""
    _may_send(agency, actor)
    if not paragraphs(text):
        raise LetterRefused(_("A letter without words says nothing."), field="text")
    if due_on <= localdate(at):
        raise LetterRefused(_("Give the agency at least until tomorrow."), field="due_on")
    with transaction.atomic(), recorded(actor, "letter made"):
        word = RectificationSettings.objects.select_for_update().get(pk=1).letter_word  # one at a time
        lines = lines_for(agency, actor)
        if not lines:
            raise LetterRefused(_("Nothing of this agency is open that an unanswered letter does not name."))
        year = localdate(at).year
        letter = AgencyLetter.objects.create(
            number=number_for(word, year, _last_serial(word, year) + 1),
            agency=agency,
            text="\n".join(paragraphs(text)),
            due_on=due_on,
            made_by=actor,
            made_at=at,
        )
        LetterLine.objects.bulk_create(
            LetterLine(
                letter=letter,
                rectification=one.rectification,
                policy_number=one.policy_number,
                wrong=one.wrong,
            )
            for one in lines
        )
        letter.file = store_file(
            content=pdf_of(letter),
            name=f"{letter.number}.pdf",
            purpose=FilePurpose.EXPORT,
            owner=actor,
            at=at,
            media_type="application/pdf",
        )
        letter.save(update_fields=["file"])
    return letter


def send_letter(*, letter: AgencyLetter, on: date, actor: Staff, at: datetime) -> AgencyLetter:
    """From now on the liaison sees it; each rectification named gets a line, the liaisons a notice."""
    with transaction.atomic(), recorded(actor, "letter sent"):
        found = _not_sent(letter, actor)
        _check_day(on, localdate(found.made_at), at, "on")
        found.sent_on = on
        found.save(update_fields=["sent_on"])
        TimelineEntry.objects.bulk_create(
            TimelineEntry(
                rectification_id=line,
                kind=TimelineKind.NOTE,
                action="letter",
                actor=actor,
                at=at,
                detail={"number": found.number},
            )
            for line in found.lines.values_list("rectification_id", flat=True)
        )
        _tell_liaisons(found, at)
    return found


def void_letter(*, letter: AgencyLetter, reason: str, actor: Staff, at: datetime) -> AgencyLetter:
    """A letter that never goes out: its number is used up, what it names is free for the next one."""
    with transaction.atomic(), recorded(actor, "letter voided"):
        found = _not_sent(letter, actor)
        if not reason.strip():
            raise LetterRefused(_("Say why it is voided."), field="reason")
        found.voided_at, found.voided_by, found.void_reason = at, actor, reason.strip()[:LONGEST_REASON]
        found.save(update_fields=["voided_at", "voided_by", "void_reason"])
    return found


def receive_letter(*, letter: AgencyLetter, on: date, actor: Staff, at: datetime) -> AgencyLetter:
    """When the agency signed for it."""
    with transaction.atomic(), recorded(actor, "letter received"):
        found = _locked(letter, actor)
        if found.sent_on is None:
            raise LetterRefused(_("It has not been sent yet."))
        if found.answered_on is not None and on > found.answered_on:
            text = _("It was answered on %(day)s already.")
            raise LetterRefused(text % {"day": found.answered_on.isoformat()}, field="on")
        _check_day(on, found.sent_on, at, "on")
        found.received_on = on
        found.save(update_fields=["received_on"])
    return found


def answer_letter(*, letter: AgencyLetter, answer: str, on: date, actor: Staff, at: datetime) -> AgencyLetter:
    """The liaison answers here and today; whoever sends letters also notes an answer that came on paper."""
    today = localdate(at)
    with transaction.atomic(), recorded(actor, "letter answered"):
        found: AgencyLetter = AgencyLetter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
        liaison = found.agency_id in reach_of(actor).agency_ids
        if not liaison:
            _may_send(found.agency, actor)
        if found.sent_on is None:
            raise LetterRefused(_("It has not been sent yet."))
        if found.answered_on is not None:
            text = _("It was answered on %(day)s already.")
            raise LetterRefused(text % {"day": found.answered_on.isoformat()})
        if not answer.strip():
            raise LetterRefused(_("Say what was done."), field="answer")
        if liaison and on != today:
            raise LetterRefused(_("Your answer counts from today."), field="on")
        _check_day(on, found.sent_on, at, "on")
        found.answered_on, found.answer = on, answer.strip()[:LONGEST_ANSWER]
        found.received_on = found.received_on or on
        found.save(update_fields=["answered_on", "answer", "received_on"])
        notify(
            recipients={found.made_by_id} - {actor.pk},
            kind="letter_answered",
            key=f"letter_answered:{found.pk}",
            detail={"number": found.number, "agency": found.agency.name},
            link=reverse("letter", args=[found.pk]),
            at=at,
        )
    return found


def _last_serial(word: str, year: int) -> int:
    stem = number_for(word, year, 0).partition("〕")[0]
    numbers = AgencyLetter.objects.filter(number__startswith=stem).values_list("number", flat=True)
    return max(map(serial_of, numbers), default=0)


def _locked(letter: AgencyLetter, actor: Staff) -> AgencyLetter:
    found: AgencyLetter = AgencyLetter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    _may_send(found.agency, actor)
    return found


def _not_sent(letter: AgencyLetter, actor: Staff) -> AgencyLetter:
    found = _locked(letter, actor)
    if found.sent_on is not None:
        raise LetterRefused(_("It was sent on %(day)s already.") % {"day": found.sent_on.isoformat()})
    if found.voided_at is not None:
        raise LetterRefused(_("It is voided; write a new one."))
    return found


def _may_send(agency: Agency, actor: Staff) -> None:
    seen = Agency.objects.visible_to(actor).filter(pk=agency.pk)
    if not actor.has_perm(SEND) or not seen.exists():
        raise LetterRefused(_("You send no letters to this agency."))


def _check_day(day: date, earliest: date, at: datetime, field: str) -> None:
    if day < earliest:
        raise LetterRefused(_("That is before the step before it."), field=field)
    if day > localdate(at):
        raise LetterRefused(_("That day is still to come."), field=field)


def _tell_liaisons(letter: AgencyLetter, at: datetime) -> None:
    posted = current(Posting.objects.filter(agency=letter.agency, post=Post.LIAISON), localdate(at))
    notify(
        recipients=set(posted.values_list("staff_id", flat=True)),
        kind="letter_sent",
        key=f"letter_sent:{letter.pk}",
        detail={"number": letter.number, "due": letter.due_on.isoformat()},
        link=reverse("letter", args=[letter.pk]),
        at=at,
    )
