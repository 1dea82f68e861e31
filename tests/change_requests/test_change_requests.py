"""A change that a customer asks for: drafted by one person, decided by another, never by the same."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from audits.changing import State, fields_of, origin_of_change
from audits.models import ChangeRequest, CorrectionLimit, Evidence, Rectification
from audits.operations.change_evidence import add_change_evidence, withdraw_change_evidence
from audits.operations.change_requests import (
    accept_change,
    return_change,
    save_change,
    start_change,
    submit_change,
    withdraw_change,
)
from audits.operations.corrections import NotReady, StillHolds, save_draft
from audits.transitions import StepRefused
from customers.facts import derive_changes
from customers.models import Customer, CustomerImage
from tests.factories import (
    AT,
    make_customer,
    make_policy,
    make_seller,
    make_staff,
    mobile,
    resident_id,
    willed,
)
from tests.personas import log_in
from tests.rectification.scenes import SHORT, defective, given, good_mobile, image
from workplace.choices import CorrectionState, Role
from workplace.models import Correction, Hold, LedgerEntry, Notice, OutboxEntry
from workplace.operations.corrections import PENDING, CorrectionRefused, Proposal, RecordChanged
from workplace.operations.staff import leave

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def customer(here):
    found = make_customer(home_branch=here, mobile=mobile(), name="欧阳思远")
    make_policy(holder=found, seller=make_seller(branch=here))
    return found


@pytest.fixture
def other_manager(here):
    return log_in(make_staff(Role.MANAGER, branch=here, name="另主管"))


def begun(customer, who):
    return start_change(customer=customer, actor=who.fresh(), at=AT)


def new_mobile(customer, raw="", channel="document", field="mobile"):
    return Proposal("customer", customer.pk, field, raw or good_mobile(), channel)


def submitted(customer, who, *proposals, **said):
    request = begun(customer, who)
    values = list(proposals) or [new_mobile(customer)]
    said.setdefault("will", willed())
    return submit_change(request=request, proposals=values, actor=who.fresh(), at=AT, **said)


def test_numbers_follow_one_another_within_the_day(here, customer, clerk, manager):
    first = begun(customer, clerk)
    assert (first.number, first.state) == (f"BG-{AT:%Y%m%d}-000001", State.DRAFT)
    assert begun(customer, clerk).pk == first.pk
    assert begun(customer, manager).number.endswith("-000002")
    another = start_change(customer=customer, actor=manager.fresh(), at=AT + DAY)
    assert another.number.endswith("-000002")


def test_accepted_by_another_it_changes_the_record_with_everything(customer, clerk, manager):
    number = good_mobile()
    request = submitted(customer, clerk, new_mobile(customer, number))
    accept_change(request=request, actor=manager.fresh(), at=AT)
    assert Customer.objects.get(pk=customer.pk).mobile == number
    found = ChangeRequest.objects.get()
    assert (found.state, found.decided_by) == (State.ACCEPTED, manager.staff)
    row = Correction.objects.get(origin=origin_of_change(request))
    assert (row.state, row.decided_by) == (CorrectionState.ACCEPTED, manager.staff)
    assert Hold.objects.get().correction == row
    assert OutboxEntry.objects.get().new_value == number
    assert LedgerEntry.objects.filter(reference=origin_of_change(request)).count() == 2
    notice = Notice.objects.get(recipient=clerk.staff, kind="change_decided")
    assert number not in str(notice.detail)


def test_it_closes_the_finding_that_it_mends(here, clerk, manager):
    customer = defective(here)
    request = submitted(customer, clerk)
    accept_change(request=request, actor=manager.fresh(), at=AT)
    assert Rectification.objects.get(customer=customer).state == "closed"


def test_nobody_decides_on_the_own_one_not_even_by_the_address(customer, manager, other_manager):
    request = submitted(customer, manager)
    for decide in (accept_change, lambda **said: return_change(reason="–", **said)):
        with pytest.raises(StepRefused):
            decide(request=request, actor=manager.fresh(), at=AT)
    manager.client.post(reverse("change_accept", args=[request.pk]))
    manager.client.post(reverse("change_return", args=[request.pk]), {"words": "–"})
    assert ChangeRequest.objects.get().state == State.SUBMITTED
    other_manager.client.post(reverse("change_accept", args=[request.pk]))
    assert ChangeRequest.objects.get().state == State.ACCEPTED


def test_the_database_keeps_four_eyes_too(customer, clerk):
    request = submitted(customer, clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChangeRequest.objects.filter(pk=request.pk).update(state="accepted", decided_by=clerk.staff)


def test_a_clerk_decides_on_nothing(customer, manager, clerk):
    request = submitted(customer, manager)
    assert clerk.client.post(reverse("change_accept", args=[request.pk])).status_code == 403
    with pytest.raises(StepRefused):
        accept_change(request=request, actor=clerk.fresh(), at=AT)


def test_returned_it_goes_back_with_its_values_and_once_more(customer, clerk, manager):
    request = submitted(customer, clerk)
    return_change(request=request, reason="缺签字页", actor=manager.fresh(), at=AT)
    found = ChangeRequest.objects.get()
    assert (found.state, found.decision_note) == (State.RETURNED, "缺签字页")
    assert Correction.objects.filter(state=CorrectionState.DRAFT).count() == 1
    again = submit_change(request=found, actor=clerk.fresh(), at=AT + DAY)
    assert accept_change(request=again, actor=manager.fresh(), at=AT + DAY).state == State.ACCEPTED


def test_a_return_says_why(customer, clerk, manager):
    request = submitted(customer, clerk)
    with pytest.raises(StepRefused):
        return_change(request=request, reason=" ", actor=manager.fresh(), at=AT)


def test_withdrawn_it_frees_the_field(customer, clerk, manager):
    request = submitted(customer, clerk)
    with pytest.raises(StepRefused):
        withdraw_change(request=request, actor=manager.fresh(), at=AT)
    withdraw_change(request=request, actor=clerk.fresh(), at=AT)
    assert Correction.objects.get().state == CorrectionState.WITHDRAWN
    with pytest.raises(StepRefused):
        accept_change(request=request, actor=manager.fresh(), at=AT)
    submitted(customer, manager)


def test_two_who_decide_at_once_the_second_is_told(customer, clerk, manager, other_manager):
    request = submitted(customer, clerk)
    accept_change(request=request, actor=manager.fresh(), at=AT)
    with pytest.raises(StepRefused) as refusal:
        accept_change(request=request, actor=other_manager.fresh(), at=AT)
    assert manager.staff.name in str(refusal.value)


def test_what_the_page_showed_is_what_is_decided(customer, clerk, manager):
    request = submitted(customer, clerk)
    shown = request.version
    withdraw_change(request=request, actor=clerk.fresh(), at=AT)
    again = submitted(customer, clerk)
    with pytest.raises(StepRefused):
        accept_change(request=again, actor=manager.fresh(), at=AT, seen_version=shown + 5)


def test_a_record_that_moved_on_is_not_overwritten(customer, clerk, manager):
    request = submitted(customer, clerk)
    other = good_mobile()
    columns = derive_changes(customer, {"mobile": other})
    Customer.objects.filter(pk=customer.pk).update(**columns, version=customer.version + 1)
    with pytest.raises(RecordChanged):
        accept_change(request=request, actor=manager.fresh(), at=AT)
    assert Customer.objects.get(pk=customer.pk).mobile == other
    assert ChangeRequest.objects.get().state == State.SUBMITTED


@pytest.mark.parametrize("said", [{"will": willed(will="")}, {"will": willed(applicant="")}])
def test_without_the_customers_will_nothing_is_handed_in(said, customer, clerk):
    with pytest.raises(NotReady):
        submitted(customer, clerk, **said)
    assert ChangeRequest.objects.get().state == State.DRAFT
    assert Correction.objects.get().state == CorrectionState.DRAFT


def test_a_seller_who_hands_it_in_neither_applies_nor_is_the_customer(here, customer, clerk):
    seller = make_seller(branch=here)
    with pytest.raises(NotReady):
        submitted(customer, clerk, will=willed(will="signed", applicant="proxy", handled_by=seller))
    submitted(customer, clerk, will=willed(will="signed", handled_by=seller))
    assert ChangeRequest.objects.get().handled_by == seller


def test_a_new_document_number_needs_its_image(customer, clerk):
    one = new_mobile(customer, resident_id(order=777), field="id_no")
    with pytest.raises(NotReady):
        submitted(customer, clerk, one)
    request = ChangeRequest.objects.get()
    add_change_evidence(request=request, name="证件.png", content=image(), actor=clerk.fresh(), at=AT)
    assert CustomerImage.objects.filter(customer=customer).exists()
    submit_change(request=request, actor=clerk.fresh(), at=AT)


def test_a_partner_who_sees_the_customer_opens_none_of_its_papers(here, bank, clerk, partner):
    customer = make_customer(home_branch=here, mobile=mobile())
    make_policy(holder=customer, seller=make_seller(branch=here), agency=bank)
    assert Customer.objects.visible_to(partner.fresh()).filter(pk=customer.pk).exists()
    request = begun(customer, clerk)
    paper = add_change_evidence(request=request, name="证件.png", content=image(), actor=clerk.fresh(), at=AT)
    address = reverse("evidence", args=[paper.pk])
    assert [who.client.get(address).status_code for who in (clerk, partner)] == [200, 404]


def test_what_was_handed_in_is_not_taken_back(customer, clerk, manager):
    request = begun(customer, clerk)
    one = add_change_evidence(request=request, name="a.png", content=image(), actor=clerk.fresh(), at=AT)
    two = add_change_evidence(
        request=request, name="b.png", content=image(size=(9, 9)), actor=clerk.fresh(), at=AT
    )
    with pytest.raises(StepRefused):
        withdraw_change_evidence(evidence=one, actor=manager.fresh(), at=AT)
    withdraw_change_evidence(evidence=one, actor=clerk.fresh(), at=AT)
    submitted(customer, clerk)
    with pytest.raises(StepRefused):
        withdraw_change_evidence(evidence=two, actor=clerk.fresh(), at=AT)
    assert Evidence.objects.filter(change_request=request).count() == 1


def test_a_value_that_opens_a_finding_is_refused_unless_said_why(customer, clerk):
    with pytest.raises(StillHolds):
        submitted(customer, clerk, new_mobile(customer, SHORT))
    request = ChangeRequest.objects.get()
    with pytest.raises(NotReady):
        submit_change(request=request, despite=True, actor=clerk.fresh(), at=AT)
    found = submit_change(
        request=request, despite=True, note="客户坚持使用该号码", actor=clerk.fresh(), at=AT
    )
    assert found.state == State.SUBMITTED


def test_a_limit_of_corrections_on_a_signed_form_holds_here_too(customer, clerk):
    CorrectionLimit.objects.update_or_create(field="mobile", defaults={"most": 0, "reason": "–"})
    with pytest.raises(NotReady):
        submitted(customer, clerk, new_mobile(customer, channel="form"))
    request = ChangeRequest.objects.get()
    submit_change(request=request, proposals=[new_mobile(customer)], actor=clerk.fresh(), at=AT)


def test_a_field_that_waits_in_a_rectification_is_refused_with_the_way_there(here, clerk, manager):
    found = given(here, clerk, manager)
    one = new_mobile(found.customer)
    save_draft(rectification=found, proposals=[one], actor=clerk.fresh(), at=AT)
    request = begun(found.customer, manager)
    with pytest.raises(CorrectionRefused) as refusal:
        save_change(request=request, proposals=[one], actor=manager.fresh(), at=AT)
    assert clerk.staff.name in str(refusal.value)
    asked = {one.input.place.field: one for one in fields_of(request, manager.fresh())}
    elsewhere = asked["mobile"].elsewhere
    assert elsewhere is not None
    assert (elsewhere.number, elsewhere.by) == (found.number, clerk.staff.name)
    page = manager.client.get(reverse("change_request", args=[request.pk])).content.decode()
    assert reverse("rectification", args=[found.pk]) in page


def test_nothing_of_another_customer_is_changed(here, customer, clerk):
    stranger = make_customer(home_branch=here)
    with pytest.raises(CorrectionRefused):
        submitted(customer, clerk, new_mobile(stranger))


def test_the_page_masks_what_stands_there_and_shows_the_decider_what_changes(customer, clerk, manager):
    number = good_mobile()
    request = begun(customer, clerk)
    text = clerk.client.get(reverse("change_request", args=[request.pk])).content.decode()
    for secret in (customer.mobile, customer.id_no, "欧阳思远"):
        assert secret not in text
    request = submitted(customer, clerk, new_mobile(customer, number))
    assert number not in clerk.client.get(reverse("change_request", args=[request.pk])).content.decode()
    assert number in manager.client.get(reverse("change_request", args=[request.pk])).content.decode()
    for tab in ("mine", "waiting", "decided"):
        listed = manager.client.get(reverse("change_requests"), {"tab": tab}).content.decode()
        assert customer.mobile not in listed
        assert "欧阳思远" not in listed


def test_out_of_scope_is_not_found(customer, clerk, clerk_elsewhere):
    request = submitted(customer, clerk)
    get = clerk_elsewhere.client.get(reverse("change_request", args=[request.pk]))
    start = clerk_elsewhere.client.post(reverse("start_change", args=[customer.pk]))
    assert (get.status_code, start.status_code) == (404, 404)
    for name in ("change_draft", "change_check", "change_evidence", "change_withdraw"):
        assert clerk_elsewhere.client.post(reverse(name, args=[request.pk])).status_code in (302, 404)
    assert ChangeRequest.objects.get().state == State.SUBMITTED


def test_by_the_pages_from_the_customer_to_the_record(customer, clerk, manager):
    clerk.client.post(reverse("start_change", args=[customer.pk]))
    request, number = ChangeRequest.objects.get(), good_mobile()
    name = f"customer:{customer.pk}:mobile"
    typed = {
        f"v:{name}": number, f"c:{name}": "signed", "will": "signed", "applicant": "self",
        "applied_on": AT.date().isoformat(), "handled_no": "", "note": "",
    }  # fmt: skip
    checked = clerk.client.post(reverse("change_check", args=[request.pk]), {**typed, "place": name})
    assert checked.status_code == 200
    clerk.client.post(reverse("change_draft", args=[request.pk]), typed)
    assert Correction.objects.get().new_raw == number
    clerk.client.post(reverse("change_request", args=[request.pk]), typed)
    request.refresh_from_db()
    assert request.state == State.SUBMITTED
    version = request.version
    manager.client.post(reverse("change_accept", args=[request.pk]), {"version": version})
    assert Customer.objects.get(pk=customer.pk).mobile == number


def leaves(persona):
    administrator = make_staff(Role.ADMINISTRATOR, name="管理员")
    leave(staff=persona.fresh(), actor=administrator, at=AT + DAY)


def test_the_draft_of_somebody_who_left_holds_nobody_up(customer, clerk, manager):
    save_change(request=begun(customer, clerk), proposals=[new_mobile(customer)], actor=clerk.fresh(), at=AT)
    with pytest.raises(CorrectionRefused):
        save_change(
            request=begun(customer, manager), proposals=[new_mobile(customer)], actor=manager.fresh(), at=AT
        )
    leaves(clerk)
    assert ChangeRequest.objects.get(made_by=clerk.staff).state == State.WITHDRAWN
    assert submitted(customer, manager, new_mobile(customer)).state == State.SUBMITTED


def test_what_somebody_handed_in_before_leaving_is_decided_and_a_return_ends_it(customer, clerk, manager):
    request = submitted(customer, clerk)
    leaves(clerk)
    request.refresh_from_db()
    assert request.state == State.SUBMITTED
    return_change(request=request, reason="请补充证件", actor=manager.fresh(), at=AT + DAY)
    request.refresh_from_db()
    assert request.state == State.WITHDRAWN
    assert not Correction.objects.filter(state__in=PENDING).exists()
