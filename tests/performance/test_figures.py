"""What compliance reads about agencies and branches equals what plain SQL over the tables gives."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from agents.choices import AgencyKind, BranchLevel
from agents.models import Agency, Branch
from audits.catalogue import catalogue
from audits.choices import EpisodeEnd, FindingState, StepAction
from audits.models import Finding, FindingEpisode, Rectification
from audits.transitions import walk
from authenticity.choices import Kind, Severity
from policies.choices import PartyRole
from policies.models import Policy, PolicyState
from tests.factories import (
    head_office,
    make_agency,
    make_branch,
    make_customer,
    make_finding,
    make_party,
    make_policy,
    make_rectification,
    make_staff,
)
from tests.personas import Persona, log_in

pytestmark = pytest.mark.django_db

POLICY_MEASURES = ("scope", "defective", "missing", "false", "touched")
WORK_MEASURES = ("open", "overdue", "closed", "on_time")
HOLDER_RULE = next(code for code, rule in catalogue().items() if rule.roles == ("holder",))
WHOSE_EVER_RULE = next(code for code, rule in catalogue().items() if {"holder", "insured"} <= set(rule.roles))

# The oracle: written apart from the product's queries, one unit at a time.
UNDER = """
    WITH RECURSIVE under AS (
        SELECT id FROM agents_branch WHERE id = %(branch)s
        UNION ALL
        SELECT b.id FROM agents_branch b JOIN under u ON b.parent_id = u.id
    )
"""
DEFECTIVE = """
    SELECT e.answering_policy_id FROM audits_findingepisode e JOIN audits_finding f ON f.id = e.finding_id
    WHERE e.recorded_from <= %(at)s AND (e.recorded_to IS NULL OR e.recorded_to > %(at)s)
      AND e.severity IN ('BLOCK', 'ERROR') AND e.kind = ANY(%(kinds)s)
      AND (f.policy_id = e.answering_policy_id OR EXISTS (
            SELECT 1 FROM policies_policyparty p
            WHERE p.policy_id = e.answering_policy_id AND p.customer_id = f.customer_id
              AND (f.rule <> ALL(%(holder_rules)s) OR p.role = 'holder')))
"""
TOUCHED = """
    SELECT p.policy_id FROM policies_policyparty p
    JOIN audits_finding f ON f.customer_id = p.customer_id
    JOIN audits_findingepisode e ON e.finding_id = f.id
    WHERE e.recorded_from <= %(at)s AND (e.recorded_to IS NULL OR e.recorded_to > %(at)s)
      AND e.severity IN ('BLOCK', 'ERROR')
"""
IN_SCOPE = """
    SELECT s.policy_id FROM policies_policystate s
    WHERE s.in_scope AND s.recorded_from <= %(at)s AND (s.recorded_to IS NULL OR s.recorded_to > %(at)s)
"""
EVERY_KIND = ["missing", "false", "changed"]


def ids(sql: str, **values: Any) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"holder_rules": [HOLDER_RULE], "kinds": EVERY_KIND, **values})
        return {row[0] for row in cursor.fetchall()}


def policies_of(measure: str, where: str, **values: Any) -> set[int]:
    prefix = UNDER if "under" in where else ""
    scope = ids(f"{prefix} {IN_SCOPE} AND {where}", **values)
    defective = ids(DEFECTIVE, **values)
    return {
        "scope": scope,
        "defective": scope & defective,
        "missing": scope & ids(DEFECTIVE, **{**values, "kinds": ["missing"]}),
        "false": scope & ids(DEFECTIVE, **{**values, "kinds": ["false", "changed"]}),
        "touched": (scope & ids(TOUCHED, **values)) - defective,
    }[measure]


def works_of(measure: str, where: str, **values: Any) -> set[int]:
    prefix = UNDER if "under" in where else ""
    condition = {
        "open": "s.state <> 'closed'",
        "overdue": "s.state <> 'closed' AND s.due_on < %(today)s",
        "closed": "s.state = 'closed'",
        "on_time": "s.state = 'closed' AND (s.closed_at AT TIME ZONE 'Asia/Shanghai')::date <= s.due_on",
    }[measure]
    sql = f"{prefix} SELECT s.id FROM audits_rectification s WHERE {condition} AND {where}"
    return ids(sql, today=timezone.localdate(), **values)


# -- the planted book --------------------------------------------------------------------------------


@dataclass
class Book:
    province: Branch
    here: Branch
    there: Branch
    bank: Agency
    broker: Agency
    policies: dict[str, Policy] = field(default_factory=dict)
    findings: dict[str, Finding] = field(default_factory=dict)

    def policy(self, name: str, **values: Any) -> Policy:
        self.policies[name] = make_policy(**{"branch": self.here, **values})
        return self.policies[name]

    def finding(self, name: str, answering: Policy, **values: Any) -> Finding:
        """Of the policy itself, unless a customer is given."""
        subject = {} if "customer" in values else {"policy": answering}
        unit = {"answering_branch": answering.branch, "answering_agency": answering.agency}
        self.findings[name] = make_finding(answering_policy=answering, **unit, **subject, **values)
        return self.findings[name]


@pytest.fixture
def book(db: None) -> Book:
    """One of each: counted for its own sake, for a party's, touched, not covered, mild, mended, moved."""
    province = make_branch(level=BranchLevel.PROVINCE, name="江南省分公司")
    here, there = make_branch(parent=province, name="临江中心支公司"), make_branch(name="远山中心支公司")
    bank = make_agency(branch=here, name="临江银行")
    book = Book(
        province, here, there, bank, make_agency(branch=there, kind=AgencyKind.BROKER, name="安泰经纪")
    )
    own = book.policy("own", agency=bank)
    book.finding("own", own, kind=Kind.MISSING)
    holder = make_customer(home_branch=here)
    named = book.policy("named", holder=holder, agency=bank)
    book.policy("touched", holder=holder)
    book.finding("named", named, customer=holder, rule=HOLDER_RULE, kind=Kind.FALSE, severity=Severity.BLOCK)
    book.finding("both", named, customer=holder, rule=WHOSE_EVER_RULE, field="name", kind=Kind.MISSING)
    insured = make_customer(home_branch=here)
    for name, rule in (("not covered", HOLDER_RULE), ("covered", WHOSE_EVER_RULE)):
        person = insured if name == "covered" else make_customer(home_branch=here)
        policy = book.policy(name, holder=make_customer(home_branch=here))
        make_party(policy=policy, customer=person, role=PartyRole.INSURED)
        book.finding(name, policy, customer=person, rule=rule, kind=Kind.CHANGED)
    mild = book.policy("mild", branch=there, agency=book.broker)
    book.finding("mild", mild, severity=Severity.WARN)
    outside = book.policy("outside", in_scope=False)
    book.finding("outside", outside)
    mended = book.policy("mended", branch=there)
    close(book.finding("mended", mended))
    move(book.policy("moved", branch=there), here)
    book.policy("clean", branch=province)
    return book


YESTERDAY = timedelta(days=1)


def close(finding: Finding) -> None:
    """Put right this morning."""
    at = timezone.now()
    FindingEpisode.objects.filter(finding=finding).update(recorded_to=at, ended_by=EpisodeEnd.CORRECTED)
    Finding.objects.filter(pk=finding.pk).update(state=FindingState.CLOSED, closed_at=at)


def move(policy: Policy, to: Branch) -> None:
    """To another branch, this morning."""
    at = timezone.now()
    PolicyState.objects.filter(policy=policy).update(recorded_to=at)
    Policy.objects.filter(pk=policy.pk).update(branch=to)
    PolicyState.objects.create(
        policy=policy, status=policy.status, in_scope=True, branch=to, agency=policy.agency, recorded_from=at
    )


def make_work(book: Book) -> dict[str, Rectification]:
    """Open, overdue, closed by the due date and after it; at both branches and with an agency."""
    today, now = timezone.localdate(), timezone.now()
    work = {
        "open": make_rectification(branch=book.here, due_on=today + YESTERDAY),
        "overdue": make_rectification(branch=book.here, agency=book.bank, due_on=today - YESTERDAY),
        "on time": make_rectification(branch=book.there, agency=book.broker, due_on=today),
        "late": make_rectification(branch=book.here, agency=book.bank, due_on=today - 2 * YESTERDAY),
    }
    for name in ("on time", "late"):
        walk(rectification=work[name], action=StepAction.SETTLE, actor=None, at=now, cause="other_road")
    return work


@pytest.fixture
def compliance(db: None) -> Persona:
    return log_in(make_staff("compliance", branch=head_office(), post="compliance", name="李合规"))


# -- reading the page as a person does ---------------------------------------------------------------


def figures(client: Client, **query: str) -> dict[tuple[str, str, str], tuple[int, str]]:
    """(table, unit, measure) to the number and the address of its list."""
    html = client.get("/performance/", query).content.decode()
    found = {}
    for table, body in re.findall(r'data-table="(\w+)">(.*?)</table>', html, re.S):
        for unit, line in re.findall(r'<tr data-unit="(\w+)">(.*?)</tr>', body, re.S):
            for measure, href, number in re.findall(
                r'data-measure="(\w+)"[^>]*? href="([^"]+)"[^>]*>(\d+)<', line
            ):
                found[table, unit, measure] = int(number), href.replace("&amp;", "&")
    return found


def listed(client: Client, href: str) -> Iterator[int]:
    """The ids of a whole list, page after page."""
    path, _mark, query = href.partition("?")
    while True:
        html = client.get(f"{path}?{query}").content.decode()
        yield from (int(pk) for pk in re.findall(r'<tr data-id="(\d+)"', html))
        further = re.search(r'href="\?([^"]*after=[^"]*)"', html)
        if further is None:
            return
        query = further.group(1).replace("&amp;", "&")


def where_of(table: str, unit: str) -> tuple[str, dict[str, Any]]:
    if table == "branch":
        return "s.branch_id IN (SELECT id FROM under)", {"branch": int(unit)}
    if unit == "none":
        return "s.agency_id IS NULL", {}
    return "s.agency_id = %(agency)s", {"agency": int(unit)}


def oracle(table: str, unit: str, measure: str, **values: Any) -> set[int]:
    where, given = where_of(table, unit)
    if measure in POLICY_MEASURES:
        return policies_of(measure, where, **given, **values)
    return works_of(measure, where, **given)


def assert_as_the_oracle_says(client: Client, at: Any, measures: tuple[str, ...], **query: str) -> None:
    found = figures(client, **query)
    assert {table for table, _unit, _measure in found} == {"agency", "branch"}
    for (table, unit, measure), (number, href) in found.items():
        if measure in measures:
            expected = oracle(table, unit, measure, at=at)
            assert (table, unit, measure, number) == (table, unit, measure, len(expected))
            assert set(listed(client, href)) == expected


# -- the promises ------------------------------------------------------------------------------------


def test_each_number_is_what_plain_sql_gives_and_opens_exactly_those_rows(book: Book, compliance: Persona):
    make_work(book)
    assert_as_the_oracle_says(compliance.client, timezone.now(), POLICY_MEASURES + WORK_MEASURES)


def test_the_planted_book_counts_as_the_notice_does(book: Book, compliance: Persona):
    found = figures(compliance.client)
    expected = {"scope": 6, "defective": 3, "missing": 2, "false": 2, "touched": 2}
    here = str(book.here.pk)
    assert {measure: found["branch", here, measure][0] for measure in POLICY_MEASURES} == expected
    assert set(listed(compliance.client, found["branch", here, "defective"][1])) == {
        book.policies[name].pk for name in ("own", "named", "covered")
    }
    assert set(listed(compliance.client, found["branch", here, "touched"][1])) == {
        book.policies[name].pk for name in ("touched", "not covered")
    }


def test_a_branch_answers_for_all_below_it(book: Book, compliance: Persona):
    found = figures(compliance.client)
    assert (
        found["branch", str(book.province.pk), "scope"][0]
        == found["branch", str(book.here.pk), "scope"][0] + 1
    )
    assert found["branch", str(head_office().pk), "scope"][0] == 9


def test_yesterday_s_figures_stay_what_they_were(book: Book, compliance: Persona):
    """The mended policy still counts yesterday, and the moved one still belongs to the other branch."""
    yesterday = timezone.localdate() - YESTERDAY
    query = {"as_of": yesterday.isoformat()}
    found = figures(compliance.client, **query)
    there = str(book.there.pk)
    assert [found["branch", there, name][0] for name in ("scope", "defective")] == [3, 1]
    assert [figures(compliance.client)["branch", there, name][0] for name in ("scope", "defective")] == [2, 0]
    end = datetime.combine(yesterday, time.max, tzinfo=timezone.get_default_timezone())
    assert_as_the_oracle_says(compliance.client, end, POLICY_MEASURES, **query)


def test_what_was_closed_today_was_open_yesterday(book: Book, compliance: Persona):
    work = make_work(book)
    yesterday = (timezone.localdate() - YESTERDAY).isoformat()
    found = figures(compliance.client, as_of=yesterday)
    bank = [found["agency", str(book.bank.pk), name] for name in WORK_MEASURES]
    assert [number for number, _href in bank] == [2, 1, 0, 0]
    assert set(listed(compliance.client, bank[0][1])) == {work["overdue"].pk, work["late"].pk}
    assert set(listed(compliance.client, bank[1][1])) == {work["late"].pk}


def test_a_manager_reads_only_what_the_own_branch_answers_for(book: Book, compliance: Persona):
    make_work(book)
    manager = log_in(make_staff("manager", branch=book.here, post="management", name="张主管"))
    everything, own = figures(compliance.client), figures(manager.client)
    there = str(book.there.pk)
    assert ("branch", there, "scope") in everything
    assert {unit for table, unit, _measure in own if table == "branch"} == {str(book.here.pk)}
    here = str(book.here.pk)
    assert own["branch", here, "defective"] == everything["branch", here, "defective"]
    hidden = everything["branch", there, "scope"][1]
    assert manager.client.get(hidden).status_code == 404
    assert set(listed(manager.client, "/performance/policies/?measure=scope")) == set(
        listed(manager.client, own["branch", here, "scope"][1])
    )


def test_a_clerk_reads_no_figures(book: Book):
    clerk = log_in(make_staff("clerk", branch=book.here))
    pages = (
        "/performance/",
        "/performance/policies/?measure=scope",
        "/performance/rectifications/?measure=open",
    )
    assert [clerk.client.get(page).status_code for page in pages] == [403, 403, 403]


def test_a_thousand_rows_come_page_after_page_and_none_twice(book: Book, compliance: Persona):
    for _unused in range(230):
        make_policy(branch=book.there)
    href = figures(compliance.client)["branch", str(book.there.pk), "scope"][1]
    found = list(listed(compliance.client, href))
    assert (len(found), len(set(found))) == (232, 232)


def test_the_page_costs_the_same_at_one_unit_and_at_thirty(
    book: Book, compliance: Persona, django_assert_max_num_queries: Any
):
    with django_assert_max_num_queries(15) as few:
        compliance.client.get("/performance/")
    for _unused in range(30):
        city = make_branch()
        policy = make_policy(branch=city, agency=make_agency(branch=city))
        book.finding("more", policy)
        make_rectification(policy=policy, branch=city, agency=policy.agency)
    with django_assert_max_num_queries(15) as many:
        compliance.client.get("/performance/")
    assert len(many) == len(few)


@pytest.mark.parametrize(
    "query, status",
    [
        ("as_of=2026-02-30", 400),
        ("sort=password", 400),
        ("as_of=2999-01-01", 200),
        ("as_of=0001-01-01", 200),
        ("sort=overdue&turn=1", 200),
    ],
)
def test_an_address_is_read_or_refused(compliance: Persona, query: str, status: int):
    assert compliance.client.get(f"/performance/?{query}").status_code == status


@pytest.mark.parametrize(
    "query",
    ["by=branch&unit=999999", "by=agency&unit=x", "by=planet&unit=1", "measure=secret", "by=branch&unit=²"],
)
def test_a_list_of_nothing_known_does_not_exist(compliance: Persona, query: str):
    assert compliance.client.get(f"/performance/policies/?{query}").status_code == 404


def test_an_empty_house_says_how_figures_come(compliance: Persona):
    html = compliance.client.get("/performance/").content.decode()
    assert html.count("zx-empty-title") == 2
