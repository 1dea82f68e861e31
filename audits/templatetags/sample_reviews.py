"""Who reviews a draw and how far two agree, on the page of the draw."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django import template
from django.db.models import Count, Q
from django.utils import timezone

from audits.eligibility import GIVE
from audits.models import SampleItem, SampleReview, SamplingRun
from audits.sample_reviews import IN_HAND, Agreement, agreement_of, ungiven
from audits.sampling.choices import RunState, SamplePurpose, SampleReviewState
from workplace.models import Staff

register = template.Library()
FROM_A_FORM = (SamplePurpose.CONSISTENCY, SamplePurpose.SELLER, SamplePurpose.IMAGES)
SHOWN = 20


@dataclass(frozen=True)
class Panel:
    people: list[dict[str, Any]]
    agreement: Agreement
    left: list[SampleItem]
    gives: bool
    brings: bool


@register.simple_tag
def reviews_of_run(run: SamplingRun, staff: Staff) -> Panel:
    rows = SampleReview.objects.filter(item__run=run).exclude(state=SampleReviewState.VOID)
    people = (
        rows.order_by()
        .values("reviewer__name")
        .annotate(
            given=Count("pk"),
            done=Count("pk", filter=Q(state=SampleReviewState.DONE)),
            late=Count("pk", filter=Q(state__in=IN_HAND, due_on__lt=timezone.localdate())),
        )
    )
    gives = staff.has_perm(GIVE) and run.state == RunState.DRAWN
    seen = SampleItem.objects.visible_to(staff).filter(run=run)
    agreed = agreement_of(run)
    own = set(seen.filter(pk__in=[one.pk for one in agreed.differ]).values_list("pk", flat=True))
    return Panel(
        list(people.order_by("reviewer__name")),
        replace(agreed, differ=[one for one in agreed.differ if one.pk in own]),
        list(ungiven(run).filter(pk__in=seen.order_by().values("pk"))[:SHOWN]),
        gives,
        gives and run.plan.purpose in FROM_A_FORM,
    )
