"""The pages of the rule book: who sees and who changes, and that each number opens exactly its rows."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from agents.choices import BranchLevel
from audits.catalogue import catalogue, notes
from audits.choices import ChangeState
from audits.models import Finding, RuleChange
from audits.rulebook.legal import Library, coverage, under_article
from audits.rulebook.thresholds import LOOSE, described
from authenticity.choices import Tag
from authenticity.models import Article, RuleSetting
from tests.factories import AT, TODAY, make_branch, make_customer, make_finding
from tests.personas import Persona, log_in
from tests.rulebook.scenes import approved, drafted, officer

pytestmark = pytest.mark.django_db

READ = ["rules", "word_lists", "articles", "article_coverage"]


def edit(persona: Persona, code: str, **data: str):
    now = {"enabled": "on", "severity": "", "reason": "核对后调整", "articles": catalogue()[code].articles}
    return persona.client.post(reverse("rule_edit", args=[code]), {**now, **data})


@pytest.mark.parametrize("name", READ)
def test_the_house_reads_the_rule_book(name: str, clerk: Persona, auditor: Persona, partner: Persona):
    address = reverse(name)
    assert [who.client.get(address).status_code for who in (clerk, auditor, partner)] == [200, 200, 403]


@pytest.mark.parametrize("name", ["rule_changes", "try_rules"])
def test_compliance_and_the_auditor_see_changes_and_try(name: str, clerk, auditor, compliance):
    address = reverse(name)
    assert [who.client.get(address).status_code for who in (clerk, auditor, compliance)] == [403, 200, 200]


@pytest.mark.parametrize(
    "address",
    [
        ("rule_edit", "PH-023"),
        ("article_edit", "82-14"),
    ],
)
def test_only_compliance_changes(address: tuple[str, str], clerk, manager, auditor, compliance):
    where = reverse(address[0], args=[address[1]])
    people = (clerk, manager, auditor, compliance)
    assert [who.client.get(where).status_code for who in people] == [403, 403, 403, 200]


def test_a_clerk_who_posts_words_is_refused(clerk: Persona):
    answer = clerk.client.post(reverse("word_list", args=["placeholder"]), {"add": "待定待定", "reason": "-"})
    assert answer.status_code in (200, 403)
    assert not RuleChange.objects.exists()


def test_every_rule_has_its_page(compliance: Persona):
    for code in [*catalogue(), *LOOSE]:
        assert compliance.client.get(reverse("rule", args=[code])).status_code == 200, code
        assert compliance.client.get(reverse("rule_edit", args=[code])).status_code == 200, code
    assert compliance.client.get(reverse("rule", args=["XX-999"])).status_code == 404


def test_every_threshold_says_what_it_means():
    bare = [(code, name) for code, rule in catalogue().items() for name in rule.thresholds]
    assert bare
    assert [one for one in bare if not described(*one)] == []


def test_the_list_filters_and_searches(compliance: Persona):
    def codes(**given: str) -> set[str]:
        page = compliance.client.get(reverse("rules"), given)
        return {line.code for line in page.context["lines"]}

    assert codes() == set(catalogue())
    assert codes(severity="BLOCK") == {c for c, rule in catalogue().items() if rule.severity == "BLOCK"}
    assert codes(tag=Tag.REAL_NAME) == {c for c, rule in catalogue().items() if "real_name" in rule.tags}
    assert codes(search="ph-02") == {code for code in catalogue() if code.startswith("PH-02")}


def test_codes_that_wait_stand_there_with_their_reason(compliance: Persona):
    page = compliance.client.get(reverse("rules")).content.decode()
    waiting = [note for note in notes().values() if note.state == "waits"]
    assert {"NT-001", "AG-001", "AG-002", "PH-025"} <= {note.code for note in waiting}
    assert [note.code for note in waiting if note.code not in page] == []


def test_a_rule_out_of_bounds_is_refused_where_it_stands(compliance: Persona):
    answer = edit(compliance, "PH-023", **{"threshold-holders": "1"})
    assert answer.status_code == 200
    assert "zx-fault" in answer.content.decode()
    assert not RuleChange.objects.exists()


def test_a_change_goes_from_the_form_to_the_second_person(compliance: Persona):
    answer = edit(compliance, "PH-023", **{"threshold-holders": "4"})
    change = RuleChange.objects.get()
    assert answer.url == reverse("rule_change", args=[change.pk])
    assert change.dry_run["rules"]
    compliance.client.post(reverse("rule_change_send", args=[change.pk]))
    decide = reverse("rule_change_decide", args=[change.pk])
    compliance.client.post(decide, {"verdict": "approve"})
    change.refresh_from_db()
    assert change.state == ChangeState.PROPOSED
    log_in(officer("王合规")).client.post(decide, {"verdict": "approve"})
    change.refresh_from_db()
    assert change.state == ChangeState.APPROVED
    assert RuleSetting.objects.get(code="PH-023", version=2).parameters["holders"] == 4


def test_words_are_changed_in_bulk_from_the_page(compliance: Persona):
    address = reverse("word_list", args=["phone_placeholder"])
    page = compliance.client.get(address)
    assert "PH-009" in page.content.decode()
    given = {"add": "13757219364\n13757219365\n", "remove": ["13800138000"], "reason": "核对"}
    compliance.client.post(address, given)
    change = RuleChange.objects.get()
    assert change.after == {"add": ["13757219364", "13757219365"], "remove": ["13800138000"]}


def test_a_draft_is_its_authors_alone(compliance: Persona):
    change = drafted("PH-023", officer("王合规"), holders=4)
    assert compliance.client.get(reverse("rule_change", args=[change.pk])).status_code == 404


def test_an_article_is_amended_and_tells_its_history(compliance: Persona):
    address = reverse("article_edit", args=["82-14"])
    article = Article.objects.get(code="82-14")
    given = {"law": article.law, "number": "第十四条", "text": "改过", "reason": "核对原文"}
    assert compliance.client.post(address, given).status_code == 302
    page = compliance.client.get(reverse("article", args=["82-14"])).content.decode()
    assert "核对原文" in page
    assert "实名制销售" in page
    assert Article.objects.get(code="82-14").inferred is False


def test_an_article_is_added(compliance: Persona):
    given = {"code": "internal-1", "law": "公司内部规定", "number": "一", "text": "……", "reason": "新增"}
    assert compliance.client.post(reverse("article_add"), given).status_code == 302
    assert Article.objects.get(code="internal-1").law == "公司内部规定"


def test_coverage_counts_what_its_links_open(compliance: Persona):
    make_finding(customer=make_customer(), rule="PH-001")
    make_finding(customer=make_customer(), rule="REQ-003", field="address")
    for one in coverage(staff=compliance.staff, today=TODAY):
        opened = Finding.objects.filter(under_article(one.article.code, TODAY), state="open")
        assert one.open == opened.count()
    page = compliance.client.get(reverse("findings"), {"article": "82-6-3"})
    assert [line.finding.rule for line in page.context["lines"]] == ["REQ-003"]


def test_an_article_without_a_control_says_so_until_one_is_recorded(compliance: Persona):
    def bare() -> set[str]:
        return {one.article.code for one in coverage(staff=compliance.staff, today=TODAY) if one.bare}

    assert "82-16" in bare()
    page = compliance.client.get(reverse("article_coverage"), {"show": "bare"}).content.decode()
    assert "第十六条" in page
    Article.objects.filter(code="82-16").update(control="合规部每年现场检查")
    assert "82-16" not in bare()


def test_a_local_article_applies_to_branches_of_its_province():
    library = Library(TODAY)
    rule = next(rule for rule in catalogue().values() if "82-2" in rule.articles)
    there, elsewhere = ({one.code for one in library.of(rule, province)} for province in ("440000", "320000"))
    assert there - elsewhere == {"guangdong-2010-231"}


def test_findings_under_a_local_article_are_those_of_its_province(here):
    province = make_branch(level=BranchLevel.PROVINCE, name="广东省分公司", province_code="440000")
    office = make_branch(parent=province, name="羊城中心支公司")
    code = next(code for code, rule in catalogue().items() if "82-2" in rule.articles)
    inside = make_finding(customer=make_customer(home_branch=office), rule=code)
    make_finding(customer=make_customer(home_branch=here), rule=code)
    found = Finding.objects.filter(under_article("guangdong-2010-231", TODAY))
    assert list(found) == [inside]


def test_findings_are_filtered_by_tag(compliance: Persona):
    code = next(code for code, rule in catalogue().items() if Tag.AML in rule.tags)
    other = next(code for code, rule in catalogue().items() if Tag.AML not in rule.tags)
    for rule in (code, other):
        make_finding(customer=make_customer(), rule=rule)
    page = compliance.client.get(reverse("findings"), {"tag": Tag.AML})
    assert [line.finding.rule for line in page.context["lines"]] == [code]


def test_what_comes_later_and_what_waits_is_told_on_the_rule(compliance: Persona):
    first, second = officer(), officer("王合规")
    approved(drafted("PH-023", first, holders=4, effective_from=TODAY + timedelta(days=400)), by=second)
    page = compliance.client.get(reverse("rule", args=["PH-023"])).content.decode()
    assert (TODAY + timedelta(days=400)).isoformat() in page
    assert re.search(r"核对后调整", page)
    assert AT.year == TODAY.year
