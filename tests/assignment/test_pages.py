"""Rules of assignment are written, ordered and switched off by managers, within their scope."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agents.choices import Post
from agents.models import Branch
from audits.models import AssignmentRule, Rectification
from audits.operations.assigning import run_assigning
from tests.assignment.test_rules import bare, clerks, make_rule, now
from tests.factories import head_office, make_staff
from tests.personas import Persona, log_in
from workplace.choices import Role
from workplace.models import Job


def post_rule(persona: Persona, rule: AssignmentRule | None = None, **said):
    version = rule.version if rule else 0
    given = {"name": "电话问题", "spread": "load", "post": Post.OPERATIONS, "version": version}
    address = reverse("assignment_rule", args=[rule.pk]) if rule else reverse("assignment_rule_add")
    return persona.client.post(address, {**given, **said})


def test_a_manager_writes_a_rule_and_it_shows(here: Branch, manager: Persona, clerk: Persona):
    answer = post_rule(
        manager,
        branch=here.pk,
        family="PH",
        post="",
        person=clerk.staff.pk,
        **{f"weight-{clerk.staff.pk}": 3},
    )

    rule = AssignmentRule.objects.get()
    assert answer.status_code == 302
    assert (rule.family, [(one.staff_id, one.weight) for one in rule.members.all()]) == (
        "PH",
        [(clerk.staff.pk, 3)],
    )
    assert "段作业 ×3" in manager.client.get(reverse("assignment_rules")).content.decode()


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"name": " "}, "name"),
        ({"family": "QQ"}, "family"),
        ({"post": ""}, "post"),
        ({"branch": ""}, "branch"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    here: Branch, manager: Persona, wrong: dict[str, str], field: str
):
    answer = post_rule(manager, **{"branch": here.pk, **wrong})

    assert (answer.status_code, AssignmentRule.objects.count()) == (200, 0)
    assert list(answer.context["form"].errors) == [field]


def test_a_rule_for_another_province_cannot_be_written(manager: Persona, elsewhere: Branch):
    assert post_rule(manager, branch=elsewhere.pk).status_code == 200
    assert not AssignmentRule.objects.exists()


def test_a_rule_for_all_is_seen_but_not_changed_by_a_manager(manager: Persona):
    rule = make_rule(post=Post.OPERATIONS, name="全国")

    assert "全国" in manager.client.get(reverse("assignment_rules")).content.decode()
    assert post_rule(manager, rule, branch="").status_code == 200
    manager.client.post(reverse("assignment_rule_switch", args=[rule.pk]), {"active": "0"})
    rule.refresh_from_db()
    assert (rule.name, rule.active) == ("全国", True)


def test_rules_of_another_province_do_not_exist(manager: Persona, elsewhere: Branch, here: Branch):
    own = make_rule(post=Post.OPERATIONS, name="本地", branch=here)
    foreign = make_rule(post=Post.OPERATIONS, name="外省", branch=elsewhere)

    page = manager.client.get(reverse("assignment_rules")).content.decode()
    assert ("本地" in page, "外省" in page) == (True, False)
    for rule, status in ((own, 200), (foreign, 404)):
        assert manager.client.get(reverse("assignment_rule", args=[rule.pk])).status_code == status


def test_moving_and_switching_off(manager: Persona, here: Branch):
    one = make_rule(post=Post.OPERATIONS, name="甲", branch=here, place=10)
    two = make_rule(post=Post.OPERATIONS, name="乙", branch=here, place=10)
    manager.client.post(reverse("assignment_rule_move", args=[two.pk]), {"up": "1"})
    manager.client.post(reverse("assignment_rule_switch", args=[one.pk]), {"active": "0"})

    assert list(AssignmentRule.objects.values_list("name", "active")) == [("乙", True), ("甲", False)]


def test_a_stale_save_is_refused_and_the_past_is_kept(manager: Persona, here: Branch, clerk: Persona):
    rule = make_rule(clerk, name="旧名", branch=here)
    post_rule(manager, rule, branch=here.pk, name="新名")
    stale = post_rule(manager, rule, branch=here.pk, name="更新的名")

    rule.refresh_from_db()
    assert (stale.status_code, rule.name) == (200, "新名")
    page = manager.client.get(reverse("assignment_rule", args=[rule.pk])).content.decode()
    assert ("旧名" in page, "段作业 1" in page) == (True, True)


def test_asking_who_would_get_it(manager: Persona, here: Branch, elsewhere: Branch, clerk: Persona):
    make_rule(clerk, name="都给他", branch=here)
    own, foreign = bare(here), bare(elsewhere)

    def asked(number: str) -> str:
        return manager.client.get(reverse("assignment_rules"), {"number": number}).context["asked"]

    assert (asked(own.number).owner, asked(foreign.number).found) == (clerk.staff, None)
    assert Rectification.objects.filter(owner__isnull=False).count() == 0


def test_the_preview_counts_and_the_job_does_it(manager: Persona, here: Branch, elsewhere: Branch):
    make_rule(*clerks(here, 2), name="两人")
    for _turn in range(4):
        bare(here)
    bare(elsewhere)
    page = manager.client.get(reverse("assign_by_rule"))
    assert ([row[2] for row in page.context["people"]], page.context["total"]) == ([2, 2], 4)

    manager.client.post(reverse("assign_by_rule"))
    job = Job.objects.get(kind="assign_by_rule")
    assert job.started_by == manager.staff

    class Run:
        actor = manager.fresh()

        def advance(self, **progress: int) -> None:
            pass

    result = run_assigning(Run(), now)  # type: ignore[arg-type]  # the part of a run that it uses
    assert (result["given"], Rectification.objects.filter(owner__isnull=True).count()) == (4, 1)


def test_clerks_and_auditors_do_not_see_them(clerk: Persona, auditor: Persona):
    make_rule(post=Post.OPERATIONS)
    codes = [one.client.get(reverse("assignment_rules")).status_code for one in (clerk, auditor)]
    assert codes == [403, 403]


def test_compliance_reads_them_only(compliance: Persona):
    make_rule(post=Post.OPERATIONS, name="全国")
    page = compliance.client.get(reverse("assignment_rules")).content.decode()
    assert ("全国" in page, reverse("assignment_rule_add") in page) == (True, False)
    assert compliance.client.get(reverse("assignment_rule_add")).status_code == 403


@pytest.mark.django_db
def test_a_manager_of_head_office_makes_rules_for_all():
    chief = log_in(make_staff(Role.MANAGER, branch=head_office(), post=Post.MANAGEMENT))
    assert post_rule(chief).status_code == 302


def test_thirty_rules_cost_as_many_queries_as_one(here: Branch, manager: Persona, django_assert_num_queries):
    make_rule(*clerks(here, 1), branch=here)
    with CaptureQueriesContext(connection) as one:
        manager.client.get(reverse("assignment_rules"))
    asked = len(one)
    for person in clerks(here, 30):
        make_rule(person, branch=here)
    with django_assert_num_queries(asked):
        manager.client.get(reverse("assignment_rules"))
