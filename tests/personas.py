"""The people of the tests. Two cities; a bank sells in the first one. Everybody has a logged-in client.

`here` is where the clerk works, `elsewhere` a city of another province.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client

from agents.choices import BranchLevel, Post
from agents.models import Agency, Branch
from tests.factories import head_office, make_agency, make_branch, make_staff
from workplace.choices import Role
from workplace.models import Staff


@dataclass(frozen=True)
class Persona:
    staff: Staff
    client: Client

    def fresh(self) -> Staff:
        """As the next request finds them: nothing remembered of permissions or reach."""
        return Staff.objects.get(pk=self.staff.pk)


def log_in(staff: Staff) -> Persona:
    client = Client()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return Persona(staff, client)


@pytest.fixture
def here(db: None) -> Branch:
    province = make_branch(level=BranchLevel.PROVINCE, name="江南省分公司")
    return make_branch(parent=province, name="临江中心支公司")


@pytest.fixture
def elsewhere(db: None) -> Branch:
    province = make_branch(level=BranchLevel.PROVINCE, name="河东省分公司")
    return make_branch(parent=province, name="远山中心支公司")


@pytest.fixture
def bank(here: Branch) -> Agency:
    return make_agency(branch=here, name="临江银行")


@pytest.fixture
def clerk(here: Branch) -> Persona:
    return log_in(make_staff(Role.CLERK, branch=here, name="段作业"))


@pytest.fixture
def clerk_elsewhere(elsewhere: Branch) -> Persona:
    return log_in(make_staff(Role.CLERK, branch=elsewhere, name="远作业"))


@pytest.fixture
def manager(here: Branch) -> Persona:
    return log_in(make_staff(Role.MANAGER, branch=here, post=Post.MANAGEMENT, name="张主管"))


@pytest.fixture
def compliance(db: None) -> Persona:
    return log_in(make_staff(Role.COMPLIANCE, branch=head_office(), post=Post.COMPLIANCE, name="李合规"))


@pytest.fixture
def auditor(db: None) -> Persona:
    return log_in(make_staff(Role.AUDITOR, branch=head_office(), post=Post.AUDIT, name="钱审计"))


@pytest.fixture
def partner(bank: Agency) -> Persona:
    return log_in(make_staff(Role.PARTNER, agency=bank, name="孙联络"))


@pytest.fixture
def outsider(db: None) -> Persona:
    """A clerk who is posted nowhere."""
    return log_in(make_staff(Role.CLERK, name="周无处"))


@pytest.fixture
def administrator(db: None) -> Persona:
    return log_in(make_staff(Role.ADMINISTRATOR, name="吴管理"))
