"""Two people save changes of one rule at the same moment: the second one is told, and nothing is lost."""

from __future__ import annotations

from audits.choices import ChangeState
from audits.models import RuleChange
from audits.operations.dry_runs import measure_change
from audits.operations.rule_changes import ChangeRefused, send_change
from authenticity.models import RuleSetting
from tests.factories import AT
from tests.rectification.test_two_clicks_at_once import at_once
from tests.rulebook.scenes import drafted, drafted_words, officer


def test_of_two_changes_of_one_rule_one_is_refused(committed_db: object):
    changes = [
        drafted("ID-006", officer(), enabled=False),
        drafted("ID-006", officer("王合规"), severity="INFO"),
    ]
    _one_is_applied(changes)
    assert RuleSetting.objects.filter(code="ID-006").count() == 2


def test_of_two_changes_of_one_list_one_is_refused(committed_db: object):
    RuleSetting.objects.update(severity="WARN")
    changes = [drafted_words("test_name", officer(name), add=["某甲乙"]) for name in ("李合规", "王合规")]
    assert not any(change.four_eyes for change in changes)
    _one_is_applied(changes)


def _one_is_applied(changes: list[RuleChange]) -> None:
    for change in changes:
        measure_change(change=change, actor=change.proposed_by, at=AT)

    def sending(change: RuleChange):
        return lambda: send_change(change=change, actor=change.proposed_by, at=AT).state

    told = at_once(*map(sending, changes))
    assert sorted(type(one) for one in told if isinstance(one, Exception)) == [ChangeRefused]
    assert [one for one in told if not isinstance(one, Exception)] == [ChangeState.APPROVED]
