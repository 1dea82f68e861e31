"""Whether a customer was really asked: known by the birth date, or else called, visited and written to."""

from __future__ import annotations

from django.utils.translation import gettext as _

from audits.contact_log import contact_rules
from audits.models import SampleReview
from audits.sampling.choices import FieldVerdict, TruthResult
from audits.sampling.reviewing import IDENTITY
from customers.choices import ContactChannel, ContactResult
from customers.models import ContactAttempt

NOT_THERE = (ContactResult.NO_ANSWER, ContactResult.BUSY, ContactResult.WRONG, ContactResult.MOVED)
WRITTEN = (ContactResult.SENT, ContactResult.RETURNED)
ANOTHERS = (ContactResult.WRONG, ContactResult.MOVED)


def attempts_for(review: SampleReview) -> list[ContactAttempt]:
    """Those of this item, newest first."""
    rows = ContactAttempt.objects.filter(origin=f"sample:{review.item_id}").select_related("by")
    return list(rows.order_by("-tried_at", "-id"))


def said_amiss(review: SampleReview, truth: str) -> str:
    """Why that cannot be said; empty when nothing is against it."""
    results = {one.result for one in attempts_for(review)}
    if truth == TruthResult.REFUSED and ContactResult.REFUSED not in results:
        return _("First note the contact at which the customer refused.")
    if truth == TruthResult.FALSE and results & set(ANOTHERS):
        return ""
    if truth not in (TruthResult.TRUE, TruthResult.FALSE, TruthResult.CHANGED):
        return ""
    if ContactResult.REACHED not in results:
        return _("First note the contact at which the customer was reached.")
    return "" if truth == TruthResult.FALSE else _unknown(review)


def _unknown(review: SampleReview) -> str:
    """Only the customer can say that it is right: the full birth date tells who speaks (requirement 162)."""
    keyed = {(row.role, row.field): row.verdict for row in review.fields.all()}
    if any(place not in keyed for place in IDENTITY):
        return _("First ask for the full birth date and type what the customer says.")
    if any(keyed[place] != FieldVerdict.SAME for place in IDENTITY):
        return _("The birth date was not confirmed, so this was not the customer.")
    return ""


def unreached(review: SampleReview) -> str:
    """What is still to be tried before one may say that nobody was reached: calls, a visit, a letter."""
    tried = attempts_for(review)
    calls = sum(one.channel == ContactChannel.CALL and one.result in NOT_THERE for one in tried)
    most = contact_rules().calls_before_visit
    if calls < most:
        return _("Call %(most)s times first; %(n)s are noted.") % {"most": most, "n": calls}
    if not any(one.channel == ContactChannel.VISIT and one.result in NOT_THERE for one in tried):
        return _("After the calls comes a visit; note how it ended.")
    if not any(one.channel == ContactChannel.LETTER and one.result in WRITTEN for one in tried):
        return _("After the visit comes a letter; note that it was sent.")
    return ""
