"""Changes of the rule book: drafted, measured, applied at once or approved by a second person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import pghistory
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from audits.choices import ChangeState, ChangeTarget
from audits.models import RuleChange
from audits.models.rule_change import GRAVE
from audits.rulebook.proposals import (
    Terms,
    decided_by,
    gravest_of,
    is_read_when_stored,
    known_codes,
    terms_on,
)
from authenticity.models import Article, RuleSetting
from authenticity.models.word import Word, WordList
from authenticity.operations.articles import EDITABLE, write_article
from authenticity.operations.settings import Decision, decide_setting, raise_versions
from authenticity.operations.words import change_words
from authenticity.queries import words_on
from authenticity.rule import FACTS
from workplace.jobs import UNFINISHED
from workplace.models import Staff

MAY_CHANGE = {
    ChangeTarget.RULE: "authenticity.change_rulesetting",
    ChangeTarget.WORDS: "authenticity.change_word",
    ChangeTarget.ARTICLE: "authenticity.change_article",
}
MAY_APPROVE = "audits.approve_rulechange"


class ChangeRefused(Exception):
    """The change cannot be drafted, sent or decided; its text says why."""


def draft_rule(
    *,
    code: str,
    terms: Terms,
    reason: str,
    effective_from: date | None,
    effective_to: date | None,
    actor: Staff,
    at: datetime,
) -> RuleChange:
    """What the rule would say, kept as a draft; nothing is applied."""
    if code not in known_codes():
        raise ChangeRefused(_("There is no such rule."))
    before = terms_on(code, _first_day(effective_from, at))
    if before == terms and effective_to is None:
        raise ChangeRefused(_("Nothing is different; there is nothing to save."))
    return _draft(
        target=ChangeTarget.RULE,
        key=code,
        before=before.as_json(),
        after=terms.as_json(),
        reason=reason,
        days=(effective_from, effective_to),
        actor=actor,
        at=at,
    )


def draft_words(
    *,
    name: str,
    add: Iterable[str],
    remove: Iterable[str],
    reason: str,
    effective_from: date | None,
    actor: Staff,
    at: datetime,
) -> RuleChange:
    """Entries that are there already, or are not there to be removed, are left out."""
    if name not in WordList.values:
        raise ChangeRefused(_("There is no such list."))
    standing = words_on(_first_day(effective_from, at)).get(name, frozenset())
    added, removed = {text.strip() for text in add} - {""} - standing, set(remove) & standing
    if not added - removed and not removed - added:
        raise ChangeRefused(_("Nothing is different; there is nothing to save."))
    return _draft(
        target=ChangeTarget.WORDS,
        key=name,
        before={"entries": len(standing)},
        after={"add": sorted(added), "remove": sorted(removed)},
        reason=reason,
        days=(effective_from, None),
        actor=actor,
        at=at,
    )


def change_article(
    *, code: str, values: Mapping[str, Any], reason: str, actor: Staff, at: datetime
) -> RuleChange:
    """At once: an article decides no finding. Dates and truth are kept in the record as text."""
    found = Article.objects.filter(code=code).first()
    before = {name: _plain(getattr(found, name)) for name in EDITABLE} if found else {}
    after = {name: _plain(values[name]) for name in EDITABLE if name in values}
    if before == {**before, **after} and found is not None:
        raise ChangeRefused(_("Nothing is different; there is nothing to save."))
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="rule book"):
        change = _draft(
            target=ChangeTarget.ARTICLE,
            key=code,
            before=before,
            after=after,
            reason=reason,
            days=(None, None),
            actor=actor,
            at=at,
        )
        write_article(code=code, values=values)
        return _decide(change, ChangeState.APPROVED, at=at)


def send_change(*, change: RuleChange, actor: Staff, at: datetime) -> RuleChange:
    """A draft goes to a second person when it is grave, else into the rule book."""
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="rule book"):
        found = _locked(change)
        if found.proposed_by_id != actor.pk:
            raise ChangeRefused(_("Only who drafted it can send it."))
        _must_be(found, ChangeState.DRAFT)
        _must_be_measured(found)
        _still_true(found, at)
        if not found.four_eyes:
            _still_mild(found, at)
            return _apply(found, at)
        if RuleChange.objects.filter(target=found.target, key=found.key, state=ChangeState.PROPOSED).exists():
            raise ChangeRefused(_("Another change of it waits for approval already."))
        found.state = ChangeState.PROPOSED
        found.save(update_fields=["state"])
        return found


def approve_change(*, change: RuleChange, note: str, actor: Staff, at: datetime) -> RuleChange:
    """By somebody else; it is in the rule book from its first day on, today at the earliest."""
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="rule book"):
        found = _locked(change)
        _may_decide(found, actor)
        _still_true(found, at)
        found.decided_by, found.decision_note = actor, note.strip()
        return _apply(found, at)


def refuse_change(*, change: RuleChange, note: str, actor: Staff, at: datetime) -> RuleChange:
    if not note.strip():
        raise ChangeRefused(_("Give the reason for refusing."))
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="rule book"):
        found = _locked(change)
        _may_decide(found, actor)
        found.decided_by, found.decision_note = actor, note.strip()
        return _decide(found, ChangeState.REFUSED, at=at)


def withdraw_change(*, change: RuleChange, actor: Staff, at: datetime) -> RuleChange:
    """Only by who drafted it."""
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="rule book"):
        found = _locked(change)
        if found.proposed_by_id != actor.pk:
            raise ChangeRefused(_("Only who drafted it can withdraw it."))
        if found.state == ChangeState.WITHDRAWN:
            return found
        _must_be(found, ChangeState.DRAFT, ChangeState.PROPOSED)
        return _decide(found, ChangeState.WITHDRAWN, at=at)


def _draft(
    *,
    target: ChangeTarget,
    key: str,
    before: dict[str, Any],
    after: dict[str, Any],
    reason: str,
    days: tuple[date | None, date | None],
    actor: Staff,
    at: datetime,
) -> RuleChange:
    first, last = days
    if not reason.strip():
        raise ChangeRefused(_("Say why; the reason stays with the change."))
    if not actor.has_perm(MAY_CHANGE[target]):
        raise ChangeRefused(_("You may not change this."))
    if first is not None and first < localdate(at):
        raise ChangeRefused(_("The first day is past; choose today or a later day."))
    if last is not None and last < _first_day(first, at):
        raise ChangeRefused(_("The last day lies before the first."))
    gravest = gravest_of(target, key, after, _first_day(first, at))
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="rule book"):
        for old in RuleChange.objects.select_for_update(of=("self",)).filter(
            target=target, key=key, state=ChangeState.DRAFT, proposed_by=actor
        ):
            _decide(old, ChangeState.WITHDRAWN, at=at)
        return RuleChange.objects.create(
            target=target,
            key=key,
            before=before,
            after=after,
            reason=reason.strip(),
            effective_from=first,
            effective_to=last,
            gravest=gravest,
            four_eyes=gravest in GRAVE,
            proposed_by=actor,
            proposed_at=at,
        )


def _locked(change: RuleChange) -> RuleChange:
    found: RuleChange = RuleChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    return found


def _must_be(change: RuleChange, *states: ChangeState) -> None:
    if change.state not in states:
        by = change.decided_by.name if change.decided_by else change.proposed_by.name
        raise ChangeRefused(
            _("Already done by %(by)s: %(state)s.") % {"by": by, "state": change.get_state_display()}
        )


def _must_be_measured(change: RuleChange) -> None:
    """Nobody sends what they have not seen the effect of; an article decides no finding."""
    job = change.dry_run_job
    if job is not None and job.state in UNFINISHED:
        text = _("The dry run that %(by)s began is still counting; wait until it ends, then send the change.")
        raise ChangeRefused(text % {"by": job.started_by.name if job.started_by else ""})
    if change.dry_run_at is None:
        raise ChangeRefused(_("Its effect has not been measured; measure it, look at it, then send it."))


def _lock_book(change: RuleChange) -> None:
    """The rows of all rules that it decides, in one order, and the words of its list."""
    codes = {change.key, *decided_by(change.target, change.key)}
    rules = RuleSetting.objects.select_for_update().filter(code__in=codes)
    list(rules.order_by("pk").values_list("pk", flat=True))
    if change.target == ChangeTarget.WORDS:
        words = Word.objects.select_for_update().filter(list=change.key)
        list(words.order_by("pk").values_list("pk", flat=True))


def _may_decide(change: RuleChange, actor: Staff) -> None:
    _must_be(change, ChangeState.PROPOSED)
    if not actor.has_perm(MAY_APPROVE):
        raise ChangeRefused(_("You may not approve changes of the rule book."))
    if change.proposed_by_id == actor.pk:
        raise ChangeRefused(_("Who proposed it cannot decide it; another person must."))


def _still_true(change: RuleChange, at: datetime) -> None:
    """What the change started from must still stand, else somebody approves what nobody compared.

    Locks what it reads, so that of two saved at once the second one sees the first.
    """
    _lock_book(change)
    day = _first_day(change.effective_from, at)
    if change.target == ChangeTarget.RULE:
        stale = terms_on(change.key, day) != Terms.of_json(change.before)
    elif change.target == ChangeTarget.WORDS:
        standing = words_on(day).get(change.key, frozenset())
        stale = not standing.issuperset(change.after["remove"]) or bool(standing & set(change.after["add"]))
    else:
        stale = False
    if stale:
        raise ChangeRefused(_("It was changed by somebody else meanwhile; draft it anew."))


def _still_mild(change: RuleChange, at: datetime) -> None:
    """A rule that it decides may have become grave since it was drafted."""
    day = _first_day(change.effective_from, at)
    if gravest_of(change.target, change.key, change.after, day) in GRAVE:
        raise ChangeRefused(_("It was changed by somebody else meanwhile; draft it anew."))


def _first_day(asked: date | None, at: datetime) -> date:
    """The day from which it counts: the one asked for, but never one that is past."""
    return max(asked, localdate(at)) if asked else localdate(at)


def _apply(change: RuleChange, at: datetime) -> RuleChange:
    first = _first_day(change.effective_from, at)
    others = set(decided_by(change.target, change.key))
    if is_read_when_stored(change.target, change.key):
        others.add(FACTS)
    if change.target == ChangeTarget.RULE:
        terms = Terms.of_json(change.after)
        decision = Decision(
            terms.enabled, terms.severity, terms.parameters, terms.articles, change.effective_to
        )
        made = decide_setting(code=change.key, decision=decision, effective_from=first, at=at)
        change.version = made.version
        _carry_on(change.key, decision, first, at)
        others.discard(change.key)
    else:
        change_words(
            name=change.key, add=change.after["add"], remove=change.after["remove"], effective_from=first
        )
    raise_versions(codes=others, effective_from=first, at=at)
    return _decide(change, ChangeState.APPROVED, at=at)


def _carry_on(code: str, decision: Decision, first: date, at: datetime) -> None:
    """Versions that changes of something else raised for later days copied what stood until now: they follow.

    From the next day on which the rule itself was decided, that decision holds.
    """
    changes = RuleChange.objects.filter(target=ChangeTarget.RULE, key=code, version__isnull=False)
    own = set(changes.values_list("version", flat=True))
    later = RuleSetting.objects.filter(code=code, effective_from__gt=first)
    begun = [(row.effective_from, row.version in own) for row in later if row.effective_from]
    until = min([day for day, decided in begun if decided], default=date.max)
    for day in sorted({day for day, _decided in begun if day < until}):
        if decision.effective_to is None or decision.effective_to >= day:
            decide_setting(code=code, decision=decision, effective_from=day, at=at)


def _decide(change: RuleChange, state: ChangeState, *, at: datetime) -> RuleChange:
    change.state, change.decided_at = state, at
    try:
        change.save()
    except IntegrityError as error:
        raise ChangeRefused(_("Who proposed it cannot decide it; another person must.")) from error
    return change


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
