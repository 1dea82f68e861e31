"""Whoever works in the audited unit opens the item by no path, though it was put into these very hands."""

import json

import pytest
from django.urls import reverse

from agents.choices import OutletLevel
from audits.models import ReviewEvidence, SampleItem, SampleReview
from audits.operations.drawing import substitute
from audits.operations.sample_giving import GivingRefused, give_items, give_to
from audits.operations.sample_keying import ReviewRefused
from audits.operations.sample_reviews import adjudicate
from audits.operations.sampling_runs import RunRefused
from audits.urls import urlpatterns
from config.api import api
from customers.choices import GrantSource, ImageSource
from customers.models import CustomerImage
from customers.operations.grants import grant_customer
from tests.factories import AT, make_customer, make_outlet, make_policy, make_seller, make_staff
from tests.personas import log_in
from tests.rectification.scenes import image, upload
from tests.sampling.scenes import done_by, given_to, holder_of, make_checklist, make_plan, make_run, with_form
from workplace.choices import FilePurpose
from workplace.models import AccessLog
from workplace.operations.files import store_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(here, clerk, clerk_elsewhere):
    """Reviewed by both: one works where it is from, and would have had to be refused."""
    policy = make_policy(holder=make_customer(home_branch=here), seller=make_seller(branch=here))
    with_form(policy, clerk.staff)
    version = make_plan(purpose="consistency", checklist=make_checklist())
    found = make_run([policy], version=version).items.get()
    given_to(clerk_elsewhere.staff, found)
    given_to(clerk.staff, found, round=2)
    for review in found.reviews.all():
        _proof(review)
    for person in (clerk, clerk_elsewhere):
        _granted(person, policy, found)
    return found


def _granted(person, policy, item):
    """As whoever reviews the item sees its holder."""
    grant_customer(
        staff=person.staff,
        customer=holder_of(policy),
        source=GrantSource.SAMPLE,
        source_id=item.pk,
        actor=None,
        at=AT,
        expires_at=None,
    )


def _proof(review):
    file = store_file(
        content=image(size=(20 + review.round, 8)),
        name="proof.png",
        purpose=FilePurpose.SAMPLE,
        owner=review.reviewer,
        at=AT,
        media_type="image/png",
    )
    return ReviewEvidence.objects.create(review=review, file=file, added_by=review.reviewer, added_at=AT)


GETS = ["sample_item", "sample_form_page"]
POSTS = {
    "sample_key": {"role": "holder", "field": "name", "typed": "段思远"},
    "sample_contact": {"way": "call:reached"},
    "sample_finish": {},
    "sample_upload": {"note": "—"},
}


def address(name, item):
    return reverse(name, args=[item.pk, 1] if name == "sample_form_page" else [item.pk])


@pytest.mark.parametrize("name", GETS)
def test_no_page_and_no_image_opens(name, item, clerk, clerk_elsewhere):
    assert clerk_elsewhere.client.get(address(name, item)).status_code == 200
    assert clerk.client.get(address(name, item)).status_code == 404


@pytest.mark.parametrize("name", POSTS)
def test_no_step_is_taken(name, item, clerk, clerk_elsewhere):
    posted = {**POSTS[name]}
    files = {"file": upload(image(size=(31, 9)))} if name == "sample_upload" else {}
    assert clerk_elsewhere.client.post(address(name, item), {**posted, **files}).status_code == 302
    before = (SampleReview.objects.filter(reviewer=clerk.staff).get().version, ReviewEvidence.objects.count())
    again = {"file": upload(image(size=(32, 9)))} if files else {}
    assert clerk.client.post(address(name, item), {**posted, **again}).status_code == 404
    after = (SampleReview.objects.filter(reviewer=clerk.staff).get().version, ReviewEvidence.objects.count())
    assert before == after


def test_no_evidence_opens_not_even_ones_own(item, clerk, clerk_elsewhere):
    ours = ReviewEvidence.objects.get(review__reviewer=clerk_elsewhere.staff)
    theirs = ReviewEvidence.objects.get(review__reviewer=clerk.staff)
    assert clerk_elsewhere.client.get(reverse("sample_evidence", args=[ours.pk])).status_code == 200
    assert clerk.client.get(reverse("sample_evidence", args=[theirs.pk])).status_code == 404
    assert clerk.client.get(reverse("sample_evidence", args=[ours.pk])).status_code == 404


def test_the_evidence_of_the_other_round_stays_closed(item, clerk, clerk_elsewhere):
    theirs = ReviewEvidence.objects.get(review__reviewer=clerk.staff)
    assert clerk_elsewhere.client.get(reverse("sample_evidence", args=[theirs.pk])).status_code == 404


def test_no_image_of_a_document_opens(here, clerk, clerk_elsewhere):
    customer = make_customer(home_branch=here)
    file = store_file(
        content=image(size=(41, 8)),
        name="id.png",
        purpose=FilePurpose.EVIDENCE,
        owner=clerk.staff,
        at=AT,
        media_type="image/png",
    )
    kept = CustomerImage.objects.create(
        customer=customer,
        document="resident_id",
        side="front",
        file=file,
        sha256=file.sha256,
        source=ImageSource.UPLOAD,
        taken_at=AT,
    )
    found = make_run([make_policy(holder=customer)], purpose="images").items.get()
    given_to(clerk_elsewhere.staff, found)
    given_to(clerk.staff, found, round=2)
    where = reverse("sample_image", args=[found.pk, kept.pk])
    assert clerk_elsewhere.client.get(where).status_code == 200
    assert clerk.client.get(where).status_code == 404


def test_no_list_and_no_search_finds_it(item, clerk, clerk_elsewhere):
    where = reverse("sample_item", args=[item.pk])
    assert where in clerk_elsewhere.client.get(reverse("my_reviews")).content.decode()
    assert where not in clerk.client.get(reverse("my_reviews")).content.decode()
    assert where not in clerk.client.get("/search/", {"q": item.key}).content.decode()
    assert not SampleItem.objects.visible_to(clerk.fresh()).exists()
    assert not SampleReview.objects.visible_to(clerk.fresh()).exists()


def test_compliance_of_the_audited_branch_does_not_open_it_either(item, here, compliance):
    local = log_in(make_staff("compliance", branch=here, post="compliance"))
    assert compliance.client.get(reverse("sample_item", args=[item.pk])).status_code == 200
    assert local.client.get(reverse("sample_item", args=[item.pk])).status_code == 404


def test_outsiders_and_partners_find_nothing(item, outsider, partner, auditor):
    assert auditor.client.get(reverse("sample_item", args=[item.pk])).status_code == 200
    assert outsider.client.get(reverse("sample_item", args=[item.pk])).status_code == 404
    assert partner.client.get(reverse("sample_item", args=[item.pk])).status_code == 403


def test_opening_it_is_written_down_with_its_purpose(item, clerk_elsewhere):
    clerk_elsewhere.client.get(reverse("sample_item", args=[item.pk]))
    clerk_elsewhere.client.get(reverse("sample_item", args=[item.pk]))
    clerk_elsewhere.client.get(reverse("sample_form_page", args=[item.pk, 1]))
    rows = AccessLog.objects.filter(staff_id=clerk_elsewhere.staff.pk).order_by("id")
    assert list(rows.values_list("access", "purpose", "record_kind", "record_id")) == [
        ("open", "audit", "policy", item.policy_id),
        ("download", "audit", "policy", item.policy_id),
    ]


@pytest.fixture(params=["agency", "outlet", "agency_branch"])
def insider(request, here, elsewhere, bank):
    """Of compliance there, with the item in hand and sight of its holder; recorded is another agency."""
    office = make_outlet(level=OutletLevel.BRANCH)
    outlets = {"outlet": make_outlet(branch=elsewhere), "agency_branch": office}
    policy = make_policy(holder=make_customer(home_branch=here), agency=bank, **outlets)
    agency = {"agency": bank}.get(request.param) or outlets[request.param].agency
    found = log_in(make_staff("compliance", agency=agency, post="liaison"))
    with_form(policy, found.staff)
    version = make_plan(purpose="consistency", checklist=make_checklist(), reviewers=[found.staff])
    item = make_run([policy], version=version).items.get()
    _proof(given_to(found.staff, item))
    _granted(found, policy, item)
    return found


def paths_to(item):
    """Every address there is that leads to an item, its images or its evidence."""
    evidence = ReviewEvidence.objects.filter(review__item=item).values_list("pk", flat=True)
    for path in urlpatterns:
        if path.name == "sample_evidence":
            yield from (reverse(path.name, args=[pk]) for pk in evidence)
        elif str(path.pattern).startswith("sampling/items/"):
            yield reverse(path.name, args=[item.pk, *[1] * (len(path.pattern.converters) - 1)])


def test_nobody_of_the_agency_or_the_outlet_opens_it_by_any_path(insider, compliance):
    item = SampleItem.objects.get()
    assert compliance.client.get(reverse("sample_item", args=[item.pk])).status_code == 200
    paths = list(paths_to(item))
    assert len(paths) >= 12
    for path in paths:
        assert insider.client.get(path).status_code in (404, 405), path
        assert insider.client.post(path, POSTS["sample_key"]).status_code in (404, 405), path
    for name in ("my_reviews", "sampling_runs", "newcomers", "search"):
        page = insider.client.get(reverse(name), {"q": item.key})
        assert page.status_code == 200, name
        assert reverse("sample_item", args=[item.pk]) not in page.content.decode(), name
    for name in ("sampling_run", "sampling_run_frame", "evidence_pack_progress"):
        assert insider.client.get(reverse(name, args=[item.run_id])).status_code == 404
    for model in (SampleItem, SampleReview, ReviewEvidence):
        assert not model.objects.visible_to(insider.fresh()).exists()


def test_nobody_of_the_agency_or_the_outlet_is_given_it_again(insider, compliance, third):
    item = SampleItem.objects.get()
    SampleReview.objects.update(state="void")
    assert give_items(run=item.run, actor=compliance.staff, at=AT).left == [item.key]
    with pytest.raises(GivingRefused):
        give_to(item=item, reviewer=insider.fresh(), actor=compliance.fresh(), at=AT)
    for turn, (who, outcome) in enumerate(((compliance.staff, "right"), (third, "false")), start=1):
        done_by(who, item, outcome, round=turn)
    with pytest.raises(ReviewRefused):
        adjudicate(item=item, outcome="right", note="看过", actor=insider.fresh(), at=AT)
    with pytest.raises(RunRefused):
        substitute(item=item, reason="ended", actor=insider.fresh(), at=AT)


def test_no_interface_for_machines_speaks_of_samples(client):
    said = json.dumps(api.get_openapi_schema())
    assert "sampl" not in said.lower()


def test_what_the_first_found_is_read_by_nobody_while_the_second_has_it(compliance, clerk, clerk_elsewhere):
    found = make_run([make_policy()]).items.get()
    first = done_by(clerk.staff, found, "false", note="姓名写法不同")
    where = reverse("sample_item", args=[found.pk])
    proof = _proof(first)
    assert compliance.client.get(reverse("sample_evidence", args=[proof.pk])).status_code == 200
    assert "姓名写法不同" in compliance.client.get(where).content.decode()
    SampleItem.objects.filter(pk=found.pk).update(outcome="pending", decided_at=None)
    given_to(clerk_elsewhere.staff, found, round=2)
    page = compliance.client.get(where).content.decode()
    assert first.reviewer.name in page
    assert "姓名写法不同" not in page
    assert compliance.client.get(reverse("sample_evidence", args=[proof.pk])).status_code == 404
