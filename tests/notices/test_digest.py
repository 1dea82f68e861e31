"""One mail a person and day, at their hour and in their language; a failure is tried again."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from workplace.models import Notice, NoticePreference, Staff
from workplace.operations.digests import send_digests
from workplace.operations.notices import notify

pytestmark = pytest.mark.django_db
EIGHT = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)  # in Shanghai
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def for_real(settings):
    settings.DEMO = False


@pytest.fixture
def reader(clerk):
    Staff.objects.filter(pk=clerk.staff.pk).update(email="duan@example.com", language="en")
    return clerk.fresh()


def tell(person, key, at=EIGHT - HOUR):
    detail = {"count": 1, "number": f"R-{key}", "by": "张主管"}
    notify(recipients=[person], kind="assigned", key=key, detail=detail, at=at)


def mailed(at):
    before = len(mail.outbox)
    send_digests(at=at)
    return [(one.to, one.subject) for one in mail.outbox[before:]]


def test_what_is_unread_comes_in_one_mail(reader):
    tell(reader, "1")
    tell(reader, "2")
    assert mailed(EIGHT) == [(["duan@example.com"], "Zhenxin: 2 new notices")]
    assert mail.outbox[0].body.startswith("· R-2 was assigned to you\n  By 张主管.\n· R-1 was assigned")


def test_it_waits_for_the_hour_of_each(reader):
    NoticePreference.objects.create(staff=reader, digest_hour=17)
    tell(reader, "1")
    assert mailed(EIGHT) == []
    assert mailed(EIGHT + 9 * HOUR - timedelta(minutes=1)) == []
    assert len(mailed(EIGHT + 9 * HOUR)) == 1


def test_one_a_day_and_nothing_twice(reader):
    tell(reader, "1")
    assert len(mailed(EIGHT)) == 1
    tell(reader, "2", at=EIGHT + HOUR)
    assert mailed(EIGHT + 2 * HOUR) == []
    assert mailed(EIGHT + DAY) == [(["duan@example.com"], "Zhenxin: 1 new notice")]
    assert mailed(EIGHT + 2 * DAY) == []


def test_a_round_that_was_missed_is_made_up(reader):
    tell(reader, "1")
    assert len(mailed(EIGHT + 7 * HOUR)) == 1


def test_what_was_read_is_not_mailed(reader):
    tell(reader, "1")
    Notice.objects.update(read_at=EIGHT)
    assert mailed(EIGHT) == []


@pytest.mark.parametrize("given", [{"email": ""}, {"is_active": False}])
def test_who_cannot_be_mailed_is_not(given, reader):
    tell(reader, "1")
    Staff.objects.filter(pk=reader.pk).update(**given)
    assert mailed(EIGHT) == []


def test_who_wants_no_mail_gets_none(reader):
    NoticePreference.objects.create(staff=reader, mail=False)
    tell(reader, "1")
    assert mailed(EIGHT) == []


def test_chinese_is_the_language_of_whoever_chose_none(reader):
    Staff.objects.filter(pk=reader.pk).update(language="zh-hans")
    tell(reader, "1")
    assert "assigned to you" not in mailed(EIGHT)[0][1]


def test_a_mail_that_fails_is_tried_again_and_stops_no_other(reader, manager, monkeypatch, caplog):
    Staff.objects.filter(pk=manager.staff.pk).update(email="zhang@example.com")
    tell(reader, "1")
    tell(manager.staff, "2")
    delivered = EmailBackend.send_messages

    def refuse(backend, messages):
        if messages[0].to == ["duan@example.com"]:
            raise ConnectionRefusedError("duan@example.com")
        return delivered(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    assert [to for to, _subject in mailed(EIGHT)] == [["zhang@example.com"]]
    assert Notice.objects.get(recipient=reader).mailed_at is None
    assert "ConnectionRefusedError" in caplog.text
    assert "duan@" not in caplog.text
    monkeypatch.undo()
    assert [to for to, _subject in mailed(EIGHT + HOUR)] == [["duan@example.com"]]


def test_a_demo_sends_nothing_and_marks_nothing(reader, settings):
    settings.DEMO = True
    tell(reader, "1")
    assert mailed(EIGHT) == []
    assert Notice.objects.get().mailed_at is None
