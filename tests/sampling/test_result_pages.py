"""The page of a draw says what its sample proves; lists and figures lead to the items behind them."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audits.models import Accountability, RunConclusion, SamplingRun
from audits.operations.conclusions import conclude
from audits.operations.sample_findings import open_findings
from audits.sampling.choices import AccountableMeasure, ErrorKind, RunState, SamplePurpose
from tests.factories import AT, make_agency, make_customer, make_policy, make_seller, make_staff
from tests.personas import Persona
from tests.sampling.scenes import done_by, make_plan, make_run
from tests.sampling.test_findings_of_samples import typed
from workplace.choices import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(here) -> SamplingRun:
    """Four of a bank's policies: three right, the mobile of one is another than on the form."""
    agency = make_agency(branch=here, name="临江银行")
    policies = [
        make_policy(
            holder=make_customer(home_branch=here),
            seller=make_seller(branch=here),
            branch=here,
            agency=agency,
        )
        for _each in range(4)
    ]
    made = make_run(policies)
    reviewer = make_staff(Role.COMPLIANCE, name="吴复核")
    for item in made.items.order_by("place"):
        wrong = item.place == 1
        review = done_by(reviewer, item, ErrorKind.FALSE if wrong else ErrorKind.RIGHT)
        typed(review, "mobile", "13826741432" if wrong else "x", review.outcome)
        if wrong:
            open_findings(review=review, actor=reviewer, at=AT)
    return made


def page(who: Persona, name: str, *args: int, **query: str) -> str:
    response = who.client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_draw_s_page_states_rate_bounds_and_verdict(run, compliance):
    text = page(compliance, "sampling_run", run.pk)
    assert "25.00\u00a0%" in text
    assert "<svg" in text
    assert "zx-verdict--reject" in text
    assert "13826741432" not in text
    assert reverse("sampling_run_conclude", args=[run.pk]) in text


def test_concluding_on_the_page_keeps_it(run, compliance):
    response = compliance.client.post(reverse("sampling_run_conclude", args=[run.pk]), {"note": "超过容忍率"})
    run.refresh_from_db()
    assert (response.status_code, run.state) == (302, RunState.CONCLUDED)
    made = RunConclusion.objects.get()
    text = page(compliance, "sampling_run", run.pk)
    assert "超过容忍率" in text
    assert made.seal.digest[:12] in text
    assert reverse("sampling_run_conclude", args=[run.pk]) not in text


def test_who_may_not_conclude_is_told_nothing_of_it(run, auditor, clerk):
    assert reverse("sampling_run_conclude", args=[run.pk]) not in page(auditor, "sampling_run", run.pk)
    assert auditor.client.post(reverse("sampling_run_conclude", args=[run.pk])).status_code == 403
    assert clerk.client.post(reverse("sampling_run_conclude", args=[run.pk])).status_code == 403


def test_results_are_listed_with_their_rates(run, compliance):
    conclude(run=run, actor=compliance.fresh(), at=AT)
    text = page(compliance, "sampling_results")
    assert "25.00\u00a0%" in text
    assert reverse("sampling_run", args=[run.pk]) in text
    assert reverse("sampling_run", args=[run.pk]) not in page(
        compliance, "sampling_results", verdict="accept"
    )


def test_thirty_results_cost_as_many_queries_as_one(compliance, here, django_assert_num_queries):
    version = make_plan()

    def concluded(count: int) -> None:
        for _each in range(count):
            made = make_run([make_policy(holder=make_customer(home_branch=here))], version=version)
            done_by(make_staff(Role.COMPLIANCE), made.items.get(), ErrorKind.RIGHT)
            conclude(run=made, actor=compliance.fresh(), at=AT)

    concluded(1)
    address = reverse("sampling_results")
    compliance.client.get(address)
    with CaptureQueriesContext(connection) as one:
        compliance.client.get(address)
    concluded(5)
    with django_assert_num_queries(len(one)):
        compliance.client.get(address)


def test_a_unit_is_held_to_account_for_a_failed_item(run, compliance):
    address = reverse("sampling_run_account", args=[run.pk])
    item = run.items.get(place=1)
    given = {
        "item": item.pk,
        "who": "agency",
        "measure": AccountableMeasure.TRAINING,
        "reason": "录入他人号码",
    }
    assert compliance.client.post(address, {**given, "reason": ""}).status_code == 422
    assert compliance.client.post(address, given).status_code == 302
    made = Accountability.objects.get()
    assert (made.agency, made.sample_item, made.branch) == (item.policy.agency, item, None)
    text = page(compliance, "accountability", run=str(run.pk))
    assert "录入他人号码" in text


def test_only_failed_items_have_somebody_to_answer(run, compliance):
    address = reverse("sampling_run_account", args=[run.pk])
    right = run.items.get(place=2)
    given = {"item": right.pk, "who": "branch", "measure": AccountableMeasure.TALK, "reason": "无"}
    assert compliance.client.post(address, given).status_code == 422
    assert not Accountability.objects.exists()


def test_figures_of_a_unit_take_concluded_samples_in(run, compliance):
    text = page(compliance, "performance")
    assert 'data-measure="wrong"' not in text
    conclude(run=run, actor=compliance.fresh(), at=AT)
    text = page(compliance, "performance")
    links = re.findall(r'data-measure="(wrong|decided)" href="([^"]+)">(\d+)<', text)
    assert {(measure, number) for measure, _link, number in links} == {("wrong", "1"), ("decided", "4")}
    for _measure, link, number in links:
        behind = compliance.client.get(link.replace("&amp;", "&")).content.decode()
        assert behind.count("data-id=") == int(number)


def test_the_real_name_rate_comes_from_samples_of_sellers(here, compliance):
    policies = [make_policy(holder=make_customer(home_branch=here), branch=here) for _each in range(3)]
    made = make_run(policies, purpose=SamplePurpose.SELLER)
    for item in made.items.order_by("place"):
        outcome = ErrorKind.FALSE if item.place == 1 else ErrorKind.RIGHT
        done_by(make_staff(Role.COMPLIANCE), item, outcome)
    conclude(run=made, actor=compliance.fresh(), at=AT)
    text = page(compliance, "performance")
    assert "66.7\u00a0%" in text
    assert 'data-measure="real"' in text
    assert 'data-measure="wrong"' not in text
