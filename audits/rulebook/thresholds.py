"""What each threshold means, in which unit, and between which bounds it may be set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from authenticity.choices import Severity
from authenticity.rule import SLA, SLA_DAYS

COHORT = "SCP-002"
# Settings that are no rule: how long work may take, and the day that parts old business from new.
LOOSE: dict[str, Mapping[str, Any]] = {SLA: SLA_DAYS, COHORT: {"notice_date": "2013-11-04"}}
LOOSE_TITLES: dict[str, str | Promise] = {
    SLA: _("Working days to put a finding right"),
    COHORT: _("The day of the notice: what was issued before it is old business"),
}


@dataclass(frozen=True)
class Threshold:
    """`low` and `high` are the bounds, both allowed; a date has none."""

    meaning: str | Promise
    unit: str | Promise = ""
    low: int = 1
    high: int = 1_000
    is_date: bool = False


WORKING_DAYS = _("working days")
DAYS = _("days")
MONTHS = _("months")
YEARS = _("years")
CHARACTERS = _("characters")
DIGITS = _("digits")
PERSONS = _("persons")
YUAN = _("yuan")
PERCENT = "%"
ADULT = Threshold(_("Of age from this birthday on"), YEARS, 14, 30)
SLACK = Threshold(_("Days by which a term may miss its round years"), DAYS, 0, 60)
FAILURES = Threshold(_("From so many failures in a row on"), "", 1, 20)

BY_NAME: dict[str, Threshold] = {
    "shortest": Threshold(_("Shortest text that is still accepted"), CHARACTERS, 1, 100),
    "longest": Threshold(_("Longest text that is still accepted"), CHARACTERS, 2, 400),
    "run": Threshold(_("So many equal digits in a row are false"), DIGITS, 3, 11),
    "sequence": Threshold(_("So many digits counting up or down are false"), DIGITS, 3, 11),
    "doubtful_run": Threshold(_("So many equal or counting digits are doubtful"), DIGITS, 3, 11),
    "doubtful_distinct": Threshold(_("So few different digits in the last eight are doubtful"), DIGITS, 1, 5),
    "holders": Threshold(_("From so many different persons on"), PERSONS, 2, 1_000),
    "failures": FAILURES,
    "adult": ADULT,
    "slack_days": SLACK,
    "least": Threshold(_("Fewest digits of the number"), DIGITS, 1, 60),
    "most": Threshold(_("Most digits of the number"), DIGITS, 1, 60),
}
BY_RULE: dict[tuple[str, str], Threshold] = {
    (SLA, Severity.BLOCK.value): Threshold(_("For blocking findings"), WORKING_DAYS, 1, 250),
    (SLA, Severity.ERROR.value): Threshold(_("For defects"), WORKING_DAYS, 1, 250),
    (SLA, Severity.WARN.value): Threshold(_("For what is to be judged"), WORKING_DAYS, 1, 250),
    (COHORT, "notice_date"): Threshold(_("Day of the notice"), is_date=True),
    ("AD-008", "similarity"): Threshold(_("An address so alike counts as the same"), PERCENT, 50, 100),
    ("CT-001", "months"): Threshold(_("Confirmed at least once in so many months"), MONTHS, 1, 240),
    ("ID-007", "years"): Threshold(_("Age that nobody reaches"), YEARS, 90, 150),
    ("ID-028", "years"): Threshold(_("From this age on a resident ID is expected"), YEARS, 1, 30),
    ("ID-029", "years"): Threshold(_("Up to this age a birth certificate is accepted"), YEARS, 0, 18),
    ("PH-027", "years"): Threshold(_("Of age from this birthday on"), YEARS, 14, 30),
    ("RB-002", "gap_years"): Threshold(_("Fewest years between parent and child"), YEARS, 5, 30),
    ("RB-004", "husband"): Threshold(_("Youngest husband"), YEARS, 14, 30),
    ("RB-004", "wife"): Threshold(_("Youngest wife"), YEARS, 14, 30),
    ("RB-006", "working"): Threshold(_("From this age on with an income of one's own"), YEARS, 14, 18),
    ("RB-013", "small_child"): Threshold(_("Small child until this birthday"), YEARS, 1, 17),
    ("RB-013", "cover_small"): Threshold(_("Most cover on the death of a small child"), YUAN, 0, 100_000_000),
    ("RB-013", "cover"): Threshold(_("Most cover on the death of a minor"), YUAN, 0, 100_000_000),
    ("RB-015", "amount"): Threshold(_("All premiums together from this sum on"), YUAN, 1, 1_000_000_000),
    ("VAL-004", "days"): Threshold(_("Told so many days before the document expires"), DAYS, 1, 365),
}


def threshold_of(code: str, name: str) -> Threshold:
    """One that nobody described is told by its own name and may be any number above zero."""
    found = BY_RULE.get((code, name)) or BY_NAME.get(name)
    return found or Threshold(name.replace("_", " "), "", 1, 1_000_000_000)


def described(code: str, name: str) -> bool:
    return (code, name) in BY_RULE or name in BY_NAME


class OutOfBounds(ValueError):
    """The value is no number (or date), or lies outside the bounds."""


def read_threshold(code: str, name: str, text: str) -> int | str:
    """The value to store: a whole number, or a date as ISO text."""
    threshold = threshold_of(code, name)
    try:
        if threshold.is_date:
            return date.fromisoformat(text.strip()).isoformat()
        number = int(text.strip())
    except ValueError as error:
        raise OutOfBounds(name) from error
    if not threshold.low <= number <= threshold.high:
        raise OutOfBounds(name)
    return number
