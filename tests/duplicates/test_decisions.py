"""What was decided is remembered for these two people as they are; clean-ups tell how far they are."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from agents.models import Branch
from audits.operations.merging import accept_merge, propose_merge
from customers.choices import PairState
from customers.duplicates.reading import progress_of
from customers.models import Customer, DuplicateCampaign, DuplicatePair
from customers.operations.corrections import correct_customer
from customers.operations.duplicates import (
    DecisionRefused,
    decide_distinct,
    end_campaign,
    reopen_pair,
    start_campaign,
    start_search,
)
from tests import factories as make
from tests.duplicates.people import again, found, one, pair_of
from tests.factories import AT, TODAY
from tests.personas import Persona
from workplace.choices import FilePurpose, JobState
from workplace.jobs import execute
from workplace.models import AccessLog, UploadedFile

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(here: Branch) -> DuplicatePair:
    first = one(home_branch=here)
    found_pair = pair_of(first, again(first))
    assert found_pair is not None
    return found_pair


def test_not_the_same_is_remembered_until_somebodys_identity_changes(pair: DuplicatePair, clerk: Persona):
    decide_distinct(pair=pair, reason="两人到柜面核对", actor=clerk.staff, at=AT)
    assert found() == {}
    other = Customer.objects.get(pk=pair.right_id)
    correct_customer(
        customer=other, values={"mobile": make.mobile()}, actor=None, at=AT, expected_version=other.version
    )
    assert found() == {}
    other.refresh_from_db()
    correct_customer(
        customer=other, values={"name": "段思源"}, actor=None, at=AT, expected_version=other.version
    )
    assert set(found()) == {frozenset({pair.left_id, pair.right_id})}


def test_a_decision_needs_a_reason_and_is_taken_once(pair: DuplicatePair, clerk: Persona, manager: Persona):
    with pytest.raises(DecisionRefused):
        decide_distinct(pair=pair, reason=" ", actor=clerk.staff, at=AT)
    decide_distinct(pair=pair, reason="两个人", actor=clerk.staff, at=AT)
    with pytest.raises(DecisionRefused, match=clerk.staff.name):
        decide_distinct(pair=pair, reason="两个人", actor=manager.staff, at=AT)


def test_not_the_same_can_be_taken_back(pair: DuplicatePair, clerk: Persona):
    decide_distinct(pair=pair, reason="两个人", actor=clerk.staff, at=AT)
    reopen_pair(pair=pair, reason="证件照片是同一人", actor=clerk.staff, at=AT)
    assert set(found()) == {frozenset({pair.left_id, pair.right_id})}


def test_a_pair_that_is_no_longer_alike_goes(pair: DuplicatePair):
    other = Customer.objects.get(pk=pair.right_id)
    values = {"name": "王大力", "id_no": make.resident_id(), "birth_date": "1985-06-15"}
    correct_customer(customer=other, values=values, actor=None, at=AT, expected_version=other.version)
    assert found() == {}
    pair.refresh_from_db()
    assert pair.state == PairState.GONE


def test_the_background_search_tells_what_came_of_it(here: Branch, compliance: Persona):
    first = one(home_branch=here)
    again(first)
    job = start_search(actor=compliance.staff, at=AT)
    assert start_search(actor=compliance.staff, at=AT).pk == job.pk
    execute(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["opened"], job.done) == (JobState.DONE, 1, job.total)


def test_a_clean_up_takes_in_its_branch_and_counts(
    pair: DuplicatePair,
    here: Branch,
    elsewhere: Branch,
    manager: Persona,
    clerk: Persona,
    compliance: Persona,
):
    far = one(home_branch=elsewhere, name="远方人")
    again(far)
    assert len(found()) == 2
    campaign = start_campaign(
        name="临江清理", branch=here, owner=clerk.staff, deadline=TODAY + timedelta(days=30),
        actor=manager.staff, at=AT,
    )  # fmt: skip
    assert progress_of(campaign.pairs.all()) == {
        "found": 1, "decided": 0, "merged": 0, "distinct": 0, "left": 1,
    }  # fmt: skip
    again(Customer.objects.get(pk=pair.left_id), id_no="", id_type="")
    found()
    assert progress_of(campaign.pairs.all())["found"] == 3
    merge = propose_merge(pair=pair, survivor=pair.left, choices=(), note="同一人", actor=clerk.staff, at=AT)
    accept_merge(merge=merge, actor=manager.staff, at=AT)
    assert progress_of(campaign.pairs.all())["merged"] == 1
    end_campaign(campaign=campaign, actor=manager.staff, at=AT)
    assert not campaign.pairs.filter(state=PairState.OPEN).exists()


# -- pages -----------------------------------------------------------------------------------------


def test_the_list_and_the_pair_show_masked_values_to_who_sees_both(pair: DuplicatePair, clerk: Persona):
    for page in (reverse("duplicates"), reverse("duplicate", args=[pair.pk])):
        text = clerk.client.get(page).content.decode()
        assert pair.left.number in text
        assert pair.left.id_no not in text
        assert pair.left.mobile not in text


def test_an_outsider_finds_nothing(pair: DuplicatePair, clerk_elsewhere: Persona, partner: Persona):
    assert pair.left.number not in clerk_elsewhere.client.get(reverse("duplicates")).content.decode()
    for name in ("duplicate", "merge"):
        assert clerk_elsewhere.client.get(reverse(name, args=[pair.pk])).status_code == 404
    for name in ("take_duplicate", "distinct_duplicate", "propose_merge"):
        assert clerk_elsewhere.client.post(reverse(name, args=[pair.pk])).status_code == 404
    assert partner.client.get(reverse("duplicates")).status_code == 403


def test_a_pair_across_branches_is_seen_only_by_who_sees_both(
    here: Branch, elsewhere: Branch, clerk: Persona, compliance: Persona
):
    first = one(home_branch=here)
    second = again(first)
    Customer.objects.filter(pk=second.pk).update(home_branch=elsewhere)
    across = pair_of(first, second)
    assert across is not None
    assert clerk.client.get(reverse("duplicate", args=[across.pk])).status_code == 404
    assert compliance.client.get(reverse("duplicate", args=[across.pk])).status_code == 200


def test_taking_it_shows_the_values_and_writes_that_down(pair: DuplicatePair, clerk: Persona):
    clerk.client.post(reverse("take_duplicate", args=[pair.pk]))
    text = clerk.client.get(reverse("duplicate", args=[pair.pk])).content.decode()
    assert pair.left.id_no in text
    looked = AccessLog.objects.filter(staff_id=clerk.staff.pk, access="open", record_kind="customer")
    assert set(looked.values_list("record_id", flat=True)) == {pair.left_id, pair.right_id}


def test_a_childs_values_are_shown_only_to_who_may_reveal_a_child(
    here: Branch, clerk: Persona, manager: Persona
):
    born = {"birth_date": "2018-05-06", "id_no": make.resident_id(born=date(2018, 5, 6))}
    first = one(home_branch=here, **born)
    children = pair_of(first, again(first))
    assert children is not None
    for persona, shown in ((clerk, False), (manager, True)):
        persona.client.post(reverse("take_duplicate", args=[children.pk]))
        text = persona.client.get(reverse("duplicate", args=[children.pk])).content.decode()
        assert (children.left.id_no in text) is shown
        looked = AccessLog.objects.filter(staff_id=persona.staff.pk, access="open", record_kind="customer")
        assert looked.exists() is shown


def test_from_the_pair_to_the_merge_and_the_page_of_the_one_merged_away(
    pair: DuplicatePair, clerk: Persona, manager: Persona
):
    posted = {"survivor": "left", "value_mobile": "right", "note": "同一人"}
    clerk.client.post(reverse("propose_merge", args=[pair.pk]), posted)
    page = clerk.client.get(reverse("duplicate", args=[pair.pk]), follow=True)
    merge_url = page.redirect_chain[-1][0]
    assert clerk.client.post(f"{merge_url}accept/").status_code == 403
    text = manager.client.get(merge_url).content.decode()
    assert pair.right.mobile in text
    manager.client.post(f"{merge_url}accept/")
    survivor = Customer.objects.get(pk=pair.left_id)
    assert survivor.mobile == pair.right.mobile
    gone = clerk.client.get(reverse("customer", args=[pair.right_id]))
    assert gone["Location"] == reverse("customer", args=[pair.left_id])
    assert pair.right.number not in clerk.client.get(reverse("customers")).content.decode()


def test_only_managers_and_compliance_lead(clerk: Persona, manager: Persona, compliance: Persona):
    for name in ("duplicate_settings", "cleanups"):
        assert clerk.client.get(reverse(name)).status_code == 403
        assert manager.client.get(reverse(name)).status_code == 200
        assert compliance.client.get(reverse(name)).status_code == 200


def test_thresholds_must_rise(compliance: Persona):
    values = {"review_from": 30, "likely_from": 20, "certain_from": 45, "crowd": 4, "largest_group": 60}
    page = compliance.client.post(reverse("duplicate_settings"), values)
    assert page.status_code == 200
    page = compliance.client.post(reverse("duplicate_settings"), {**values, "review_from": 15})
    assert page.status_code == 302


def test_a_clean_up_is_started_in_the_browser(here: Branch, manager: Persona, clerk: Persona):
    values = {"name": "清理", "branch": here.pk, "owner": clerk.staff.pk, "deadline": "2099-01-31"}
    manager.client.post(reverse("cleanups"), values)
    assert DuplicateCampaign.objects.get().owner == clerk.staff


# -- a file from outside ---------------------------------------------------------------------------


def compared(persona: Persona, text: str, name: str = "list.csv") -> str:
    upload = SimpleUploadedFile(name, text.encode(), content_type="text/csv")
    return persona.client.post(reverse("compare_file"), {"file": upload}).content.decode()


def test_a_file_is_compared_with_those_one_sees_and_nothing_is_kept(
    here: Branch, clerk: Persona, clerk_elsewhere: Persona
):
    customer = one(home_branch=here)
    before = Customer.objects.count()
    text = f"编号,姓名,身份证号,手机号\nX1,{customer.name},{customer.id_no},\nX2,无名氏,,13911112222\n"
    page = compared(clerk, text)
    assert customer.number in page
    assert "X1" in page
    assert "X2" not in page
    assert customer.id_no not in page
    answer = UploadedFile.objects.get(purpose=FilePurpose.EXPORT)
    assert answer.expires_at is not None
    assert clerk.client.get(reverse("comparison", args=[answer.pk])).status_code == 200
    assert clerk_elsewhere.client.get(reverse("comparison", args=[answer.pk])).status_code == 404
    assert customer.number not in compared(clerk_elsewhere, text)
    assert Customer.objects.count() == before
    assert not UploadedFile.objects.exclude(purpose=FilePurpose.EXPORT).exists()


def test_a_file_without_any_column_to_compare_by_is_refused(clerk: Persona):
    assert "data-refused" in compared(clerk, "甲,乙\n1,2\n")
    assert "data-refused" in compared(clerk, "", name="empty.csv")


def test_an_unreadable_row_is_told_and_the_others_are_compared(here: Branch, clerk: Persona):
    customer = one(home_branch=here)
    text = f"姓名,出生日期,手机号\n某人,不是日期,13911112222\n{customer.name},1985-06-15,{customer.mobile}\n"
    assert customer.number in compared(clerk, text)
