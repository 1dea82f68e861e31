"""How the items of a draw came out, counted as its results need it, and what follows from that now."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from django.db.models import Count as CountOf

from audits.models import KeyedField, RunConclusion, SampleItem, SampleReview, SamplingRun
from audits.sampling.choices import ErrorKind, FieldVerdict, ItemOutcome, SampleReviewState
from audits.sampling.results import Count, Counted, Results, results_of
from audits.sampling.reviewing import TOLD

AS_COUNTED: Mapping[str, str] = {
    ItemOutcome.RIGHT: "right",
    ItemOutcome.MISSING: "missing",
    ItemOutcome.FALSE: "false",
    ItemOutcome.CHANGED: "changed",
    ItemOutcome.NO_CONTACT: "unknown",
    ItemOutcome.PENDING: "pending",
    ItemOutcome.SUBSTITUTED: "substituted",
}


def counted_of(run: SamplingRun) -> list[Counted]:
    """By stratum, in the order of their keys; those of which nothing was drawn too."""
    outcomes: defaultdict[int, Counter[str]] = defaultdict(Counter)
    rows = SampleItem.objects.filter(run=run).order_by().values_list("stratum_id", "outcome")
    for stratum, outcome, items in rows.annotate(items=CountOf("pk")):
        outcomes[stratum][AS_COUNTED[outcome]] += items
    fields = _fields_of(run)
    return [
        Counted(one.key, one.label, one.size, Count(**outcomes[one.pk]), fields.get(one.pk, {}))
        for one in run.strata.order_by("key")
    ]


def figures_of(run: SamplingRun) -> Results:
    """As they are now; what was concluded stands in the conclusions."""
    return results_of(
        counted_of(run),
        confidence=float(run.version.confidence),
        tolerable=float(run.version.tolerable_rate),
    )


def last_conclusion(run: SamplingRun) -> RunConclusion | None:
    found: RunConclusion | None = (
        RunConclusion.objects.filter(run=run).select_related("concluded_by", "seal").order_by("-pk").first()
    )
    return found


def bearing_reviews(run: SamplingRun) -> dict[int, int]:
    """By item, the review that its outcome rests on: the first whose outcome is the item's."""
    done = SampleReview.objects.filter(item__run=run, state=SampleReviewState.DONE)
    rows = done.order_by("item_id", "round").values_list("item_id", "pk", "outcome", "item__outcome")
    found: dict[int, int] = {}
    for item, review, said, outcome in rows:
        if said == outcome:
            found.setdefault(item, review)
    return found


def _fields_of(run: SamplingRun) -> dict[int, dict[str, Count]]:
    """By stratum and field, in the order in which fields were typed."""
    reviews = list(bearing_reviews(run).values())
    rows = KeyedField.objects.filter(review__in=reviews).exclude(role=TOLD)
    named = rows.order_by().values_list("review__item__stratum_id", "role", "field", "verdict", "error")
    counts: defaultdict[int, defaultdict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for stratum, role, field, verdict, error in named:
        counts[stratum][f"{role}.{field}".lstrip(".")][_came_out(verdict, error)] += 1
    return {
        stratum: {name: Count(**came_out) for name, came_out in by_name.items()}
        for stratum, by_name in counts.items()
    }


def _came_out(verdict: str, error: str) -> str:
    """What nobody could read says nothing of the field."""
    if verdict == FieldVerdict.ILLEGIBLE:
        return "unknown"
    return error if error in ErrorKind.values else "right"
