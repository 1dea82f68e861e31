"""Compliance switches rules, thresholds and words; what they decide gets a new version."""

from __future__ import annotations

import pytest
from django.urls import reverse

from authenticity.models import Article, Division, RuleSetting, Word
from authenticity.operations.reference import load_reference
from tests.factories import AT
from tests.rules.book import clean_book, codes_found, rewrite

pytestmark = pytest.mark.django_db


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
    from audits.catalogue import catalogue

    cited = {code for rule in catalogue().values() for code in rule.articles}
    assert cited <= set(Article.objects.values_list("code", flat=True))


def test_a_new_word_is_found_from_then_on_and_raises_the_version(compliance):
    book = clean_book()
    rewrite(book.holder, mobile="13757219364")
    assert codes_found() == set()
    answer = compliance.client.post(
        reverse("admin:authenticity_word_add"), {"list": "phone_placeholder", "text": "13757219364"}
    )
    assert answer.status_code == 302
    assert codes_found() == {"PH-009"}
    assert RuleSetting.objects.get(code="PH-009").version == 2


def test_a_threshold_decides(compliance):
    book = clean_book()
    rewrite(book.holder, mobile="13920000046")
    assert codes_found() == set()
    setting = RuleSetting.objects.get(code="PH-010")
    answer = compliance.client.post(
        reverse("admin:authenticity_rulesetting_change", args=[setting.pk]),
        {"enabled": "on", "severity": "", "parameters": '{"run": 5}'},
    )
    assert answer.status_code == 302
    setting.refresh_from_db()
    assert setting.version == 2
    assert codes_found() == {"PH-010"}


def test_a_threshold_that_is_no_number_is_refused(compliance):
    setting = RuleSetting.objects.get(code="PH-010")
    answer = compliance.client.post(
        reverse("admin:authenticity_rulesetting_change", args=[setting.pk]),
        {"enabled": "on", "severity": "", "parameters": '{"run": "five"}'},
    )
    assert answer.status_code == 200
    setting.refresh_from_db()
    assert setting.parameters["run"] == 7


def test_a_clerk_changes_nothing_of_it(clerk):
    setting = RuleSetting.objects.get(code="PH-010")
    address = reverse("admin:authenticity_rulesetting_change", args=[setting.pk])
    assert clerk.client.get(address).status_code == 200
    assert clerk.client.post(address, {"severity": "INFO", "parameters": "{}"}).status_code == 403


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
