"""Who is told what when something happens to a rectification; called in the transaction of what happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from audits.choices import DisputeState, ExemptionState
from audits.models import Exemption, Rectification, RuleDispute
from workplace.models import Staff
from workplace.operations.notices import notify


def page_of(rectification: Rectification) -> str:
    return reverse("rectification", args=[rectification.pk])


def tell_assigned(
    *, rectifications: Sequence[Rectification], owner: Staff, actor: Staff | None, at: datetime
) -> None:
    """One message however many there are; who takes something up alone needs none."""
    if not rectifications or (actor is not None and actor.pk == owner.pk):
        return
    first = rectifications[0]
    tell_assigned_many(
        owner_id=owner.pk,
        count=len(rectifications),
        number=first.number,
        link=page_of(first) if len(rectifications) == 1 else reverse("rectification_queue"),
        actor=actor,
        at=at,
        key=f"assigned:{first.pk}:{first.version}",
    )


def tell_assigned_many(
    *,
    owner_id: int,
    count: int,
    actor: Staff | None,
    at: datetime,
    key: str,
    number: str = "",
    link: str = "",
) -> None:
    """For what assigns by set; `key` names the action and the person."""
    notify(
        recipients=[owner_id],
        kind="assigned",
        key=key,
        detail={"count": count, "number": number, "by": actor.name if actor else ""},
        link=link or reverse("rectification_queue"),
        at=at,
    )


def tell_returned(*, rectification: Rectification, actor: Staff, at: datetime) -> None:
    if rectification.owner_id is None:
        return
    notify(
        recipients=[rectification.owner_id],
        kind="returned",
        key=f"returned:{rectification.pk}:{rectification.version}",
        detail={"number": rectification.number, "by": actor.name},
        link=page_of(rectification),
        at=at,
    )


def tell_dispute_answered(*, dispute: RuleDispute, at: datetime) -> None:
    rectification = dispute.finding.rectification
    notify(
        recipients=[dispute.raised_by_id],
        kind="dispute_answered",
        key=f"dispute:{dispute.pk}:{dispute.state}",
        detail={"rule": dispute.finding.rule, "stands": dispute.state == DisputeState.UPHELD},
        link=page_of(rectification) if rectification else reverse("disputes"),
        at=at,
    )


def tell_exemption_decided(*, exemption: Exemption, actor: Staff, at: datetime) -> None:
    if exemption.proposed_by_id == actor.pk:
        return
    rectification = exemption.finding.rectification
    notify(
        recipients=[exemption.proposed_by_id],
        kind="exemption_decided",
        key=f"exemption:{exemption.pk}:{exemption.state}",
        detail={
            "rule": exemption.finding.rule,
            "approved": exemption.state == ExemptionState.APPROVED,
            "by": actor.name,
        },
        link=page_of(rectification) if rectification else reverse("exemptions"),
        at=at,
    )
