"""Page images come one by one or in an archive, of which nothing is believed."""

import io
import stat
import zipfile

import pytest
from django.urls import reverse

from audits.operations.evidence import EvidenceRefused
from audits.operations.form_images import add_form_images, add_form_page
from audits.operations.sample_keying import ReviewRefused
from customers.models import CustomerImage
from policies.models import FormPage
from tests.factories import AT, make_customer, make_form, make_policy
from tests.rectification.scenes import image, upload
from tests.sampling.scenes import given_to, holder_of, make_run
from workplace.intake import image_archive
from workplace.intake.images import archive_entries
from workplace.intake.refusal import Refused

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def run(here):
    policies = [make_policy(holder=make_customer(home_branch=here)) for _ in range(2)]
    for policy in policies[:2]:
        make_form(policy=policy)
    return make_run(policies)


def zipped(*entries, **attributes):
    """(name, content) of each; `locked` and the like are set on the last one."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            entry = zipfile.ZipInfo(name) if not isinstance(name, zipfile.ZipInfo) else name
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return content.getvalue()


def why(content):
    return {entry.name: entry.refused for entry in archive_entries(content)}


def test_a_number_that_is_no_page_is_the_next_one(run, compliance):
    number = run.items.order_by("pk").first().policy.number
    names = [f"{number}/0007.png", f"{number}/{'9' * 5_000}.png"]
    kept = add_form_images(
        run=run,
        content=zipped(*((name, image(size=(30 + place, 8))) for place, name in enumerate(names))),
        actor=compliance.staff,
        at=AT,
    )
    assert (kept.pages, kept.refused) == (2, [])
    assert sorted(FormPage.objects.values_list("page", flat=True)) == [7, 8]


def test_names_that_lead_elsewhere_and_links_are_not_unpacked():
    link = zipfile.ZipInfo("P1.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    names = ["../P1.png", "/etc/P1.png", "a/../../P1.png", "C:\\P1.png", "..\\P1.png"]
    found = why(zipped(*((name, image()) for name in names), (link, "/etc/passwd")))
    assert set(found.values()) == {"path", "link"}
    assert len(found) == len(names) + 1


def test_what_is_larger_inside_than_it_may_be_is_not_kept():
    bomb = zipped(("P1.png", b"\0" * (image_archive.ENTRY_BYTES + 1)), ("P2.png", image()))
    assert len(bomb) < 100_000
    assert why(bomb) == {"P1.png": "too_big", "P2.png": ""}


def test_a_size_that_lies_does_not_help():
    honest = zipped(("P1.png", b"\0" * (image_archive.ENTRY_BYTES + 1)))
    size = (image_archive.ENTRY_BYTES + 1).to_bytes(4, "little")
    lying = honest.replace(size, (10).to_bytes(4, "little"))
    assert lying != honest
    assert why(lying) == {"P1.png": "broken"} or why(lying) == {"P1.png": "too_big"}


def test_too_many_entries_refuse_the_whole():
    content = zipped(*((f"P{number}.png", b"") for number in range(image_archive.ENTRIES + 1)))
    with pytest.raises(Refused):
        list(archive_entries(content))


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04broken"])
def test_what_is_no_archive_is_refused(content):
    with pytest.raises(Refused, match="no_archive"):
        list(archive_entries(content))


@pytest.mark.django_db
def test_each_entry_finds_its_policy_by_number_or_is_told_why_not(run, compliance):
    first, second = (item.policy for item in run.items.select_related("policy").order_by("place"))
    content = zipped(
        (f"{first.number}.png", image(size=(11, 8))),
        (f"{first.number}_2.png", image(size=(12, 8))),
        (f"{second.number}/1.png", image(size=(13, 8))),
        ("P-NOBODY.png", image(size=(14, 8))),
        (f"{second.number}_3.png", b"no image"),
        (f"../{second.number}_4.png", image(size=(15, 8))),
        ("__MACOSX/._x", b""),
    )
    kept = add_form_images(run=run, content=content, actor=compliance.fresh(), at=AT)
    pages = FormPage.objects.order_by("form__policy__number", "page").values_list(
        "form__policy__number", "page"
    )
    assert list(pages) == [(first.number, 1), (first.number, 2), (second.number, 1)]
    assert kept.pages == 3
    assert [name for name, _why in kept.refused] == [
        "P-NOBODY.png",
        f"{second.number}_3.png",
        f"../{second.number}_4.png",
    ]
    assert CustomerImage.objects.filter(customer=holder_of(first)).count() == 2


@pytest.mark.django_db
def test_the_same_page_is_kept_once(run, compliance):
    number = run.items.first().key
    content = zipped((f"{number}.png", image()))
    add_form_images(run=run, content=content, actor=compliance.fresh(), at=AT)
    kept = add_form_images(run=run, content=content, actor=compliance.fresh(), at=AT)
    assert kept.pages == 0
    assert "there already" in kept.refused[0][1]


@pytest.mark.django_db
def test_who_may_not_give_samples_brings_no_archive(run, clerk_elsewhere):
    given_to(clerk_elsewhere.staff, run.items.first())
    with pytest.raises(ReviewRefused):
        add_form_images(run=run, content=zipped(), actor=clerk_elsewhere.fresh(), at=AT)
    where = reverse("form_images_upload", args=[run.pk])
    assert clerk_elsewhere.client.post(where, {"file": upload(zipped(), "x.zip")}).status_code == 403


@pytest.mark.django_db
def test_a_reviewer_adds_pages_one_by_one(run, clerk_elsewhere):
    review = given_to(clerk_elsewhere.staff, run.items.first())
    step = {"review": review, "actor": clerk_elsewhere.fresh(), "at": AT}
    assert add_form_page(**step, name="一.png", content=image(size=(11, 8))).page == 1
    assert add_form_page(**step, name="二.png", content=image(size=(12, 8))).page == 2
    with pytest.raises(EvidenceRefused):
        add_form_page(**step, name="三.png", content=b"no image")
