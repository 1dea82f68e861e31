"""A job tells how much there is and who brought it: that of another branch does not exist here."""

import pytest
from django.urls import reverse

from tests.factories import AT
from workplace.choices import JobState
from workplace.models import Job


@pytest.fixture
def job_elsewhere(clerk_elsewhere):
    return Job.objects.create(
        kind="apply_import", created_at=AT, started_by=clerk_elsewhere.staff, state=JobState.DONE, total=4711
    )


def sees(persona, job) -> tuple[int, bool]:
    page = persona.client.get(reverse("job", args=[job.pk])).status_code
    return page, reverse("job", args=[job.pk]) in persona.client.get(reverse("jobs")).content.decode()


@pytest.mark.parametrize("who", ["clerk", "manager", "outsider"])
def test_the_job_of_another_branch_does_not_exist(who, job_elsewhere, request):
    assert sees(request.getfixturevalue(who), job_elsewhere) == (404, False)


@pytest.mark.parametrize("who", ["clerk_elsewhere", "compliance", "auditor", "administrator"])
def test_it_exists_for_who_started_it_and_for_who_sees_everybody(who, job_elsewhere, request):
    assert sees(request.getfixturevalue(who), job_elsewhere) == (200, True)


def test_a_clerk_sees_no_sweep_of_the_whole_book_and_a_manager_does(clerk, manager):
    job = Job.objects.create(kind="sweep", created_at=AT, state=JobState.DONE, total=6000)
    assert sees(clerk, job) == (404, False)
    assert sees(manager, job) == (200, True)


def test_a_manager_of_another_branch_watches_a_sweep_without_a_link_that_leads_nowhere(
    manager, clerk_elsewhere
):
    job = Job.objects.create(
        kind="sweep",
        created_at=AT,
        state=JobState.RUNNING,
        unique_key="sweep",
        started_by=clerk_elsewhere.staff,
    )
    page = manager.client.get(reverse("findings")).content.decode()
    assert "sweep-progress" in page
    assert reverse("job", args=[job.pk]) not in page
