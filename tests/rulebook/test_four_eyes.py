"""A grave change of the rule book needs a second person: the operation refuses, and so does the database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from audits.choices import ChangeState
from audits.models import RuleChange
from audits.operations.rule_changes import (
    ChangeRefused,
    approve_change,
    change_article,
    refuse_change,
    withdraw_change,
)
from audits.rulebook.proposals import terms_on
from authenticity.models import Article, RuleSetting
from authenticity.operations.settings import change_setting
from authenticity.queries import load_values, settings_on, words_on
from tests.factories import AT, TODAY, make_staff
from tests.rulebook.scenes import approved, drafted, drafted_words, officer, sent
from workplace.choices import Role

pytestmark = pytest.mark.django_db

TOMORROW = TODAY + timedelta(days=1)


def versions(code: str) -> list[int]:
    return list(RuleSetting.objects.filter(code=code).order_by("version").values_list("version", flat=True))


def test_a_mild_rule_changes_as_soon_as_it_is_saved():
    change = sent(change=drafted("ID-006", officer(), enabled=False), actor=_last_author(), at=AT)
    assert (change.state, change.four_eyes, change.version) == (ChangeState.APPROVED, False, 2)
    assert settings_on(TODAY)["ID-006"].enabled is False


def test_a_grave_rule_waits_for_another_person():
    first, second = officer(), officer("王合规")
    change = sent(change=drafted("PH-023", first, holders=4), actor=first, at=AT)
    assert (change.state, versions("PH-023")) == (ChangeState.PROPOSED, [1])
    approve_change(change=change, note="同意", actor=second, at=AT)
    change.refresh_from_db()
    assert (change.state, change.decided_by, change.version) == (ChangeState.APPROVED, second, 2)
    assert terms_on("PH-023", TODAY).parameters["holders"] == 4


def test_a_mild_rule_made_grave_needs_the_second_person_too():
    change = drafted("ID-006", officer(), severity="BLOCK")
    assert (change.gravest, change.four_eyes) == ("BLOCK", True)


def test_what_returns_after_a_mild_time_is_not_switched_off_by_one_person():
    first, second = officer(), officer("王合规")
    approved(drafted("PH-021", first, severity="WARN", effective_to=TOMORROW), by=second)
    change = drafted("PH-021", first, enabled=False)
    assert (change.gravest, change.four_eyes) == ("ERROR", True)
    assert terms_on("PH-021", TOMORROW + timedelta(days=1)).severity == ""


def test_a_list_that_a_blocking_rule_reads_needs_the_second_person():
    change = drafted_words("placeholder", officer(), add=["待定待定"])
    assert (change.gravest, change.four_eyes) == ("BLOCK", True)


def test_who_proposed_it_cannot_approve_it():
    first = officer()
    change = sent(change=drafted("PH-023", first, holders=4), actor=first, at=AT)
    with pytest.raises(ChangeRefused):
        approve_change(change=change, note="", actor=first, at=AT)
    assert versions("PH-023") == [1]


def test_only_who_may_approve_approves():
    first = officer()
    change = sent(change=drafted("PH-023", first, holders=4), actor=first, at=AT)
    with pytest.raises(ChangeRefused):
        approve_change(change=change, note="", actor=make_staff(Role.AUDITOR), at=AT)


@pytest.mark.parametrize(
    "values",
    [
        {"state": "approved", "decided_at": AT},
        {"state": "refused", "decided_at": AT},
    ],
)
def test_the_database_refuses_a_grave_decision_by_the_same_person(values: dict[str, object]):
    first = officer()
    change = sent(change=drafted("PH-023", first, holders=4), actor=first, at=AT)
    for decided_by in (None, first):
        with pytest.raises(IntegrityError), transaction.atomic():
            RuleChange.objects.filter(pk=change.pk).update(**values, decided_by=decided_by)


def test_the_database_refuses_a_grave_change_without_four_eyes():
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleChange.objects.create(
            target="rule", key="PH-023", reason="-", gravest="ERROR", four_eyes=False,
            proposed_by=officer(), proposed_at=AT,
        )  # fmt: skip


def test_the_database_refuses_to_change_what_was_asked_for_or_to_delete_it():
    change = drafted("PH-023", officer(), holders=4)
    for spoiled in ({"after": {}}, {"reason": "另"}, {"four_eyes": False, "gravest": ""}):
        with pytest.raises(DatabaseError), transaction.atomic():
            RuleChange.objects.filter(pk=change.pk).update(**spoiled)
    with pytest.raises(DatabaseError), transaction.atomic():
        RuleChange.objects.filter(pk=change.pk).delete()


def test_the_database_refuses_a_change_that_begins_approved_or_comes_back():
    first, second = officer(), officer("王合规")
    with pytest.raises(DatabaseError), transaction.atomic():
        RuleChange.objects.create(
            target="rule", key="ID-006", reason="-", state="approved",
            proposed_by=first, proposed_at=AT, decided_at=AT,
        )  # fmt: skip
    change = sent(change=drafted("PH-023", first, holders=4), actor=first, at=AT)
    refuse_change(change=change, note="理由不足", actor=second, at=AT)
    with pytest.raises(DatabaseError), transaction.atomic():
        RuleChange.objects.filter(pk=change.pk).update(state="approved", decided_by=second)


def test_one_change_of_a_rule_waits_at_a_time():
    first, second = officer(), officer("王合规")
    sent(change=drafted("PH-023", first, holders=4), actor=first, at=AT)
    other = drafted("PH-023", second, holders=5)
    with pytest.raises(ChangeRefused):
        sent(change=other, actor=second, at=AT)


def test_what_was_changed_meanwhile_is_not_approved():
    first, second = officer(), officer("王合规")
    change = sent(change=drafted("PH-023", first, holders=4), actor=first, at=AT)
    change_setting(code="PH-023", enabled=False, severity="", parameters={"holders": 3}, at=AT)
    with pytest.raises(ChangeRefused):
        approve_change(change=change, note="", actor=second, at=AT)


def test_refusing_needs_its_reason_and_leaves_the_rule():
    first, second = officer(), officer("王合规")
    change = sent(change=drafted("PH-023", first, holders=4), actor=first, at=AT)
    with pytest.raises(ChangeRefused):
        refuse_change(change=change, note=" ", actor=second, at=AT)
    refuse_change(change=change, note="理由不足", actor=second, at=AT)
    assert versions("PH-023") == [1]


def test_the_author_withdraws_and_a_new_draft_replaces_the_old():
    first = officer()
    old = drafted("PH-023", first, holders=4)
    new = drafted("PH-023", first, holders=5)
    old.refresh_from_db()
    assert (old.state, new.state) == (ChangeState.WITHDRAWN, ChangeState.DRAFT)
    with pytest.raises(ChangeRefused):
        withdraw_change(change=new, actor=officer("王合规"), at=AT)
    assert withdraw_change(change=new, actor=first, at=AT).state == ChangeState.WITHDRAWN


def test_a_change_for_a_later_day_comes_on_that_day():
    approved(drafted("PH-023", officer(), holders=4, effective_from=TOMORROW), by=officer("王合规"))
    found = [terms_on("PH-023", day).parameters["holders"] for day in (TODAY, TOMORROW)]
    assert found == [3, 4]


def test_a_change_until_a_day_gives_way_after_it():
    approved(drafted("ID-006", officer(), enabled=False, effective_to=TOMORROW), by=officer("王合规"))
    days = (TODAY, TOMORROW, TOMORROW + timedelta(days=1))
    assert [terms_on("ID-006", day).enabled for day in days] == [False, False, True]


def test_a_first_day_that_is_past_and_a_last_day_before_it_are_refused():
    with pytest.raises(ChangeRefused):
        drafted("ID-006", officer(), enabled=False, effective_from=TODAY - timedelta(days=1))
    with pytest.raises(ChangeRefused):
        drafted("ID-006", officer(), enabled=False, effective_from=TOMORROW, effective_to=TODAY)


def test_a_list_changes_in_bulk_and_raises_what_reads_it():
    first, second = officer(), officer("王合规")
    change = drafted_words(
        "phone_placeholder", first, add=["13757219364", "13757219365"], remove=["13800138000"]
    )
    approved(change, by=second)
    words = words_on(TODAY)["phone_placeholder"]
    assert {"13757219364", "13757219365"} <= words
    assert "13800138000" not in words
    assert settings_on(TODAY)["PH-009"].version == 2
    assert load_values(rules=[], today=TODAY).setting("PH-009").version == 2


def test_rules_that_take_the_threshold_get_a_version_with_it():
    before = settings_on(TODAY)["PH-022"].version
    approved(drafted("PH-023", officer(), holders=4), by=officer("王合规"))
    assert settings_on(TODAY)["PH-022"].version == before + 1


def test_a_list_that_changes_later_does_not_bring_back_what_was_decided_meanwhile():
    first, second = officer(), officer("王合规")
    later = drafted_words("phone_placeholder", first, add=["13757219364"], effective_from=TOMORROW)
    approved(later, by=second)
    approved(drafted("PH-009", first, enabled=False), by=second)
    assert [terms_on("PH-009", day).enabled for day in (TODAY, TOMORROW)] == [False, False]
    assert settings_on(TOMORROW)["PH-009"].version > settings_on(TODAY)["PH-009"].version


def test_a_decision_for_a_later_day_stands_when_an_earlier_one_follows():
    first, second = officer(), officer("王合规")
    approved(drafted("PH-023", first, holders=5, effective_from=TOMORROW), by=second)
    approved(drafted("PH-023", first, holders=4), by=second)
    assert [terms_on("PH-023", day).parameters["holders"] for day in (TODAY, TOMORROW)] == [4, 5]


def test_nothing_different_and_no_reason_are_refused():
    with pytest.raises(ChangeRefused):
        drafted("PH-023", officer())
    with pytest.raises(ChangeRefused):
        drafted_words("phone_placeholder", officer(), add=["13800138000"])


def test_a_clerk_drafts_nothing():
    with pytest.raises(ChangeRefused):
        drafted("ID-006", make_staff(Role.CLERK), enabled=False)


def test_an_article_changes_at_once_and_keeps_what_it_said():
    change = change_article(
        code="82-14", values={"text": "改过", "number": "第十四条"}, reason="核对原文", actor=officer(), at=AT
    )
    assert Article.objects.get(code="82-14").text == "改过"
    assert (change.state, change.after["text"]) == (ChangeState.APPROVED, "改过")
    assert change.before["text"].startswith("实名制销售")


def _last_author():
    return RuleChange.objects.latest("pk").proposed_by
