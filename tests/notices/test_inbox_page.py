"""The inbox: unread first, read by opening, page after page, and nobody else's."""

import pytest
from django.urls import reverse

from tests.factories import AT
from workplace.models import Notice, NoticePreference

pytestmark = pytest.mark.django_db
INBOX = reverse("notices")


def notice(persona, number=1, *, read=False, **values):
    return Notice.objects.create(
        recipient=persona.staff,
        kind="assigned",
        key=f"k{number}",
        detail={"count": 1, "number": f"R{number}", "by": "张主管"},
        made_at=AT,
        read_at=AT if read else None,
        **{"link": "/rectifications/", **values},
    )


def shown(persona, query=""):
    return [line.notice.pk for line in persona.client.get(INBOX + query).context["lines"]]


def test_the_unread_stand_first_each_newest_first(clerk):
    old, read, new = notice(clerk, 1), notice(clerk, 2, read=True), notice(clerk, 3)
    assert shown(clerk) == [new.pk, old.pk, read.pk]


def test_pages_follow_without_gap_or_double(clerk):
    rows = [notice(clerk, number, read=number % 2 == 0) for number in range(120)]
    wanted = [row.pk for row in reversed(rows) if not row.read_at]
    wanted += [row.pk for row in reversed(rows) if row.read_at]
    found, query = [], ""
    for _page in range(3):
        found += shown(clerk, query)
        query = clerk.client.get(INBOX + query).context["older"]
    assert (found, query) == (wanted, "")


def test_a_hostile_place_in_the_list_is_the_top(clerk):
    one = notice(clerk)
    for after in ("x", "u", "u²", "r" + "9" * 40, "u1'--"):
        assert shown(clerk, f"?after={after}") == [one.pk]


def test_opening_reads_it_and_leads_on(clerk):
    one = notice(clerk)
    answer = clerk.client.post(reverse("notice_open", args=[one.pk]))
    one.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (302, "/rectifications/")
    assert one.read_at is not None


def test_a_link_that_leads_out_of_the_house_is_not_followed(clerk):
    one = notice(clerk, link="//elsewhere.example/x")
    assert clerk.client.post(reverse("notice_open", args=[one.pk]))["Location"] == INBOX


def test_those_of_others_do_not_exist(clerk, manager):
    theirs = notice(manager)
    assert shown(manager) == [theirs.pk]
    assert shown(clerk) == []
    assert clerk.client.post(reverse("notice_open", args=[theirs.pk])).status_code == 404
    clerk.client.post(reverse("notices_mark"), {"notice": theirs.pk})
    clerk.client.post(reverse("notices_read_all"))
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_marking_goes_both_ways(clerk):
    first, second = notice(clerk, 1), notice(clerk, 2)
    clerk.client.post(reverse("notices_mark"), {"notice": [first.pk, "x"], "as": "read"})
    assert shown(clerk) == [second.pk, first.pk]
    clerk.client.post(reverse("notices_mark"), {"notice": [first.pk], "as": "unread"})
    assert list(Notice.objects.filter(read_at__isnull=True).values_list("pk", flat=True)).count(first.pk) == 1
    clerk.client.post(reverse("notices_read_all"))
    assert Notice.objects.filter(read_at__isnull=True).exists() is False


def test_reading_is_no_matter_of_looking(clerk):
    one = notice(clerk)
    assert clerk.client.get(reverse("notice_open", args=[one.pk])).status_code == 405
    clerk.client.get(INBOX)
    one.refresh_from_db()
    assert one.read_at is None


def test_the_bell_counts_the_unread(clerk, manager):
    notice(clerk, 1)
    notice(clerk, 2, read=True)
    notice(manager, 3)
    assert clerk.client.get(reverse("badges")).json()["notices"]["count"] == 1
    assert 'data-badge="notices"' in clerk.client.get(INBOX).content.decode()


def test_settings_are_kept(clerk):
    page = reverse("notice_settings")
    given = {"digest_hour": "17", "push": "on", "quiet_from": "21:00", "quiet_to": "07:30"}
    assert clerk.client.post(page, {**given, "kinds": ["returned"]}).status_code == 302
    saved = NoticePreference.objects.get(staff=clerk.staff)
    assert (saved.mail, saved.digest_hour, saved.push, str(saved.quiet_to)) == (False, 17, True, "07:30:00")
    assert "returned" not in saved.muted
    assert "assigned" in saved.muted
    form = clerk.client.get(page).context["form"]
    assert form.initial["kinds"] == ["returned"]


@pytest.mark.parametrize("given", [{"digest_hour": "24"}, {"digest_hour": "8", "quiet_from": "21:00"}])
def test_settings_that_make_no_sense_are_refused(given, clerk):
    assert clerk.client.post(reverse("notice_settings"), given).status_code == 200
    assert NoticePreference.objects.exists() is False
