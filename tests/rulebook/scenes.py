"""People who change the rule book, and changes in each of their states."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from agents.choices import Post
from audits.models import RuleChange
from audits.operations.dry_runs import measure_change
from audits.operations.rule_changes import approve_change, draft_rule, draft_words, send_change
from audits.rulebook.proposals import Terms, terms_on
from tests.factories import AT, TODAY, head_office, make_staff
from workplace.choices import Role
from workplace.models import Staff


def officer(name: str = "李合规") -> Staff:
    return make_staff(Role.COMPLIANCE, branch=head_office(), post=Post.COMPLIANCE, name=name)


def terms(code: str, **changed: Any) -> Terms:
    """The terms of today with some of them changed; unknown names are thresholds."""
    now = terms_on(code, TODAY)
    own = {name: changed.pop(name) for name in ("enabled", "severity", "articles") if name in changed}
    return Terms(
        **{
            "enabled": now.enabled,
            "severity": now.severity,
            "articles": now.articles,
            "parameters": {**now.parameters, **changed},
            **own,
        }
    )


def drafted(
    code: str,
    actor: Staff,
    *,
    at: datetime = AT,
    effective_from: date | None = None,
    effective_to: date | None = None,
    **changed: Any,
) -> RuleChange:
    return draft_rule(
        code=code,
        terms=terms(code, **changed),
        reason="核对后调整",
        effective_from=effective_from,
        effective_to=effective_to,
        actor=actor,
        at=at,
    )


def drafted_words(
    name: str,
    actor: Staff,
    *,
    add: Iterable[str] = (),
    remove: Iterable[str] = (),
    effective_from: date | None = None,
) -> RuleChange:
    return draft_words(
        name=name,
        add=add,
        remove=remove,
        reason="核对后调整",
        effective_from=effective_from,
        actor=actor,
        at=AT,
    )


def sent(*, change: RuleChange, actor: Staff, at: datetime = AT) -> RuleChange:
    """Measured and sent, as on its page."""
    if change.dry_run_at is None:
        measure_change(change=change, actor=change.proposed_by, at=at)
    return send_change(change=change, actor=actor, at=at)


def approved(change: RuleChange, *, by: Staff) -> RuleChange:
    waiting = sent(change=change, actor=change.proposed_by)
    return approve_change(change=waiting, note="", actor=by, at=AT) if waiting.four_eyes else waiting
