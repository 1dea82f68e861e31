"""Two more compliance officers beside the one who plans, and a small book over two branches and channels."""

import pytest
from django.utils.translation import override

from agents.choices import Post
from tests.factories import head_office, make_customer, make_policy, make_seller, make_staff
from tests.sampling.draws import plan_in_force
from workplace.choices import Role


@pytest.fixture
def second(db):
    return make_staff(Role.COMPLIANCE, branch=head_office(), post=Post.COMPLIANCE, name="赵合规")


@pytest.fixture
def third(db):
    return make_staff(Role.COMPLIANCE, branch=head_office(), post=Post.COMPLIANCE, name="钱合规")


@pytest.fixture
def book(here, elsewhere):
    return [
        make_policy(branch=branch, channel=channel, holder=make_customer(home_branch=branch))
        for branch in (here, elsewhere)
        for channel in ("bank", "individual")
        for _number in range(10)
    ]


@pytest.fixture
def drawn_plan(book, compliance, second):
    """In force: a fifth of each branch and channel."""
    return plan_in_force(writer=compliance.staff, approver=second)


@pytest.fixture
def policy(here):
    """Of a holder and a seller of the same branch."""
    return make_policy(holder=make_customer(home_branch=here), seller=make_seller(branch=here))


@pytest.fixture
def english():
    """Texts as they are written, not as they are translated."""
    with override("en"):
        yield
