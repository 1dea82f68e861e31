"""Settings and words as they stand on a day decide what rules find; each change is a version."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from audits.catalogue import catalogue
from authenticity.models import Article, Division, RuleSetting, Word
from authenticity.operations.reference import load_reference
from authenticity.operations.settings import Decision, change_setting, decide_setting
from authenticity.operations.words import change_words
from authenticity.queries import load_values, settings_on
from tests.factories import AT, TODAY
from tests.rules.book import clean_book, codes_found, rewrite

pytestmark = pytest.mark.django_db

TOMORROW = TODAY + timedelta(days=1)


def run_length(today: date) -> int:
    return load_values(rules=catalogue().values(), today=today).threshold("PH-010", "run")


def test_the_reference_is_there_and_loading_it_again_adds_nothing():
    assert Division.objects.count() > 3_000
    assert Article.objects.filter(code="82-6-3").exists()
    assert load_reference() == {"articles": 0, "words": 0, "divisions": 0}


def test_what_compliance_amended_is_not_loaded_over():
    Article.objects.filter(code="82-14").update(text="改过")
    Word.objects.filter(list="phone_placeholder").exclude(text="13800138000").delete()
    load_reference()
    assert Article.objects.get(code="82-14").text == "改过"
    assert Word.objects.filter(list="phone_placeholder").count() == 1


def test_every_article_that_a_rule_cites_is_there():
    cited = {code for rule in catalogue().values() for code in rule.articles}
    assert cited <= set(Article.objects.values_list("code", flat=True))


def test_every_article_that_another_carries_out_is_there():
    named = set(Article.objects.exclude(carries_out="").values_list("carries_out", flat=True))
    assert named
    assert named <= set(Article.objects.values_list("code", flat=True))


def test_a_word_counts_from_its_first_day_until_its_last():
    book = clean_book()
    rewrite(book.holder, mobile="13757219364")
    assert codes_found() == set()
    change_words(name="phone_placeholder", add=["13757219364"], remove=[], effective_from=TODAY)
    assert codes_found() == {"PH-009"}
    change_words(name="phone_placeholder", add=[], remove=["13757219364"], effective_from=TOMORROW)
    words = [
        load_values(rules=[], today=day).list("phone_placeholder")
        for day in (TODAY - timedelta(days=1), TODAY, TOMORROW)
    ]
    assert ["13757219364" in each for each in words] == [False, True, False]


def test_a_word_taken_off_and_put_back_stands_once():
    change_words(name="phone_placeholder", add=["13757219364"], remove=[], effective_from=TODAY)
    change_words(name="phone_placeholder", add=[], remove=["13757219364"], effective_from=TODAY)
    assert "13757219364" not in load_values(rules=[], today=TODAY).list("phone_placeholder")
    change_words(name="phone_placeholder", add=["13757219364"], remove=[], effective_from=TODAY)
    assert "13757219364" in load_values(rules=[], today=TODAY).list("phone_placeholder")
    assert Word.objects.filter(text="13757219364").count() == 1


def test_a_threshold_decides():
    book = clean_book()
    rewrite(book.holder, mobile="13920000046")
    assert codes_found() == set()
    change_setting(code="PH-010", enabled=True, severity="", parameters={"run": 5}, at=AT)
    assert settings_on(TODAY)["PH-010"].version == 2
    assert codes_found() == {"PH-010"}


def test_saving_the_same_is_no_version():
    current = settings_on(TODAY)["PH-010"]
    change_setting(code="PH-010", enabled=True, severity="", parameters=current.parameters, at=AT)
    assert RuleSetting.objects.filter(code="PH-010").count() == 1


def test_a_version_counts_from_its_first_day_and_the_one_before_returns_after_its_last():
    decision = Decision(parameters={"run": 5}, effective_to=TOMORROW)
    decide_setting(code="PH-010", decision=decision, effective_from=TOMORROW, at=AT)
    days = [TODAY, TOMORROW, TOMORROW + timedelta(days=1)]
    assert [run_length(day) for day in days] == [7, 5, 7]


def test_what_is_decided_now_gives_way_to_what_was_decided_for_later():
    decide_setting(code="PH-010", decision=Decision(parameters={"run": 5}), effective_from=TOMORROW, at=AT)
    decide_setting(code="PH-010", decision=Decision(parameters={"run": 6}), effective_from=TODAY, at=AT)
    assert [run_length(TODAY), run_length(TOMORROW)] == [6, 5]


def test_a_rule_without_a_row_runs_with_its_defaults():
    book = clean_book()
    rewrite(book.holder, mobile="13920000000")
    RuleSetting.objects.all().delete()
    assert codes_found() == {"PH-010"}


def test_a_rule_switched_off_is_silent():
    book = clean_book()
    rewrite(book.holder, mobile="1392046185")
    RuleSetting.objects.filter(code="PH-001").update(enabled=False, updated_at=AT)
    assert codes_found() == set()


def test_the_values_are_read_in_two_queries(django_assert_num_queries):
    for _time in range(3):
        change_setting(code="PH-010", enabled=True, severity="", parameters={"run": 5 + _time}, at=AT)
    with django_assert_num_queries(2):
        load_values(rules=catalogue().values(), today=TODAY)


@pytest.mark.parametrize("model", ["rulesetting", "word", "article"])
def test_the_lists_for_administrators_only_look(compliance, model: str):
    assert compliance.client.get(reverse(f"admin:authenticity_{model}_changelist")).status_code == 200
    assert compliance.client.get(reverse(f"admin:authenticity_{model}_add")).status_code == 403
