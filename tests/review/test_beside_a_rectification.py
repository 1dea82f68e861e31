"""A rectification's page shows of its customer only what the reader may see elsewhere too."""

import pytest
from django.urls import reverse

from audits.models import Rectification
from audits.operations.corrections import save_draft
from audits.operations.rectifications import assign_rectification
from audits.operations.sweep import resweep_subjects
from policies.models import PolicyParty
from tests.factories import AT, make_agency, make_customer, make_policy, make_seller
from tests.rectification.scenes import SHORT
from workplace.operations.corrections import CorrectionRefused, Proposal


@pytest.fixture
def scene(here, elsewhere, bank):
    """One customer with a policy here through the bank, and an older one elsewhere through another."""
    customer = make_customer(home_branch=here, mobile=SHORT)
    rival = make_agency(branch=elsewhere, name="远山银行")
    hidden = make_policy(holder=customer, seller=make_seller(branch=elsewhere), agency=rival)
    shown = make_policy(holder=customer, seller=make_seller(branch=here), agency=bank)
    resweep_subjects(customer_ids=[customer.pk], at=AT, actor=None)
    return Rectification.objects.get(customer=customer), shown, hidden


@pytest.mark.parametrize("who", ["clerk", "partner", "manager"])
def test_policies_outside_the_readers_scope_are_not_listed(who, scene, request):
    rectification, shown, hidden = scene
    person = request.getfixturevalue(who)
    assert person.client.get(reverse("policy", args=[shown.pk])).status_code == 200
    assert person.client.get(reverse("policy", args=[hidden.pk])).status_code == 404

    page = person.client.get(reverse("rectification", args=[rectification.pk])).content.decode()

    assert shown.number in page
    assert hidden.number not in page
    assert "远山银行" not in page


def test_parties_outside_the_owners_scope_are_not_corrected(scene, clerk, manager):
    rectification, shown, hidden = scene
    assign_rectification(rectification=rectification, owner=clerk.fresh(), actor=manager.fresh(), at=AT)

    def written(policy):
        party = PolicyParty.objects.get(policy=policy, role="holder")
        one = Proposal("party", party.pk, "name", "段思达")
        return save_draft(rectification=rectification, proposals=[one], actor=clerk.fresh(), at=AT)

    assert [draft.new_raw for draft in written(shown)] == ["段思达"]
    with pytest.raises(CorrectionRefused):
        written(hidden)
