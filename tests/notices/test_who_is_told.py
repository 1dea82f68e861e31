"""A notice reaches whom it concerns, once, in their own language, and says no value."""

import ast
from datetime import timedelta

import pytest
from django.utils.translation import override

from audits.choices import DisputeState, RectificationState
from audits.operations.corrections import return_rectification
from audits.operations.disputes import answer_dispute, raise_dispute
from audits.operations.rectifications import assign_each, assign_rectification
from tests.factories import AT, make_staff
from tests.house.sources import PACKAGES, modules
from tests.rectification.scenes import SHORT, given, in_review, opened
from workplace.choices import JobState, Role
from workplace.jobs import JobRun, _finish
from workplace.models import Job, Notice, NoticePreference, Staff
from workplace.notices import is_known, line_in, line_of, words
from workplace.operations.notices import notify

pytestmark = pytest.mark.django_db


def told(persona, kind=None):
    rows = Notice.objects.visible_to(persona.staff).order_by("pk")
    return list(rows.filter(kind=kind) if kind else rows)


def tell(*people, kind="assigned", key="a", **given):
    detail = {"count": 1, "number": "R1", "by": "张主管"}
    return notify(recipients=people, kind=kind, key=key, detail=detail, at=AT, **given)


def test_the_same_is_told_once(clerk, manager):
    assert tell(clerk.staff, manager.staff) == 2
    assert tell(clerk.staff, manager.staff) == 0
    assert tell(clerk.staff, key="b") == 1
    assert [row.key for row in told(clerk)] == ["a", "b"]


def test_who_left_is_told_nothing(clerk):
    gone = make_staff(Role.CLERK)
    Staff.objects.filter(pk=gone.pk).update(is_active=False)
    assert tell(gone, clerk.staff) == 1
    assert Notice.objects.filter(recipient=gone).exists() is False


def test_what_one_does_not_want_arrives_read_unless_it_is_urgent(clerk):
    NoticePreference.objects.create(staff=clerk.staff, muted=["assigned"])
    tell(clerk.staff, key="quiet")
    tell(clerk.staff, key="loud", urgent=True)
    tell(clerk.staff, key="other", kind="returned")
    assert [(row.key, row.read_at is None) for row in told(clerk)] == [
        ("quiet", False),
        ("loud", True),
        ("other", True),
    ]


def test_a_kind_without_words_is_refused(clerk):
    with pytest.raises(ValueError, match="no words"):
        tell(clerk.staff, kind="unheard")


def test_words_are_made_in_the_readers_language(clerk):
    tell(clerk.staff)
    notice = told(clerk)[0]
    assert line_in(notice, "en").title == "R1 was assigned to you"
    assert "R1" in line_in(notice, "zh-hans").title
    with override("en"):
        assert words("gone", {}) == ("gone", "")
        assert words("assigned", {})[0] == "Assigned to me"


def test_the_new_owner_is_told(here, clerk, manager):
    rectification = given(here, clerk, manager)
    (notice,) = told(clerk)
    assert (notice.kind, notice.link) == ("assigned", f"/rectifications/{rectification.pk}/")
    assert notice.detail == {"count": 1, "number": rectification.number, "by": "张主管"}


def test_many_at_once_are_one_notice(here, clerk, manager):
    rows = [opened(here) for _one in range(4)]
    owners = {row.pk: clerk.fresh() for row in rows}
    assign_each(rectifications=rows, owners=owners, actor=manager.fresh(), at=AT)
    (notice,) = told(clerk)
    assert notice.detail["count"] == 4
    assert notice.link == "/rectifications/"


def test_nobody_is_told_of_their_own_doing(here, manager):
    assign_rectification(rectification=opened(here), owner=manager.fresh(), actor=manager.fresh(), at=AT)
    assert told(manager) == []


def test_a_return_is_told_each_time_without_its_words(here, clerk, manager):
    rectification = in_review(here, clerk=clerk, manager=manager)
    return_rectification(
        rectification=rectification, actor=manager.fresh(), at=AT, reason=f"{SHORT} has eleven digits?"
    )
    (notice,) = told(clerk, "returned")
    assert rectification.state == RectificationState.RETURNED
    assert notice.detail == {"number": rectification.number, "by": "张主管"}
    with override("en"):
        assert SHORT not in str(line_of(notice))


def test_who_disputed_a_rule_hears_the_answer(here, clerk, manager, compliance):
    finding = given(here, clerk, manager).findings.get()
    dispute = raise_dispute(finding=finding, reason="It is right.", actor=clerk.fresh(), at=AT)
    answer_dispute(
        dispute=dispute, verdict=DisputeState.UPHELD, answer="No.", actor=compliance.fresh(), at=AT
    )
    (notice,) = told(clerk, "dispute_answered")
    assert notice.detail == {"rule": finding.rule, "stands": True}


@pytest.mark.parametrize(("seconds", "kinds"), [(9, []), (11, ["job_finished"])])
def test_a_job_that_took_long_tells_who_started_it(seconds, kinds, clerk):
    job = Job.objects.create(kind="sweep", started_by=clerk.staff, created_at=AT, state=JobState.RUNNING)
    job = began(job, seconds)
    _finish(JobRun(job, (job.lease_until,)), state=JobState.DONE)
    assert [row.kind for row in told(clerk)] == kinds


def began(job, seconds):
    from django.db.models.functions import Now

    ago = timedelta(seconds=seconds)
    Job.objects.filter(pk=job.pk).update(started_at=Now() - ago, lease_until=Now() + ago)
    job.refresh_from_db()
    return job


def kinds_told():
    """Every kind that our code names in a call of `notify` or `notify_each`."""
    calls = [
        node
        for path in modules(*PACKAGES)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"notify", "notify_each"}
    ]
    said = [word.value for call in calls for word in call.keywords if word.arg == "kind"]
    return {one.value for one in said if isinstance(one, ast.Constant)}


def test_whatever_is_told_has_words():
    kinds = kinds_told()
    assert {"assigned", "returned", "job_finished"} <= kinds
    assert sorted(kind for kind in kinds if not is_known(kind)) == []
