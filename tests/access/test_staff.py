"""People are added, imported, posted and let go in the browser; leaving ends everything."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from agents.models import Branch, Posting
from agents.models.reach import reach_of
from agents.operations.postings import group_of
from audits.choices import RectificationState
from config.roles import PERMISSIONS, sync_roles
from customers.choices import GrantSource
from customers.operations.grants import grant_customer
from tests import factories as make
from tests.factories import PASSWORD
from tests.personas import Persona, log_in
from workplace.choices import Role
from workplace.exports import workbook
from workplace.models import ApiClient, Staff
from workplace.operations.staff import StaffRefused, change_staff, leave

pytestmark = pytest.mark.django_db
NEW = {"username": "wang.wei", "name": "王伟", "staff_no": "E1", "email": "", "role": "clerk"}


def log_in_with(username: str, password: str) -> bool:
    return Client().post("/login/", {"username": username, "password": password}).status_code == 302


def test_an_added_person_gets_a_password_once_and_must_change_it(administrator: Persona):
    response = administrator.client.post(reverse("staff_add"), NEW)
    [(person, password)] = response.context["people"]
    assert password in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert person.must_change_password
    assert log_in_with("wang.wei", password)
    page = administrator.client.get(reverse("staff_member", args=[person.pk])).content.decode()
    assert password not in page


@pytest.mark.parametrize("field, value", [("username", "9"), ("username", "CLERK.one"), ("staff_no", "E7")])
def test_what_is_malformed_or_taken_is_named_at_its_field(field: str, value: str, administrator: Persona):
    make.make_staff(username="clerk.one")
    Staff.objects.filter(username="clerk.one").update(staff_no="E7")
    response = administrator.client.post(reverse("staff_add"), {**NEW, field: value})
    assert list(response.context["form"].errors) == [field]
    assert not Staff.objects.filter(name="王伟").exists()


@pytest.mark.parametrize("who", ["clerk", "manager", "compliance", "auditor", "partner"])
def test_only_administrators_manage_people(who: str, clerk: Persona, request: pytest.FixtureRequest):
    persona: Persona = request.getfixturevalue(who)
    target = make.make_staff()
    posts = {
        name: reverse(name, args=[target.pk])
        for name in ("staff_change", "staff_password", "staff_leave", "staff_post")
    }
    posts |= {name: reverse(name) for name in ("staff_add", "staff_import", "staff_import_confirm")}
    assert {
        name: persona.client.post(address).status_code for name, address in posts.items()
    } == dict.fromkeys(posts, 403)


def test_a_posting_grants_scope_and_its_end_takes_it(administrator: Persona, here: Branch):
    person = make.make_staff()
    given = {"unit": here.number, "post": "operations", "valid_from": localdate().isoformat()}
    administrator.client.post(reverse("staff_post", args=[person.pk]), given)
    assert reach_of(Staff.objects.get(pk=person.pk)).branch_ids == {here.pk}
    posting = Posting.objects.get(staff=person)
    administrator.client.post(reverse("posting_end", args=[posting.pk]))
    assert reach_of(Staff.objects.get(pk=person.pk)).branch_ids == frozenset()


def test_a_posting_to_an_unknown_unit_is_refused_in_words(administrator: Persona):
    person = make.make_staff()
    given = {"unit": "nowhere", "post": "operations", "valid_from": "2026-11-20"}
    response = administrator.client.post(reverse("staff_post", args=[person.pk]), given)
    assert response.status_code == 422
    assert response.context["posting_form"].errors["unit"]


def test_a_changed_role_changes_what_one_may_do(administrator: Persona, here: Branch):
    person = make.make_staff(Role.CLERK, branch=here)
    assert not person.has_perm("audits.assign_rectification")
    details = {"name": person.name, "staff_no": "", "email": "", "role": Role.MANAGER}
    administrator.client.post(reverse("staff_change", args=[person.pk]), details)
    changed = Staff.objects.get(pk=person.pk)
    assert changed.has_perm("audits.assign_rectification")
    assert {group.name for group in changed.groups.all()} == {"manager", group_of(here).name}


def test_nobody_changes_the_own_role_or_lets_themselves_go(administrator: Persona):
    staff = administrator.staff
    with pytest.raises(StaffRefused):
        change_staff(staff=staff, name="x", role=Role.MANAGER, staff_no="", email="", actor=staff, at=make.AT)
    with pytest.raises(StaffRefused):
        leave(staff=staff, actor=staff, at=make.AT)


def test_a_reset_password_ends_the_old_one_and_the_sessions(administrator: Persona, clerk: Persona):
    assert clerk.client.get("/customers/").status_code == 200
    response = administrator.client.post(reverse("staff_password", args=[clerk.staff.pk]))
    [(_person, password)] = response.context["people"]
    assert clerk.client.get("/customers/").status_code == 302
    assert not log_in_with(clerk.staff.username, PASSWORD)
    assert log_in_with(clerk.staff.username, password)


def test_leaving_ends_login_sessions_scope_grants_and_hands_work_back(
    administrator: Persona, clerk: Persona, here: Branch
):
    customer = make.make_customer(home_branch=here)
    rectification = make.make_rectification(customer=customer, owner=clerk.staff)
    given: dict[str, Any] = {"source": GrantSource.PERSON, "source_id": 0, "expires_at": None}
    granted = grant_customer(staff=clerk.staff, customer=customer, actor=None, at=make.AT, **given)
    token = ApiClient.objects.create(name="core", staff=clerk.staff, token_hash="h", created_at=now())
    sessions = Session.objects.count()
    administrator.client.post(reverse("staff_leave", args=[clerk.staff.pk]))
    gone = clerk.fresh()
    assert (gone.is_active, gone.left_on) == (False, localdate())
    assert clerk.client.get("/customers/").status_code == 302
    assert not log_in_with(gone.username, PASSWORD)
    assert Session.objects.count() == sessions - 1
    assert not Posting.objects.filter(staff=gone, valid_to__isnull=True).exists()
    granted.refresh_from_db()
    token.refresh_from_db()
    rectification.refresh_from_db()
    assert granted.ended_at is not None
    assert not token.active
    assert (rectification.state, rectification.owner) == (RectificationState.OPEN, None)
    line = rectification.timeline.get(action="unassign")
    assert gone.name in line.reason
    Staff.objects.filter(pk=gone.pk).update(is_active=True, left_on=None)
    assert reach_of(clerk.fresh()).branch_ids == frozenset()


HEADER = ["username 用户名", "姓名", "staff_no", "电子邮箱", "role 角色", "机构号", "中介机构号", "岗位"]


def upload(persona: Persona, rows: list[list[str]], header: list[str] | None = None) -> Any:
    file = io.BytesIO(workbook(header or HEADER, rows))
    file.name = "staff.xlsx"
    return persona.client.post(reverse("staff_import"), {"file": file})


def test_staff_come_from_a_file_after_a_preview(administrator: Persona, here: Branch):
    rows = [
        ["li.na", "李娜", "E10", "", "作业岗", here.number, "", "作业"],
        ["zhao.min", "赵敏", "E11", "zm@example.com", "manager", here.number, "", ""],
    ]
    preview = upload(administrator, rows)
    assert preview.context["faulty"] == 0
    assert not Staff.objects.filter(username="li.na").exists()
    payload = {"payload": preview.context["payload"]}
    done = administrator.client.post(reverse("staff_import_confirm"), payload)
    passwords = {person.username: password for person, password in done.context["people"]}
    assert set(passwords) == {"li.na", "zhao.min"}
    manager = Staff.objects.get(username="zhao.min")
    assert manager.must_change_password
    assert manager.has_perm("audits.assign_rectification")
    assert reach_of(manager).branch_ids == {here.pk}
    again = administrator.client.post(reverse("staff_import_confirm"), payload, follow=True)
    assert again.redirect_chain
    assert Staff.objects.filter(username="li.na").count() == 1


def test_a_file_with_faults_shows_all_of_them_and_writes_nothing(
    administrator: Persona, clerk: Persona, here: Branch
):
    rows = [
        [clerk.staff.username, "", "E20", "no mail", "emperor", "B-none", "", "throne"],
        ["good.one", "好", "E20", "", "clerk", here.number, "A-none", ""],
        ["fine.one", "佳", "", "", "clerk", here.number, "", ""],
    ]
    preview = upload(administrator, rows)
    errors = {row.line: len(row.errors) for row in preview.context["rows"]}
    assert errors == {2: 6, 3: 3, 4: 0}
    assert preview.context["payload"] == ""
    assert not Staff.objects.filter(username="fine.one").exists()


def test_a_file_without_a_column_names_it(administrator: Persona):
    response = upload(administrator, [["x"]], header=["用户名"])
    assert "姓名" in str(response.context["form"].errors["file"])


def test_a_preview_that_was_tampered_with_is_refused(administrator: Persona):
    administrator.client.post(reverse("staff_import_confirm"), {"payload": "made up"})
    assert Staff.objects.count() == 1


def test_the_template_can_be_uploaded_as_it_is(administrator: Persona):
    make.make_branch(number="110000")
    template = administrator.client.get(reverse("staff_template")).content
    file = io.BytesIO(template)
    file.name = "staff.xlsx"
    assert administrator.client.post(reverse("staff_import"), {"file": file}).context["faulty"] == 0


def test_the_first_administrator_comes_from_a_command(db: None):
    out = io.StringIO()
    call_command("create_administrator", "wu.guanli", "吴管理", stdout=out)
    username, password = out.getvalue().split()
    assert log_in_with(username, password)
    assert Staff.objects.get(username=username).has_perm("workplace.add_staff")


def test_createsuperuser_makes_an_administrator(db: None):
    call_command("createsuperuser", username="root1", name="根", interactive=False)
    assert Staff.objects.get(username="root1").role == Role.ADMINISTRATOR


def test_roles_are_brought_back_in_line(db: None):
    from django.contrib.auth.models import Group

    group = Group.objects.get(name="partner")
    group.permissions.clear()
    sync_roles()
    assert group.permissions.count() == len(PERMISSIONS[Role.PARTNER])


def test_guardians_own_permission_pages_are_open_to_nobody(administrator: Persona, here: Branch):
    root = log_in(make.make_staff(Role.ADMINISTRATOR, superuser=True))
    for model, pk in (("branch", here.pk), ("agency", make.make_agency(branch=here).pk)):
        address = f"/admin/agents/{model}/{pk}/permissions/"
        assert root.client.get(address).status_code in {302, 404}
        assert root.client.get(address, follow=True).status_code == 404
