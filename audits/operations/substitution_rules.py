"""Whether a member of a sample may give its place to the next in order."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from audits.eligibility import may_review
from audits.models import SampleItem
from audits.sample_reviews import reviewers_of
from audits.sampling.choices import ItemOutcome
from audits.sampling.substitution import SubstitutionRule
from policies.models import Policy
from policies.rules.scope import in_scope


def why_not_substitute(item: SampleItem, rule: SubstitutionRule, today: date) -> str:
    """Nothing when the rule holds for it."""
    if item.outcome == ItemOutcome.SUBSTITUTED:
        return _("Another stands for it already.")
    if item.outcome not in (ItemOutcome.PENDING, ItemOutcome.NO_CONTACT):
        return _("It has been decided; what was found stays.")
    holds = {
        SubstitutionRule.ENDED: _has_ended,
        SubstitutionRule.NO_CONTACT: _unreached,
        SubstitutionRule.NOBODY: _for_nobody,
    }[rule]
    return "" if holds(item, today) else _("This reason does not hold: %(rule)s.") % {"rule": rule.label}


def _has_ended(item: SampleItem, today: date) -> bool:
    return item.policy_id is not None and not Policy.objects.filter(in_scope(), pk=item.policy_id).exists()


def _unreached(item: SampleItem, today: date) -> bool:
    return item.outcome == ItemOutcome.NO_CONTACT


def _for_nobody(item: SampleItem, today: date) -> bool:
    return all(may_review(person, item, today=today) for person in reviewers_of(item.run))
