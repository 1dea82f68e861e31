"""Page images of application forms: one by one from a review, or an archive named by policy number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.eligibility import GIVE
from audits.models import SampleReview, SamplingRun
from audits.operations.evidence import EvidenceRefused, judge_same_images, media_type_of
from audits.operations.sample_keying import ReviewRefused, in_hand
from audits.sample_subjects import policy_of
from customers.choices import ImageSource
from customers.operations.images import keep_image
from policies.choices import PartyRole
from policies.models import ApplicationForm, FormPage, Policy, PolicyParty
from workplace.choices import FilePurpose
from workplace.intake.images import archive_entries
from workplace.intake.refusal import Refused
from workplace.models import Staff
from workplace.operations.files import store_file
from workplace.operations.staff import recorded

# `P0001.jpg`, `P0001_2.png`, `P0001-2.png`; a folder may be named by the number instead: `P0001/2.png`.
PAGE = re.compile(r"(?P<number>.+?)(?:[_-](?P<page>[0-9]{1,2}))?\Z")
PAGES = 99
LONGEST_PAGE = 6
"""Digits of a page with zeros before it; a longer number is no page."""
WORDS = {
    "path": gettext_lazy("Its name leads to another folder; it was not unpacked."),
    "link": gettext_lazy("It is a link and no file; it was not unpacked."),
    "locked": gettext_lazy("It is locked with a password."),
    "too_big": gettext_lazy("It is too large."),
    "broken": gettext_lazy("It is damaged in the archive."),
}


@dataclass(frozen=True)
class Kept:
    """What an archive brought: the pages that were kept, and each other entry with the reason."""

    pages: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def add_form_page(*, review: SampleReview, name: str, content: bytes, actor: Staff, at: datetime) -> FormPage:
    """By its reviewer, as the next page; raises ReviewRefused and EvidenceRefused."""
    with transaction.atomic(), recorded(actor, "form image"):
        found = in_hand(review=review, actor=actor, at=at)
        policy = policy_of(found.item)
        if policy is None:
            raise ReviewRefused(_("No policy stands behind it."))
        return _keep(policy, content, name=name, page=None, actor=actor, at=at)


def add_form_images(*, run: SamplingRun, content: bytes, actor: Staff, at: datetime) -> Kept:
    """Of policies of this draw; each entry is kept or refused by itself. Raises ReviewRefused."""
    if not actor.has_perm(GIVE) or not SamplingRun.objects.visible_to(actor).filter(pk=run.pk).exists():
        raise ReviewRefused(_("Your role may not take this step."))
    items = run.items.visible_to(actor).filter(policy__isnull=False).select_related("policy")
    policies = {item.policy.number.casefold(): item.policy for item in items if item.policy is not None}
    pages, refused = 0, []
    try:
        for entry in archive_entries(content):
            try:
                if entry.refused:
                    raise EvidenceRefused(str(WORDS.get(entry.refused, entry.refused)))
                policy, page = _meant(entry.name, policies)
                with recorded(actor, "form image"):
                    _keep(policy, entry.content, name=entry.name, page=page, actor=actor, at=at)
                pages += 1
            except EvidenceRefused as refusal:
                refused.append((entry.name[-60:], str(refusal)))
    except Refused as error:
        raise ReviewRefused(_refusal(error)) from error
    return Kept(pages, refused)


def _refusal(error: Refused) -> str:
    if error.code == "no_archive":
        return _("This is no zip archive.")
    return _("The archive is too large inside; send it in parts.")


def _meant(name: str, policies: dict[str, Policy]) -> tuple[Policy, int | None]:
    """By the longest part of the name that is a policy number of this draw."""
    path = PurePosixPath(name.replace("\\", "/"))
    for number, page in _readings(path):
        known = policies.get(number.casefold())
        if known is not None:
            return known, page
    raise EvidenceRefused(_("No policy of this draw has this number."))


def _readings(path: PurePosixPath) -> Iterable[tuple[str, int | None]]:
    yield path.stem, None
    parts = PAGE.match(path.stem)
    if parts is not None and parts["page"]:
        yield parts["number"], int(parts["page"])
    if path.parent.name:
        is_page = path.stem.isdecimal() and len(path.stem) <= LONGEST_PAGE
        yield path.parent.name, int(path.stem) if is_page else None


@transaction.atomic
def _keep(
    policy: Policy, content: bytes, *, name: str, page: int | None, actor: Staff, at: datetime
) -> FormPage:
    media_type = media_type_of(content)
    form = ApplicationForm.objects.select_for_update(of=("self",)).filter(policy=policy).first()
    if form is None:
        raise EvidenceRefused(_("No application form of this policy is recorded; bring in its data first."))
    stored = store_file(
        content=content,
        name=name,
        purpose=FilePurpose.FORM_IMAGE,
        owner=actor,
        at=at,
        media_type=media_type,
    )
    known = dict(form.pages.values_list("page", "image__sha256"))
    if stored.sha256 in known.values():
        raise EvidenceRefused(_("This image is there already."))
    place = page if page is not None else max(known, default=0) + 1
    if place in known:
        raise EvidenceRefused(_("Page %(page)s is there already.") % {"page": place})
    if not 1 <= place <= PAGES:
        raise EvidenceRefused(_("A form has 99 pages at most."))
    made: FormPage = FormPage.objects.create(form=form, page=place, image=stored)
    holder = (
        PolicyParty.objects.filter(policy=policy, role=PartyRole.HOLDER).select_related("customer").first()
    )
    if holder is not None and holder.customer is not None:
        keep_image(customer=holder.customer, file=stored, source=ImageSource.FORM, at=at)
        judge_same_images(stored.sha256, actor=actor, at=at)
    return made
