"""The findings list, the sweep button, the jobs and the rules, as each person sees them."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audits.models import Finding, Sweep
from tests.factories import AT, make_customer, make_finding
from tests.personas import Persona
from tests.rules.book import clean_book, rewrite
from tests.sweep.sweeping import sweep
from workplace import jobs
from workplace.choices import JobState
from workplace.models import Job

pytestmark = pytest.mark.django_db
MOST_QUERIES = 15


@pytest.fixture(autouse=True)
def quiet_queue():
    with patch("workplace.jobs.current_app.send_task"):
        yield


@pytest.fixture
def finding(here) -> Finding:
    return make_finding(customer=make_customer(home_branch=here), answering_branch=here)


def test_a_clerk_sees_the_findings_of_the_own_branch_alone(clerk: Persona, clerk_elsewhere: Persona, finding):
    address = reverse("findings")
    assert finding.subject_key in clerk.client.get(address).content.decode()
    assert finding.subject_key not in clerk_elsewhere.client.get(address).content.decode()


def test_a_partner_sees_nothing_of_other_agencies(partner: Persona, finding):
    assert finding.subject_key not in partner.client.get(reverse("findings")).content.decode()


@pytest.mark.parametrize(
    "query, shown",
    [
        ({"severity": "ERROR"}, True),
        ({"severity": "BLOCK"}, False),
        ({"rule": "PH-001"}, True),
        ({"rule": "PH-002"}, False),
        ({"kind": "missing"}, False),
        ({"state": "closed"}, False),
        ({"state": "all"}, True),
        ({"branch": "none"}, False),
        ({"as_of": "2026-11-21"}, True),
        ({"as_of": "2026-11-19"}, False),
    ],
)
def test_filters(clerk: Persona, finding, query: dict[str, str], shown: bool):
    said = clerk.client.get(reverse("findings"), query).content.decode()
    assert (finding.subject_key in said) is shown


def test_a_malformed_day_is_refused(clerk: Persona):
    assert clerk.client.get(reverse("findings"), {"as_of": "yesterday"}).status_code == 400


def test_values_are_masked(clerk: Persona, here):
    book = clean_book()
    rewrite(book.holder, mobile="1392046185")
    book.policy.branch = here
    book.policy.save()
    sweep()
    said = clerk.client.get(reverse("findings")).content.decode()
    assert book.holder.number in said
    assert "1392046185" not in said


@pytest.mark.parametrize("query", [{}, {"as_of": "2026-11-21"}])
def test_the_list_asks_as_often_for_one_row_as_for_thirty(clerk: Persona, here, query):
    def queries() -> int:
        clerk.client.get(reverse("findings"), query)
        with CaptureQueriesContext(connection) as asked:
            clerk.client.get(reverse("findings"), query)
        return len(asked)

    make_finding(customer=make_customer(home_branch=here), answering_branch=here)
    once = queries()
    for _each in range(29):
        make_finding(customer=make_customer(home_branch=here), answering_branch=here)
    assert queries() == once
    assert once <= MOST_QUERIES


def test_a_manager_starts_a_sweep_and_watches_it(manager: Persona, clerk: Persona):
    assert clerk.client.post(reverse("sweep")).status_code == 403
    answer = manager.client.post(reverse("sweep"))
    job = Job.objects.get()
    assert answer.url == reverse("job", args=[job.pk])
    assert (job.kind, job.started_by) == ("sweep", manager.staff)
    assert manager.client.post(reverse("sweep")).url == answer.url
    assert reverse("job_progress", args=[job.pk]) in manager.client.get(answer.url).content.decode()
    assert reverse("sweep_progress") in manager.client.get(reverse("findings")).content.decode()
    jobs.execute(job.pk)
    assert manager.client.get(reverse("job_progress", args=[job.pk]))["HX-Refresh"] == "true"
    assert manager.client.get(reverse("sweep_progress"))["HX-Refresh"] == "true"


def test_a_sweep_is_not_started_by_looking(manager: Persona):
    assert manager.client.get(reverse("sweep")).status_code == 405


def test_who_started_a_job_or_looks_after_jobs_may_stop_it(manager: Persona, clerk: Persona):
    manager.client.post(reverse("sweep"))
    job = Job.objects.get()
    assert clerk.client.post(reverse("job_cancel", args=[job.pk])).status_code == 404
    assert manager.client.post(reverse("job_cancel", args=[job.pk])).status_code == 302
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


def test_another_persons_job_does_not_exist_for_a_partner(manager: Persona, partner: Persona):
    manager.client.post(reverse("sweep"))
    job = Job.objects.get()
    for name in ("job", "job_progress"):
        assert manager.client.get(reverse(name, args=[job.pk])).status_code == 200
        assert partner.client.get(reverse(name, args=[job.pk])).status_code == 404


def test_a_running_job_tells_its_speed_and_when_it_ends(manager: Persona):
    from django.utils import timezone

    now = timezone.now()
    job = Job.objects.create(
        kind="sweep", state=JobState.RUNNING, created_at=AT, done=500, total=1500,
        started_at=now - timedelta(seconds=50),
    )  # fmt: skip
    with patch("workplace.views.jobs.timezone.now", return_value=now):
        answer = manager.client.get(reverse("job", args=[job.pk]))
    assert answer.context["line"].rate == 10
    assert answer.context["line"].left == timedelta(seconds=100)


def test_jobs_list(manager: Persona):
    sweep()
    assert reverse("job", args=[Job.objects.get().pk]) in manager.client.get(reverse("jobs")).content.decode()
    assert (
        reverse("job", args=[Job.objects.get().pk])
        not in manager.client.get(reverse("jobs"), {"state": "failed"}).content.decode()
    )


def test_the_rules_page_counts_what_is_open_in_ones_own_scope(
    clerk: Persona, clerk_elsewhere: Persona, finding
):
    def opened(persona: Persona) -> dict[str, int]:
        lines = persona.client.get(reverse("rules")).context["lines"]
        return {line.rule.code: line.open for line in lines if line.open}

    assert opened(clerk) == {"PH-001": 1}
    assert opened(clerk_elsewhere) == {}


def test_the_history_of_sweeps_leads_to_what_each_opened(manager: Persona, clerk: Persona, here):
    book = clean_book()
    book.policy.branch = here
    book.policy.save()
    rewrite(book.holder, mobile="1392046185")
    sweep()
    run = Sweep.objects.get()
    said = manager.client.get(reverse("sweeps")).content.decode()
    assert f"{reverse('findings')}?sweep={run.pk}&amp;state=all" in said
    opened = clerk.client.get(reverse("findings"), {"sweep": run.pk}).content.decode()
    assert book.holder.number in opened
    other = clerk.client.get(reverse("findings"), {"sweep": run.pk + 1}).content.decode()
    assert book.holder.number not in other
    assert clerk.client.get(reverse("sweeps")).status_code == 403


@pytest.mark.parametrize("code, started", [("", {"incremental": True}), ("PH-001", {"codes": ["PH-001"]})])
def test_one_rule_or_what_changed_is_started_on_its_page(manager: Persona, code: str, started):
    manager.client.post(reverse("start_chosen_sweep"), {"rule": code})
    assert Job.objects.get().parameters == {"codes": [], **started}
    assert manager.client.post(reverse("start_chosen_sweep"), {"rule": "ZZ-999"}).status_code == 400
