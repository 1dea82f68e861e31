"""What a letter to an agency says, which rectifications it has yet to name, and how agencies answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext

from agents.models import Agency
from audits.choices import RectificationState as State
from audits.models import AgencyLetter, LetterLine, Rectification
from audits.worklists import line_of, with_lines
from authenticity.models import Article
from workplace.models import Staff

MOST = 1_000
TIME_LIMIT = "82-10"
SCORES = "82-13"
LONGEST = 300


@dataclass(frozen=True)
class Named:
    """One line to be: what of it is frozen in the letter."""

    rectification: Rectification
    policy_number: str
    wrong: str


@dataclass(frozen=True)
class Answers:
    """How one agency answered: an unanswered letter within its time is in time."""

    sent: int = 0
    answered: int = 0
    in_time: int = 0
    late: int = 0


def unnamed(staff: Staff) -> QuerySet[Rectification]:
    """Open ones of agencies, within sight, that no unanswered letter names; a voided one names nothing."""
    named = LetterLine.objects.filter(rectification=OuterRef("pk"))
    waiting = named.filter(letter__answered_on__isnull=True, letter__voided_at__isnull=True)
    found = Rectification.objects.visible_to(staff).filter(agency__isnull=False)
    return found.exclude(state__in=(State.CLOSED, State.APPEALED)).exclude(Exists(waiting))


def lines_for(agency: Agency, staff: Staff) -> list[Named]:
    """In the language of letters, worst due first; at most a thousand, the rest is for the next letter."""
    rows = with_lines(unnamed(staff).filter(agency=agency)).order_by(F("due_on").asc(nulls_last=True), "pk")
    with override(settings.LANGUAGE_CODE):
        return [_named(row) for row in rows[:MOST]]


def _named(row: Rectification) -> Named:
    line = line_of(row)
    wrong = line.wrong if not line.where else line.where + pgettext("after a label", ": ") + line.wrong
    if line.more:
        more = ngettext("%(wrong)s and %(count)s more", "%(wrong)s and %(count)s more", line.more)
        wrong = more % {"wrong": wrong, "count": line.more}
    return Named(row, line.policy[:40], f"{line.subject}　{wrong}"[:LONGEST])


def body_for(agency: Agency, *, count: int, due_on: date) -> str:
    """Paragraphs of a letter, one a line, always in the language of letters; meant to be read over."""
    with override(settings.LANGUAGE_CODE):
        demand = ngettext(
            "Our audit found that the customer data of the %(count)s item listed below, which you sold for "
            "us, is untrue or incomplete. By %(article)s please complete and correct it by %(due)s and "
            "answer in writing.",
            "Our audit found that the customer data of the %(count)s items listed below, which you sold for "
            "us, is untrue or incomplete. By %(article)s please complete and correct it by %(due)s and "
            "answer in writing.",
            count,
        )
        demanded = {"count": count, "article": _article(TIME_LIMIT), "due": due_on.isoformat()}
        return "\n".join([demand % demanded, *_consequences(), _("We ask for your cooperation.")])


def _consequences() -> list[str]:
    """Commission withheld, cooperation ended and reported, the score: each with its article."""
    limit, scores = {"article": _article(TIME_LIMIT)}, {"article": _article(SCORES)}
    return [
        _("Please note what follows otherwise:"),
        _(
            "(1) Until it is corrected no commission is paid for these policies; what was paid already is "
            "deducted from the next settlement (%(article)s)."
        )
        % limit,
        _(
            "(2) Where correction is refused or late, we end the cooperation and report to the regulator "
            "(%(article)s)."
        )
        % limit,
        _("(3) How true the data is, and how letters are answered, counts in your score (%(article)s).")
        % scores,
    ]


def _article(code: str) -> str:
    """As letters cite: the law by its title, its number in brackets, then the article."""
    found = Article.objects.filter(code=code).first()
    if found is None:
        return code
    number, _space, title = found.law.partition(" ")
    law = f"《{title}》（{number}）" if title else f"《{found.law}》"
    return law + found.number


def serial_of(number: str) -> int:
    """The running number inside 真信整改函〔2026〕0001号; nought for anything else."""
    digits = number.rpartition("〕")[2].removesuffix("号")
    return int(digits) if digits.isdecimal() else 0


def number_for(word: str, year: int, serial: int) -> str:
    return f"{word}〔{year}〕{serial:04d}号"


def overdue(today: date) -> Q:
    return Q(sent_on__isnull=False, answered_on__isnull=True, due_on__lt=today)


def in_time(today: date) -> Q:
    """Answered by its day, or with the day still to come; for a day of the past as it stood then."""
    return Q(answered_on__lte=F("due_on")) | Q(due_on__gte=today)


def answers_of(
    agency_ids: Collection[int], *, today: date, since: date | None = None, until: date | None = None
) -> dict[int, Answers]:
    """Agency → its answers to letters sent in that time, for scorecards; one query."""
    sent = AgencyLetter.objects.filter(agency__in=agency_ids, sent_on__isnull=False)
    if since is not None:
        sent = sent.filter(sent_on__gte=since)
    if until is not None:
        sent = sent.filter(sent_on__lte=until)
    rows = (
        sent.order_by()
        .values("agency")
        .annotate(
            n=Count("pk"),
            answered=Count("pk", filter=Q(answered_on__lte=today)),
            in_time=Count("pk", filter=in_time(today)),
        )
    )
    return {
        row["agency"]: Answers(row["n"], row["answered"], row["in_time"], row["n"] - row["in_time"])
        for row in rows
    }


def paragraphs(text: str) -> Sequence[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
