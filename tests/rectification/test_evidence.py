"""Evidence is what its bytes say, is not too big, and is served only within scope."""

import pytest
from django.urls import reverse

from audits.models import Evidence
from audits.operations.evidence import EvidenceRefused, add_evidence, media_type_of
from audits.transitions import StepRefused
from tests.factories import AT
from tests.rectification.scenes import given, image, pdf, upload
from workplace.choices import Access
from workplace.models import AccessLog

SCRIPT = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


@pytest.mark.parametrize(
    "content, media_type",
    [
        (image("PNG"), "image/png"),
        (image("JPEG"), "image/jpeg"),
        (image("WEBP"), "image/webp"),
        (pdf(), "application/pdf"),
    ],
)
def test_the_type_is_read_from_the_bytes(content, media_type):
    assert media_type_of(content) == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>alert(1)</script>",
        SCRIPT,
        image("GIF"),
        image("BMP"),
        image()[:40],
        pdf()[:-8],
        b"MZ",
    ],
    ids=["empty", "html", "svg", "gif", "bmp", "cut image", "cut pdf", "program"],
)
def test_everything_else_is_refused(content):
    with pytest.raises(EvidenceRefused):
        media_type_of(content)


def test_too_big_is_refused(settings):
    settings.EVIDENCE_BYTES_LIMIT = 50
    with pytest.raises(EvidenceRefused):
        media_type_of(image())


@pytest.fixture
def rectification(here, clerk, manager):
    return given(here, clerk, manager)


@pytest.fixture
def evidence(rectification, clerk):
    return add_evidence(
        rectification=rectification, name="../身份证.png", content=image(), actor=clerk.fresh(), at=AT
    )


@pytest.mark.django_db
def test_an_upload_stands_on_the_page_and_in_the_timeline(rectification, clerk):
    clerk.client.post(
        reverse("rectification_evidence", args=[rectification.pk]),
        {"file": upload(image()), "note": "证件正面"},
    )
    found = Evidence.objects.get()
    assert (found.rectification, found.file.media_type, found.file.owner, found.note) == (
        rectification,
        "image/png",
        clerk.staff,
        "证件正面",
    )
    assert rectification.timeline.get(kind="evidence").actor == clerk.staff


@pytest.mark.django_db
def test_a_page_in_disguise_is_not_taken(rectification, clerk):
    clerk.client.post(
        reverse("rectification_evidence", args=[rectification.pk]), {"file": upload(SCRIPT, "证件.png")}
    )
    assert Evidence.objects.count() == 0


@pytest.mark.django_db
def test_only_the_owner_adds_evidence(rectification, manager):
    with pytest.raises(StepRefused):
        add_evidence(rectification=rectification, name="a.png", content=image(), actor=manager.fresh(), at=AT)


@pytest.mark.django_db
def test_it_is_served_locked_down_and_each_look_is_written_down(evidence, manager):
    served = manager.client.get(reverse("evidence", args=[evidence.pk]))
    assert b"".join(served.streaming_content) == image()
    assert served["Content-Type"] == "image/png"
    assert served["X-Content-Type-Options"] == "nosniff"
    assert served["Content-Disposition"] == f'inline; filename="evidence-{evidence.pk}.png"'
    assert "sandbox" in served["Content-Security-Policy"]
    look = AccessLog.objects.get(access=Access.DOWNLOAD)
    assert (look.staff_id, look.record_id) == (manager.staff.pk, evidence.rectification_id)


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["clerk_elsewhere", "outsider"])
def test_outside_the_scope_it_does_not_exist(who, evidence, request):
    address = reverse("evidence", args=[evidence.pk])
    assert request.getfixturevalue(who).client.get(address).status_code == 404


@pytest.mark.django_db
def test_nobody_gets_it_without_a_login(evidence, client):
    assert client.get(reverse("evidence", args=[evidence.pk])).status_code == 302
