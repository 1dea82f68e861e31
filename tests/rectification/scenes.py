"""Rectifications as the pages meet them: swept, grouped, given to somebody, submitted."""

from __future__ import annotations

import itertools
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localdate
from PIL import Image

from agents.models import Branch
from audits.models import Rectification
from audits.operations.corrections import submit_rectification
from audits.operations.rectifications import assign_rectification
from audits.operations.sweep import resweep_subjects
from customers.models import Customer
from tests.factories import AT, make_customer, make_policy, make_seller, willed
from tests.personas import Persona
from workplace.operations.corrections import Proposal

SHORT = "1381234567"
_good = itertools.count(1)


def good_mobile() -> str:
    return f"1382674{(next(_good) * 373 + 1059) % 10_000:04d}"


def defective(branch: Branch, *, mobile: str = SHORT, **written: str) -> Customer:
    customer = make_customer(home_branch=branch, mobile=mobile, **written)
    make_policy(holder=customer, seller=make_seller(branch=branch))
    resweep_subjects(customer_ids=[customer.pk], at=AT, actor=None)
    return customer


def opened(branch: Branch) -> Rectification:
    return Rectification.objects.get(customer=defective(branch))


def given(branch: Branch, to: Persona, by: Persona) -> Rectification:
    return assign_rectification(rectification=opened(branch), owner=to.fresh(), actor=by.fresh(), at=AT)


def in_review(branch: Branch, *, clerk: Persona, manager: Persona) -> Rectification:
    rectification = given(branch, clerk, manager)
    assert rectification.customer_id
    return submit_rectification(
        rectification=rectification,
        corrections=[Proposal("customer", rectification.customer_id, "mobile", good_mobile(), "document")],
        will=willed(),
        actor=clerk.fresh(),
        at=AT,
    )


def said_by_the_customer() -> dict[str, str]:
    """What the workbench posts of the customer's will after a call."""
    return {
        "will": "call",
        "applicant": "self",
        "applied_on": localdate().isoformat(),
        "handled_no": "",
        "confirmed": "on",
        "confirmed_by": "本人，当日回拨",
    }


def image(kind: str = "PNG", size: tuple[int, int] = (12, 8)) -> bytes:
    content = BytesIO()
    Image.new("RGB", size, "white").save(content, kind)
    return content.getvalue()


def upload(content: bytes, name: str = "证件.png", media_type: str = "image/png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, media_type)


def pdf() -> bytes:
    return b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
