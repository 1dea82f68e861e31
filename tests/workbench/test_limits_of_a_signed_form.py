"""Some fields are never corrected on a signed form, some at most twice; then a new form is signed."""

import pytest

from audits.models import CorrectionLimit, Rectification
from audits.operations.corrections import NotReady, accept_rectification, submit_rectification
from audits.operations.limits import limits_of
from audits.operations.rectifications import assign_rectification
from policies.models import ApplicationForm, PolicyParty
from tests.factories import AT, make_correction, make_evidence, make_form, make_party, resident_id, willed
from tests.rectification.scenes import defective, given, good_mobile
from workplace.operations.corrections import Proposal

pytestmark = pytest.mark.django_db


@pytest.fixture
def rectification(here, clerk, manager):
    return given(here, clerk, manager)


def from_the_form(rectification, clerk, *, field="mobile", raw=""):
    one = Proposal("customer", rectification.customer_id, field, raw or good_mobile(), "form")
    return submit_rectification(
        rectification=rectification, corrections=[one], will=willed(), actor=clerk.fresh(), at=AT
    )


def corrected_before(rectification, manager, clerk, times, channel="form"):
    for _time in range(times):
        make_correction(
            customer=rectification.customer,
            proposed_by=clerk.staff,
            decided_by=manager.staff,
            source_channel=channel,
        )


def test_the_limits_of_the_practice_are_there():
    limits = dict(CorrectionLimit.objects.values_list("field", "most"))
    assert (limits["name"], limits["id_no"], limits["mobile"], limits["address"]) == (0, 0, 2, 2)


def test_a_name_is_never_corrected_on_the_form(rectification, clerk):
    make_evidence(rectification=rectification, owner=clerk.staff)
    with pytest.raises(NotReady) as refused:
        from_the_form(rectification, clerk, field="name", raw="段思远")
    assert (refused.value.field, len(refused.value.texts)) == ("name", 1)


@pytest.mark.parametrize("times, goes", [(0, True), (1, True), (2, False)])
def test_a_phone_is_corrected_on_the_form_twice(times, goes, rectification, clerk, manager):
    corrected_before(rectification, manager, clerk, times)
    if goes:
        from_the_form(rectification, clerk)
        return
    with pytest.raises(NotReady) as refused:
        from_the_form(rectification, clerk)
    assert refused.value.field == "mobile"


def test_other_sources_do_not_count_and_are_not_stopped(rectification, clerk, manager):
    corrected_before(rectification, manager, clerk, 5, channel="document")
    spot = ("customer", rectification.customer_id, "mobile")
    assert limits_of([spot])[spot].used == 0
    corrected_before(rectification, manager, clerk, 2)
    assert limits_of([spot])[spot].reached
    one = Proposal("customer", rectification.customer_id, "mobile", good_mobile(), "document")
    submit_rectification(
        rectification=rectification, corrections=[one], will=willed(), actor=clerk.fresh(), at=AT
    )


def test_what_the_form_says_anyway_is_copied_not_corrected(here, clerk, manager):
    """Somebody mistyped the form into the system: the form stays as it was signed."""
    customer = defective(here)
    policy = PolicyParty.objects.get(customer=customer, role="holder").policy
    number = good_mobile()
    make_form(policy=policy)
    ApplicationForm.objects.update(says_normal={"holder.mobile": number})
    found = Rectification.objects.get(customer=customer)
    assign_rectification(rectification=found, owner=clerk.fresh(), actor=manager.fresh(), at=AT)
    corrected_before(found, manager, clerk, 2)
    from_the_form(found, clerk, raw=number)
    found.refresh_from_db()
    accept_rectification(rectification=found, actor=manager.fresh(), at=AT)
    spot = ("customer", customer.pk, "mobile")
    assert limits_of([spot])[spot].used == 2


def test_of_a_beneficiary_only_share_and_order_are_corrected_on_the_form(rectification):
    customer = rectification.customer
    policy = rectification.findings.get().answering_policy
    party = make_party(policy=policy, customer=customer, role="beneficiary")
    limits = limits_of([("party", party.pk, "relation"), ("party", party.pk, "share")])
    assert [limit.most for limit in limits.values()] == [0, 2]


def test_a_setting_of_compliance_decides(rectification, clerk, manager):
    CorrectionLimit.objects.filter(field="mobile").update(most=0, reason="监管要求")
    with pytest.raises(NotReady) as refused:
        from_the_form(rectification, clerk)
    assert "监管要求" in str(refused.value)


def test_the_number_of_a_document_is_not_corrected_on_the_form_even_with_its_image(rectification, clerk):
    make_evidence(rectification=rectification, owner=clerk.staff)
    with pytest.raises(NotReady):
        from_the_form(rectification, clerk, field="id_no", raw=resident_id())
