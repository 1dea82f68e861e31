"""Announcements and pushed lists: who gets them, who has read them, who is done, and what is taken back."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from tests.factories import AT, make_staff
from workplace.choices import Role
from workplace.models import Announcement, AnnouncementReceipt, Notice, PushedLine
from workplace.operations.announcements import AnnouncementRefused, publish_announcement

pytestmark = pytest.mark.django_db
ALL = reverse("announcements")


def publish(by, roles=(Role.CLERK,), **values):
    given = {"title": "新规", "body": "自下周一起执行。", "roles": list(roles), "actor": by.fresh(), "at": AT}
    return publish_announcement(**{**given, **values})


def page(made):
    return reverse("announcement", args=[made.pk])


def open_it(persona, made):
    """What the page does when it stands."""
    return persona.client.post(reverse("announcement_read", args=[made.pk]))


def counts(persona, made):
    one = persona.client.get(page(made)).context["counts"]
    return one.people, one.read, one.done


def test_it_reaches_the_roles_within_the_publishers_reach(here, clerk, clerk_elsewhere, manager, auditor):
    second = make_staff(Role.CLERK, branch=here)
    made = publish(manager)
    people = set(made.receipts.values_list("staff_id", flat=True))
    assert people == {clerk.staff.pk, second.pk}
    assert set(Notice.objects.values_list("recipient_id", "link")) == {(pk, page(made)) for pk in people}


def test_compliance_of_the_head_office_reaches_everybody(clerk, clerk_elsewhere, compliance):
    made = publish(compliance)
    assert made.receipts.count() == 2


def test_only_who_may_publishes(clerk):
    with pytest.raises(PermissionDenied):
        publish(clerk)
    assert clerk.client.get(reverse("announcement_add")).status_code == 403


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " "}, "title"),
        ({"body": " "}, "body"),
        ({"roles": []}, "roles"),
        ({"roles": ["king"]}, "roles"),
        ({"roles": [Role.AUDITOR]}, "roles"),
        ({"body": "张三 13826741059"}, "body"),
        ({"lines": ["张三 11010519491231002X"]}, "lines"),
        ({"lines": ["x"] * 2001}, "lines"),
    ],
)
def test_what_cannot_be_told_so_is_refused(values, field, clerk, manager):
    with pytest.raises(AnnouncementRefused) as refused:
        publish(manager, **values)
    assert refused.value.field == field
    assert Announcement.objects.exists() is False


def test_a_policy_number_is_no_personal_data(clerk, manager):
    assert publish(manager, lines=["保单 110105194912310021 待补登"]).needs_done is True


def test_looking_is_no_receipt_and_opening_is_one(clerk, manager):
    made = publish(manager)
    assert "announcement_read" not in clerk.client.get(page(made)).content.decode()
    assert (
        f'hx-post="{reverse("announcement_read", args=[made.pk])}"'
        in clerk.client.get(page(made)).content.decode()
    )
    assert counts(manager, made) == (1, 0, 0)
    assert open_it(clerk, made).headers["HX-Trigger"] == "zx:counts"
    assert counts(manager, made) == (1, 1, 0)
    assert Notice.objects.get(recipient=clerk.staff).read_at is not None
    first = AnnouncementReceipt.objects.get().read_at
    assert "HX-Trigger" not in open_it(clerk, made).headers
    assert AnnouncementReceipt.objects.get().read_at == first


def test_the_publisher_reads_the_names_of_who_has_not(here, clerk, manager):
    make_staff(Role.CLERK, branch=here, name="慢作业")
    made = publish(manager)
    open_it(clerk, made)
    context = manager.client.get(page(made)).context
    assert [one.staff.name for one in context["not_read"]] == ["慢作业"]
    assert "慢作业" not in clerk.client.get(page(made)).content.decode()


def test_one_to_be_done_is_done_by_saying_so(clerk, manager):
    made = publish(manager, needs_done=True)
    clerk.client.post(reverse("announcement_done", args=[made.pk]))
    assert counts(manager, made) == (1, 1, 1)


def test_one_to_be_read_only_cannot_be_done(clerk, manager):
    made = publish(manager)
    clerk.client.post(reverse("announcement_done", args=[made.pk]))
    assert counts(manager, made) == (1, 1, 0)


# -- lists -------------------------------------------------------------------------------------------


def lines_of(person, made):
    rows = PushedLine.objects.filter(receipt__staff=person, receipt__announcement=made)
    return list(rows.order_by("pk").values_list("text", flat=True))


def test_a_line_goes_to_the_person_it_names_and_else_to_all(here, clerk, manager):
    second = make_staff(Role.CLERK, branch=here)
    made = publish(manager, lines=["给大家的", f"{clerk.staff.username}\tS001 未登记", "", "nobody\tx"])
    assert lines_of(clerk.staff, made) == ["给大家的", "S001 未登记", "nobody\tx"]
    assert lines_of(second, made) == ["给大家的", "nobody\tx"]


def test_the_list_is_done_with_its_last_line_and_not_before(clerk, manager):
    made = publish(manager, lines=["一", "二"])
    first, second = PushedLine.objects.order_by("pk")

    def tick(line, done="1"):
        clerk.client.post(reverse("announcement_tick", args=[made.pk, line.pk]), {"done": done})
        return counts(manager, made)[2]

    assert tick(first) == 0
    clerk.client.post(reverse("announcement_done", args=[made.pk]))
    assert counts(manager, made)[2] == 0
    assert tick(second) == 1
    assert tick(second, "0") == 0


def test_nobody_ticks_the_line_of_another(here, clerk, manager, outsider):
    made = publish(manager, lines=["一"])
    line = PushedLine.objects.get()
    for other in (manager, outsider):
        address = reverse("announcement_tick", args=[made.pk, line.pk])
        assert other.client.post(address, {"done": "1"}).status_code == 404
    line.refresh_from_db()
    assert line.done_at is None


# -- who sees it, and when it is taken back ------------------------------------------------------------


def test_who_did_not_get_it_does_not_find_it(clerk, clerk_elsewhere, manager):
    made = publish(manager)
    assert clerk.client.get(page(made)).status_code == 200
    assert clerk_elsewhere.client.get(page(made)).status_code == 404
    assert open_it(clerk_elsewhere, made).status_code == 404
    assert list(clerk_elsewhere.client.get(ALL).context["page"].rows) == []


def on_home(persona):
    found = persona.client.get(reverse("announcements_unread"), headers={"HX-Request": "true"})
    return [one.announcement for one in found.context["announcements"]]


def test_withdrawn_it_is_gone_for_all_but_its_publisher(clerk, manager, compliance):
    made = publish(manager)
    compliance.client.post(reverse("announcement_withdraw", args=[made.pk]))
    assert clerk.client.get(page(made)).status_code == 200
    manager.client.post(reverse("announcement_withdraw", args=[made.pk]))
    assert clerk.client.get(page(made)).status_code == 404
    assert on_home(clerk) == []
    assert manager.client.get(page(made)).status_code == 200
    assert Notice.objects.filter(read_at__isnull=True).exists() is False


def test_an_unread_one_stands_on_home_and_beside_its_entry(clerk, manager):
    made = publish(manager)
    part = reverse("announcements_unread")
    assert f'hx-get="{part}"' in clerk.client.get("/").content.decode()
    assert on_home(clerk) == [made]
    assert clerk.client.get(reverse("badges")).json()["announcements"]["count"] == 1
    open_it(clerk, made)
    assert on_home(clerk) == []


def test_the_form_keeps_what_was_refused(clerk, manager):
    given = {"title": "x", "body": "打 13826741059", "roles": [Role.CLERK]}
    answer = manager.client.post(reverse("announcement_add"), given)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["body"]
    answer = manager.client.post(reverse("announcement_add"), {**given, "body": "好"})
    assert answer["Location"] == page(Announcement.objects.get())
