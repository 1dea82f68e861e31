"""A window that was open before takes nothing back that another person has typed since."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from audits.choices import RectificationState as State
from audits.models import Rectification
from audits.operations.corrections import save_draft
from tests.factories import make_staff
from tests.personas import Persona, log_in
from tests.rectification.scenes import given, good_mobile, said_by_the_customer
from workplace.choices import CorrectionState, Role
from workplace.models import Correction
from workplace.operations.absences import record_absence
from workplace.operations.corrections import Proposal

pytestmark = pytest.mark.django_db
INPUT = re.compile(r'<input[^>]* name="([vs]:[^"]+)"[^>]* value="([^"]*)"')


@pytest.fixture
def second(here):
    return log_in(make_staff(Role.CLERK, branch=here, name="代经办"))


@pytest.fixture
def rectification(here, clerk, second, manager):
    found = given(here, clerk, manager)
    now = timezone.now()  # the pages' own
    today = timezone.localdate(now)
    record_absence(
        staff=clerk.fresh(),
        since=today,
        until=today + timedelta(days=3),
        reason="leave",
        substitute=second.fresh(),
        actor=clerk.fresh(),
        at=now,
    )
    return found


def window(persona: Persona, rectification: Rectification) -> dict[str, str]:
    """What the form would post, untouched."""
    page = persona.client.get(reverse("rectification", args=[rectification.pk])).content.decode()
    found = {name: unescape(value) for name, value in INPUT.findall(page)}
    assert mobile_of(rectification) in found, "the page offers no input for the mobile"
    return found


def mobile_of(rectification: Rectification) -> str:
    return f"v:customer:{rectification.customer_id}:mobile"


def kept(persona: Persona, rectification: Rectification, said: dict[str, str]) -> str:
    address = reverse("rectification_draft", args=[rectification.pk])
    return persona.client.post(address, said).content.decode()


def drafts() -> dict[str, str]:
    found = Correction.objects.filter(state=CorrectionState.DRAFT)
    return dict(found.values_list("field", "new_raw"))


def test_an_input_left_empty_takes_no_draft_of_another_back(rectification, clerk, second):
    before = window(clerk, rectification)
    typed = good_mobile()
    kept(second, rectification, {**window(second, rectification), mobile_of(rectification): typed})
    postcode = mobile_of(rectification).replace("mobile", "postcode")

    answer = kept(clerk, rectification, {**before, postcode: "100007"})

    assert drafts() == {"mobile": typed, "postcode": "100007"}
    assert "代经办" in answer
    assert typed not in answer
    kept(clerk, rectification, window(clerk, rectification))
    assert drafts() == {"mobile": typed, "postcode": "100007"}


def test_what_another_typed_meanwhile_is_not_handed_in_unseen(rectification, clerk, second):
    address, mine = reverse("rectification", args=[rectification.pk]), good_mobile()
    before = {**window(clerk, rectification), **said_by_the_customer(), mobile_of(rectification): mine}
    theirs = good_mobile()
    kept(second, rectification, {**window(second, rectification), mobile_of(rectification): theirs})

    answer = clerk.client.post(address, before, follow=True).content.decode()

    rectification.refresh_from_db()
    assert (rectification.state, drafts()) == (State.IN_PROGRESS, {"mobile": theirs})
    assert "代经办" in answer
    now = {**window(clerk, rectification), **said_by_the_customer(), mobile_of(rectification): mine}
    clerk.client.post(address, now)
    rectification.refresh_from_db()
    assert rectification.state == State.IN_REVIEW
    assert Correction.objects.get(state=CorrectionState.SUBMITTED).new_raw == mine


def test_a_note_and_a_will_of_another_stay_where_a_stale_window_keeps_its_own(rectification, clerk, second):
    before = window(clerk, rectification)
    said = {**said_by_the_customer(), "note": "客户周三回电"}
    kept(second, rectification, {**window(second, rectification), **said})
    postcode = mobile_of(rectification).replace("mobile", "postcode")

    answer = kept(
        clerk, rectification, {**before, "note": "", "will": "", "applicant": "self", postcode: "100007"}
    )

    rectification.refresh_from_db()
    assert (rectification.draft_note, rectification.will) == ("客户周三回电", "call")
    assert drafts() == {"postcode": "100007"}
    assert "代经办" in answer
    kept(clerk, rectification, {**window(clerk, rectification), **said, "note": "已回电"})
    rectification.refresh_from_db()
    assert rectification.draft_note == "已回电"


def test_ones_own_window_rubs_out_ones_own_note(rectification, clerk):
    opened = window(clerk, rectification)
    for note in ("客户", "客户周三回电", ""):
        kept(clerk, rectification, {**opened, **said_by_the_customer(), "note": note})
        rectification.refresh_from_db()
        assert rectification.draft_note == note


def test_ones_own_window_types_over_itself(rectification, clerk):
    opened = window(clerk, rectification)
    for typed in ("1", "13", good_mobile(), ""):
        kept(clerk, rectification, {**opened, mobile_of(rectification): typed})
        assert drafts() == ({"mobile": typed} if typed else {})


def test_a_file_that_never_saw_the_page_decides_as_before(rectification, clerk, second):
    typed = good_mobile()
    kept(second, rectification, {**window(second, rectification), mobile_of(rectification): typed})
    one = Proposal("customer", rectification.customer_id, "mobile", good_mobile(), "call")
    save_draft(rectification=rectification, proposals=[one], actor=clerk.fresh(), at=rectification.opened_at)
    assert drafts() == {"mobile": one.raw}
