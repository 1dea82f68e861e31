"""Defects that only people can see, in a sample or in a call-back: no predicate asks for them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from authenticity.choices import Kind, Severity, Tag
from authenticity.rule import Rule, Subject, Text

UNASKED = _("No record says it; whoever reviews a sample finds it.")


def _seen(
    code: str,
    severity: Severity,
    kind: Kind,
    subject: Subject,
    message: Text,
    remedy: Text,
    finds: Text,
    articles: tuple[str, ...],
    *tags: Tag,
    unasked: Text = UNASKED,
) -> Rule:
    return Rule(
        code=code,
        severity=severity,
        kind=kind,
        subject=subject,
        target=subject,
        message=message,
        remedy=remedy,
        cases=(),
        articles=articles,
        stages=frozenset(),
        finds=finds,
        unasked=unasked,
        tags=tags,
    )


SAMPLED = (
    _seen(
        "IMG-001",
        Severity.WARN,
        Kind.MISSING,
        "customer",
        _("A required image is missing or cannot be used"),
        _("Ask for the image again, complete and legible, and add it as evidence."),
        _("An image that the document type needs is missing, or was rejected on review."),
        ("82-6-2",),
        Tag.CONSUMER,
    ),
    _seen(
        "MS-003",
        Severity.ERROR,
        Kind.FALSE,
        "policy",
        _("A change was made for the customer, not by the customer"),
        _("Ask the customer what is wanted; put back what was not, and add what proves it."),
        _("A change was filed by a seller without the customer's consent, or signed by another."),
        ("82-12", "agents-76"),
        Tag.MIS_SELLING,
        Tag.CONSUMER,
    ),
    _seen(
        "PO-002",
        Severity.ERROR,
        Kind.MISSING,
        "policy",
        _("Not called back before the cooling-off ended"),
        _("Call back now, or visit, and add the recording or its minutes."),
        _("No call-back succeeded before the cooling-off ended."),
        ("basic-service-15", "health-44"),
        Tag.MIS_SELLING,
        unasked=_("The queue of call-backs finds it on the day after the cooling-off ended."),
    ),
    _seen(
        "PO-003",
        Severity.ERROR,
        Kind.FALSE,
        "policy",
        _("The policyholder did not confirm the call-back in person"),
        _("Call back again at the number of the application form, and add the recording or its minutes."),
        _(
            "The call-back did not confirm the identity, another person answered, or the holder denied "
            "buying or signing it."
        ),
        ("basic-service-15", "conduct-35"),
        Tag.MIS_SELLING,
    ),
    _seen(
        "SV-001",
        Severity.ERROR,
        Kind.FALSE,
        "customer",
        _("On verification, not true or no longer so: {field}"),
        _("Reach the customer on another way, and correct what is on file; add what proves it."),
        _("Asked in a sample, the customer says that what is on file is not so, or has changed."),
        ("82-15",),
        Tag.REAL_NAME,
        Tag.CONSUMER,
    ),
    _seen(
        "SV-002",
        Severity.ERROR,
        Kind.FALSE,
        "customer",
        _("It did not pass the review of a sample"),
        _("Read what the reviewer says, put it right, and add what proves it."),
        _("A reviewer of a sample found that what was settled or taken in is not right."),
        ("82-15",),
        Tag.CONSUMER,
    ),
)
