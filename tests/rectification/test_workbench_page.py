"""The clerk's page: what is wrong, the rules' answer before saving, a draft that stays, submit and next."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from audits.choices import RectificationState as State
from audits.models import Rectification, RuleDispute
from tests.factories import make_customer, resident_id
from tests.rectification.scenes import (
    SHORT,
    defective,
    given,
    good_mobile,
    image,
    in_review,
    said_by_the_customer,
    upload,
)
from workplace.choices import Access, CorrectionState, Purpose
from workplace.models import AccessLog, Correction

pytestmark = pytest.mark.django_db


@pytest.fixture
def rectification(here, clerk, manager):
    return given(here, clerk, manager)


def page_of(rectification):
    return reverse("rectification", args=[rectification.pk])


def typed(rectification, value, field="mobile", **more):
    return {f"v:customer:{rectification.customer_id}:{field}": value, **said_by_the_customer(), **more}


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_the_owner_sees_the_value_and_the_look_is_written_down_once(rectification, clerk):
    for _time in range(2):
        page = clerk.client.get(page_of(rectification))
        assert SHORT in page.content.decode()
    look = AccessLog.objects.get(access=Access.OPEN)
    assert (look.staff_id, look.purpose, look.record_kind, look.record_id) == (
        clerk.staff.pk,
        Purpose.RECTIFICATION,
        "customer",
        rectification.customer_id,
    )


@pytest.mark.parametrize("who", ["manager", "compliance", "auditor"])
def test_others_see_it_masked_and_cannot_type(who, rectification, request):
    page = request.getfixturevalue(who).client.get(page_of(rectification))
    text = page.content.decode()
    assert page.status_code == 200
    assert SHORT not in text
    assert 'id="bench"' not in text
    assert AccessLog.objects.filter(access=Access.OPEN).count() == 0


@pytest.mark.parametrize("who", ["clerk_elsewhere", "outsider", "partner"])
def test_outside_the_scope_it_does_not_exist(who, rectification, request):
    assert request.getfixturevalue(who).client.get(page_of(rectification)).status_code == 404


def test_the_rules_answer_before_anything_is_saved(rectification, clerk):
    def answer(value):
        data = typed(rectification, value, place=f"customer:{rectification.customer_id}:mobile")
        return clerk.client.post(
            reverse("rectification_check", args=[rectification.pk]), data
        ).content.decode()

    assert "zx-fault" in answer("138")
    assert "zx-good" in answer(good_mobile())
    assert answer("").strip() == ""
    assert Correction.objects.count() == 0
    assert Rectification.objects.get(pk=rectification.pk).state == State.ASSIGNED


def test_the_check_digit_is_never_told(here, clerk, manager):
    right = resident_id()
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    customer = defective(here, mobile=good_mobile(), id_no=wrong)
    rectification = Rectification.objects.get(customer=customer)
    clerk.client.force_login(manager.staff, backend="django.contrib.auth.backends.ModelBackend")
    text = clerk.client.get(page_of(rectification)).content.decode()
    assert "ID-004" in text
    assert right not in text


def test_a_draft_is_kept_and_stands_there_again(rectification, clerk):
    data = typed(
        rectification,
        "138001",
        note="客户明天回电",
        **{f"c:customer:{rectification.customer_id}:mobile": "phone"},
    )
    kept = clerk.client.post(reverse("rectification_draft", args=[rectification.pk]), data)
    assert kept.status_code == 200
    clerk.client.logout()
    clerk.client.force_login(clerk.staff, backend="django.contrib.auth.backends.ModelBackend")
    text = clerk.client.get(page_of(rectification)).content.decode()
    assert 'value="138001"' in text
    assert "客户明天回电" in text
    assert Rectification.objects.get(pk=rectification.pk).state == State.IN_PROGRESS


def test_an_expired_login_comes_back_to_the_page(rectification, clerk):
    clerk.client.logout()
    refused = clerk.client.post(page_of(rectification), typed(rectification, good_mobile()))
    assert refused.url == f"{reverse('login')}?next={page_of(rectification)}"


def test_submitting_opens_the_next_one(rectification, clerk, manager, here):
    following = given(here, clerk, manager)
    number = good_mobile()
    done = clerk.client.post(page_of(rectification), typed(rectification, number, note="本人确认"))
    assert done.url == page_of(following)
    assert Rectification.objects.get(pk=rectification.pk).state == State.IN_REVIEW
    assert Correction.objects.get().new_normal == number
    last = clerk.client.post(page_of(following), typed(following, good_mobile()))
    assert last.url == reverse("rectification_queue")


def test_what_is_still_wrong_is_said_and_what_was_typed_stays(rectification, clerk):
    refused = clerk.client.post(page_of(rectification), typed(rectification, "13800"))
    assert refused.url == page_of(rectification)
    assert len(said(refused)) == 1
    assert 'value="13800"' in clerk.client.get(page_of(rectification)).content.decode()


def test_a_new_number_of_a_document_asks_for_its_image(rectification, clerk):
    data = {**typed(rectification, good_mobile()), **typed(rectification, resident_id(order=7), "id_no")}
    clerk.client.post(page_of(rectification), data)
    assert Rectification.objects.get(pk=rectification.pk).state == State.IN_PROGRESS
    clerk.client.post(reverse("rectification_evidence", args=[rectification.pk]), {"file": upload(image())})
    clerk.client.post(page_of(rectification), data)
    assert Rectification.objects.get(pk=rectification.pk).state == State.IN_REVIEW


def test_a_colleague_cannot_type_into_it(rectification, manager):
    refused = manager.client.post(page_of(rectification), typed(rectification, good_mobile()))
    assert len(said(refused)) == 1
    assert Correction.objects.count() == 0


def test_another_customers_field_is_not_touched(rectification, clerk, here):
    other = make_customer(home_branch=here)
    clerk.client.post(
        reverse("rectification_draft", args=[rectification.pk]),
        {f"v:customer:{other.pk}:mobile": good_mobile()},
    )
    assert Correction.objects.count() == 0


def test_why_it_was_returned_stands_at_the_top(here, clerk, manager):
    found = in_review(here, clerk=clerk, manager=manager)
    manager.client.post(
        reverse("review_return", args=[found.pk]), {"why": "value_differs", "words": "号码与回执不符"}
    )
    text = clerk.client.get(page_of(found)).content.decode()
    assert "号码与回执不符" in text
    assert f'value="{Correction.objects.get(state=CorrectionState.DRAFT).new_raw}"' in text


def test_a_dispute_goes_to_compliance_and_its_answer_comes_back(rectification, clerk, compliance):
    finding = rectification.findings.get()
    clerk.client.post(
        reverse("rectification_dispute", args=[rectification.pk, finding.pk]), {"reason": "境外号码"}
    )
    dispute = RuleDispute.objects.get()
    assert "境外号码" in compliance.client.get(reverse("disputes")).content.decode()
    compliance.client.post(
        reverse("dispute_answer", args=[dispute.pk]), {"verdict": "rule_wrong", "answer": "将增加例外"}
    )
    assert "将增加例外" in clerk.client.get(page_of(rectification)).content.decode()
    assert [line.action for line in rectification.timeline.filter(kind="note")] == ["dispute", "answer"]


def test_a_clerk_does_not_answer_disputes(rectification, clerk):
    finding = rectification.findings.get()
    clerk.client.post(
        reverse("rectification_dispute", args=[rectification.pk, finding.pk]), {"reason": "不适用"}
    )
    dispute = RuleDispute.objects.get()
    refused = clerk.client.post(
        reverse("dispute_answer", args=[dispute.pk]), {"verdict": "upheld", "answer": "成立"}
    )
    assert refused.status_code == 403
    assert RuleDispute.objects.get().answer == ""


def test_a_contact_is_noted(rectification, clerk):
    clerk.client.post(
        reverse("rectification_contact", args=[rectification.pk]),
        {"way": "call:no_answer", "note": "改日再打"},
    )
    line = rectification.timeline.get(action="contact")
    said = {"channel": "call", "result": "no_answer"}
    assert (line.actor, line.reason, line.detail) == (clerk.staff, "改日再打", said)


def test_a_closed_one_is_reopened_with_a_reason(here, clerk, manager):
    found = in_review(here, clerk=clerk, manager=manager)
    manager.client.post(reverse("review_accept", args=[found.pk]))
    manager.client.post(reverse("rectification_reopen", args=[found.pk]), {"reason": "抽查有误"})
    again = Rectification.objects.get(pk=found.pk)
    assert (again.state, again.reopened) == (State.OPEN, 1)


def test_only_what_a_finding_reads_is_shown_in_full(rectification, clerk):
    text = clerk.client.get(page_of(rectification)).content.decode()
    customer = rectification.customer
    assert SHORT in text
    assert [value for value in (customer.id_no, customer.name, customer.address) if value in text] == []
