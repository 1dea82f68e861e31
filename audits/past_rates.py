"""What earlier draws found, stratum by stratum: where Neyman's allocation looks more closely."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Count, Q

from audits.models import PlanVersion, SampleItem
from audits.sampling.choices import ItemOutcome, RunState

WRONG = (ItemOutcome.MISSING, ItemOutcome.FALSE, ItemOutcome.CHANGED)
JUDGED = (ItemOutcome.RIGHT, *WRONG)
LOOKS_BACK = timedelta(days=3 * 365)


def past_rates(version: PlanVersion, today: date) -> dict[str, float]:
    """Error rates by stratum key, of the concluded draws of this purpose that were cut in the same strata."""
    items = SampleItem.objects.filter(
        run__state=RunState.CONCLUDED,
        run__plan__purpose=version.plan.purpose,
        run__version__strata=version.strata,
        run__opened_at__date__gte=today - LOOKS_BACK,
        outcome__in=JUDGED,
    )
    rows = (
        items.order_by()
        .values("stratum__key")
        .annotate(judged=Count("pk"), wrong=Count("pk", filter=Q(outcome__in=WRONG)))
    )
    return {row["stratum__key"]: row["wrong"] / row["judged"] for row in rows}
