"""The clock, more time and ends without a correction, as pages."""

from datetime import date, timedelta

import pytest
from django.template.loader import get_template, render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from audits.choices import ExtensionState, ProposedEnd
from audits.choices import RectificationState as State
from audits.loads import loads
from audits.models import Extension, Finding, Rectification
from tests.factories import AT
from tests.rectification.scenes import given, image, upload
from workplace.models import Notice

pytestmark = pytest.mark.django_db


def page(persona, row):
    return persona.client.get(reverse("rectification", args=[row.pk])).content.decode()


def post(persona, name, *args, **given_):
    return persona.client.post(reverse(name, args=args), given_)


@pytest.fixture
def row(here, clerk, manager):
    found = given(here, clerk, manager)
    Rectification.objects.filter(pk=found.pk).update(due_on=timezone.localdate() + timedelta(days=14))
    return found


def test_the_owner_stops_the_clock_and_lets_it_go_on(row, clerk):
    assert 'id="pause-clock"' in page(clerk, row)
    post(clerk, "rectification_pause", row.pk, reason="customer", note="出差")
    assert Rectification.objects.get(pk=row.pk).paused_at is not None
    shown = page(clerk, row)
    assert "出差" in shown
    assert 'id="pause-clock"' not in shown
    post(clerk, "rectification_resume", row.pk)
    assert Rectification.objects.get(pk=row.pk).paused_at is None


def test_somebody_who_does_not_see_it_cannot_stop_it(row, clerk_elsewhere, auditor):
    assert post(clerk_elsewhere, "rectification_pause", row.pk, reason="customer").status_code == 404
    assert post(auditor, "rectification_pause", row.pk, reason="customer").status_code == 403


def test_more_time_is_asked_on_the_page_and_granted_on_the_list(row, clerk, manager):
    post(clerk, "rectification_extend", row.pk, days="5", reason="等待公安回函")
    asked = Extension.objects.get()
    assert Notice.objects.filter(recipient=manager.staff, kind="extension_asked").count() == 1
    listed = manager.client.get(reverse("extensions")).content.decode()
    assert "等待公安回函" in listed
    post(manager, "extension_answer", asked.pk, action="grant")
    asked.refresh_from_db()
    assert (asked.state, asked.decided_by) == (ExtensionState.GRANTED, manager.staff)
    assert Rectification.objects.get(pk=row.pk).added_days == 5
    assert Notice.objects.filter(recipient=clerk.staff, kind="extension_answered").count() == 1


def test_it_is_handed_in_as_impossible_from_the_page(row, clerk, manager):
    post(
        clerk,
        "rectification_end",
        row.pk,
        end="cannot",
        reason="查无此人",
        expires_on=(timezone.localdate() + timedelta(days=300)).isoformat(),
        evidence=upload(image()),
    )
    found = Rectification.objects.get(pk=row.pk)
    assert (found.state, found.proposed_end) == (State.IN_REVIEW, ProposedEnd.CANNOT)


def test_a_page_without_a_last_day_says_so(row, clerk):
    for day in ({}, {"expires_on": "2027-02-30"}):
        post(clerk, "rectification_end", row.pk, end="cannot", reason="查无此人", **day)
    assert Rectification.objects.get(pk=row.pk).state == State.ASSIGNED


def test_what_was_typed_is_kept_where_it_is_refused(row, clerk):
    typed = {"end": "cannot", "reason": "查无此人", "expires_on": "2027-01-29"}
    answer = clerk.client.post(reverse("rectification_end", args=[row.pk]), typed, follow=True)
    shown = answer.content.decode()
    assert f'data-keep="end-{row.pk}"' in shown
    assert 'zx-message--error" data-refused' in shown


def test_a_paused_one_is_not_called_overdue_in_a_list():
    late = {"due": date(2026, 11, 2), "today": date(2026, 11, 23)}
    with translation.override("en"):
        running = render_to_string("zhenxin/parts/due.html", late)
        paused = render_to_string("zhenxin/parts/due.html", {**late, "paused": AT})
    assert ("overdue" in running, "overdue" in paused, "paused" in paused) == (True, False, True)


def test_a_paused_one_is_late_in_no_list_and_no_load(row, clerk, manager):
    Finding.objects.filter(rectification=row).update(due_on=date(2026, 1, 5))
    Rectification.objects.filter(pk=row.pk).update(due_on=date(2026, 1, 5))
    today, now = timezone.localdate(), timezone.now()
    (load,) = loads([clerk.staff], today=today, at=now)
    assert load.overdue == 1
    assert "zx-overdue" in manager.client.get(reverse("findings")).content.decode()
    Rectification.objects.filter(pk=row.pk).update(paused_at=now)
    (load,) = loads([clerk.staff], today=today, at=now)
    assert load.overdue == 0
    assert "zx-overdue" not in manager.client.get(reverse("findings")).content.decode()


def test_as_of_a_day_a_paused_one_is_not_called_overdue():
    text = get_template("audits/performance_rectifications.html").template.source
    assert "paused=row.paused_then" in text
