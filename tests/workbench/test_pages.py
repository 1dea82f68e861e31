"""The workbench around the correction: neighbours, evidence, limits, the life of a field, the pane."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from audits.choices import RectificationState as State
from audits.models import Evidence, Finding, Rectification
from audits.operations.corrections import accept_rectification, submit_rectification
from customers.models import CustomerImage
from tests.factories import AT, make_evidence, make_seller, willed
from tests.rectification.scenes import (
    SHORT,
    given,
    good_mobile,
    image,
    in_review,
    said_by_the_customer,
    upload,
)
from workplace.models import Correction, UploadedFile
from workplace.operations.corrections import Proposal

pytestmark = pytest.mark.django_db


@pytest.fixture
def rectification(here, clerk, manager):
    return given(here, clerk, manager)


def page_of(rectification):
    return reverse("rectification", args=[rectification.pk])


def place_of(rectification, field="mobile"):
    return f"customer:{rectification.customer_id}:{field}"


def typed(rectification, raw, **more):
    return {f"v:{place_of(rectification)}": raw, **said_by_the_customer(), **more}


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_the_pane_is_a_part_of_a_page_and_ends_at_the_scope(rectification, clerk, clerk_elsewhere):
    pane = clerk.client.get(page_of(rectification), {"beside": "1"}).content.decode()
    assert "<html" not in pane
    assert SHORT in pane
    assert clerk_elsewhere.client.get(page_of(rectification), {"beside": "1"}).status_code == 404


def test_submitted_in_the_pane_the_next_one_stands_there(rectification, clerk, manager, here):
    following = given(here, clerk, manager)
    address = f"{page_of(rectification)}?beside=1"
    answer = clerk.client.post(address, typed(rectification, good_mobile()))
    assert answer["X-Zx-Done"] == str(rectification.pk)
    assert f'data-number="{following.pk}"' in answer.content.decode()
    refused = clerk.client.post(f"{page_of(following)}?beside=1", typed(following, "138"))
    assert "X-Zx-Done" not in refused
    assert "data-refused" in refused.content.decode()


def test_a_page_that_posts_in_the_background_is_told_where_to_go(rectification, clerk):
    answer = clerk.client.post(
        page_of(rectification), typed(rectification, good_mobile()), headers={"HX-Request": "true"}
    )
    assert (answer.status_code, answer["HX-Redirect"]) == (204, reverse("rectification_queue"))


def test_a_login_that_has_ended_takes_nothing_and_says_so(rectification, clerk):
    clerk.client.logout()
    answer = clerk.client.post(
        page_of(rectification), typed(rectification, good_mobile()), headers={"HX-Request": "true"}
    )
    assert answer.status_code in {302, 401}
    assert Correction.objects.count() == 0


def test_the_one_before_and_the_one_after_are_those_of_the_list(here, clerk, manager):
    first, second, third = (given(here, clerk, manager) for _one in range(3))
    text = clerk.client.get(page_of(second)).content.decode()
    assert f'data-beside="{first.pk}" data-key="p"' in text
    assert f'data-beside="{third.pk}" data-key="n"' in text
    assert 'data-key="p"' not in clerk.client.get(page_of(first)).content.decode()


def test_without_the_will_the_values_stay_a_draft(rectification, clerk):
    refused = clerk.client.post(page_of(rectification), typed(rectification, good_mobile(), will=""))
    assert len(said(refused)) >= 1
    assert Rectification.objects.get().state == State.IN_PROGRESS
    kept = Rectification.objects.get()
    assert (kept.will, kept.applicant) == ("", "self")


def test_how_the_will_is_known_says_where_the_values_come_from(rectification, clerk):
    clerk.client.post(page_of(rectification), typed(rectification, good_mobile(), will="signed"))
    row = Correction.objects.get()
    assert (row.source_channel, row.note) == ("signed", "")


def test_an_unknown_seller_is_said_and_nothing_typed_is_lost(rectification, clerk, here):
    seller = make_seller(branch=here)
    number = good_mobile()
    refused = clerk.client.post(
        page_of(rectification), typed(rectification, number, will="signed", handled_no="S-nobody")
    )
    assert len(said(refused)) == 1
    assert Correction.objects.get().new_raw == number
    clerk.client.post(
        page_of(rectification), typed(rectification, number, will="signed", handled_no=seller.staff_no)
    )
    assert Rectification.objects.get().handled_by == seller


def test_the_limit_of_a_signed_form_stands_beside_the_field(rectification, clerk):
    text = clerk.client.get(page_of(rectification)).content.decode()
    assert "data-limit" in text
    assert 'data-limit="reached"' in text


def test_the_life_of_a_field_names_who_when_what_why_and_the_source(here, clerk, manager):
    row = in_review(here, clerk=clerk, manager=manager)
    number = Correction.objects.get().new_raw
    accept_rectification(rectification=row, actor=manager.fresh(), at=AT)
    address = reverse("field_past", args=[row.pk])
    text = clerk.client.get(address, {"place": place_of(row)}).content.decode()
    assert [word for word in ("段作业", "张主管", row.number) if word not in text] == []
    assert [value for value in (SHORT, number) if value in text] == []
    assert clerk.client.get(address, {"place": place_of(row, "nothing")}).status_code == 204


def test_the_life_of_another_customers_field_is_not_told(rectification, clerk, clerk_elsewhere):
    other = Rectification(customer_id=rectification.customer_id + 1)
    address = reverse("field_past", args=[rectification.pk])
    assert clerk.client.get(address, {"place": place_of(other)}).status_code == 404
    outside = clerk_elsewhere.client.get(address, {"place": place_of(rectification)})
    assert outside.status_code == 404


def uploaded(clerk, rectification, content, **more):
    return clerk.client.post(
        reverse("rectification_evidence", args=[rectification.pk]), {"file": upload(content), **more}
    )


def test_evidence_is_of_a_kind_and_shows_its_hash(rectification, clerk):
    uploaded(clerk, rectification, image(), kind="statement")
    found = Evidence.objects.get()
    assert found.kind == "statement"
    assert found.file.sha256[:12] in clerk.client.get(page_of(rectification)).content.decode()


def test_a_wrong_upload_is_withdrawn_by_who_uploaded_it(rectification, clerk, manager):
    uploaded(clerk, rectification, image())
    found = Evidence.objects.get()
    address = reverse("withdraw_evidence", args=[found.pk])
    manager.client.post(address)
    assert Evidence.objects.count() == 1
    clerk.client.post(address)
    assert (Evidence.objects.count(), CustomerImage.objects.count()) == (0, 0)
    assert UploadedFile.objects.get(pk=found.file_id).removed_at is not None
    assert Evidence.pgh_event_model.objects.filter(pgh_obj_id=found.pk).exists()
    actions = list(rectification.timeline.filter(kind="evidence").values_list("action", flat=True))
    assert sorted(actions) == ["evidence", "evidence_withdrawn"]


def test_what_was_handed_in_stays(rectification, clerk, manager):
    proof = make_evidence(rectification=rectification, owner=clerk.staff)
    one = Proposal("customer", rectification.customer_id, "mobile", good_mobile(), "document")
    row = submit_rectification(
        rectification=rectification, corrections=[one], will=willed(), actor=clerk.fresh(), at=AT
    )
    manager.client.post(
        reverse("review_return", args=[row.pk]), {"why": "other", "words": "再看", "version": row.version}
    )
    clerk.client.post(reverse("withdraw_evidence", args=[proof.pk]))
    assert Evidence.objects.count() == 1


def test_the_same_image_for_another_customer_is_said_at_once_and_a_finding(here, clerk, manager):
    first, second = given(here, clerk, manager), given(here, clerk, manager)
    content = image(size=(31, 17))
    assert said(uploaded(clerk, first, content)) == []
    assert len(said(uploaded(clerk, second, content))) == 1
    found = Finding.objects.filter(rule="IMG-002", state="open")
    assert {one.customer_id for one in found} == {first.customer_id, second.customer_id}
    clerk.client.post(reverse("withdraw_evidence", args=[Evidence.objects.order_by("-pk")[0].pk]))
    assert not found.all().exists()
