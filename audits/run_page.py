"""What the pages of draws show: counts, strata, items, seals, and which steps are open to whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import pgettext

from agents.models.reach import reach_of
from audits.concluding import extension_of, why_not_extend
from audits.models import SampleItem, SamplingRun
from audits.packs import packs_of
from audits.redraws import Redraw
from audits.runs import DRAW, SEED, subject_of_run, why_not_draw, why_not_seed
from audits.sampling.choices import ItemOutcome, RunState
from audits.sampling.substitution import SubstitutionRule
from audits.seals import head, seals_of
from workplace.jobs import UNFINISHED
from workplace.models import Staff

WRONG = (ItemOutcome.MISSING, ItemOutcome.FALSE, ItemOutcome.CHANGED)
OVER = (RunState.CONCLUDED, RunState.WITHDRAWN)
WITHDRAWABLE = (RunState.OPENED, RunState.FRAMED, RunState.SEEDED, RunState.DRAWN)


def counted(runs: QuerySet[SamplingRun]) -> QuerySet[SamplingRun]:
    """With how many items each has, how many are decided, and how many are wrong."""
    in_sample = ~Q(items__outcome=ItemOutcome.SUBSTITUTED)
    return runs.select_related("plan").annotate(
        item_count=Count("items", filter=in_sample),
        done_count=Count("items", filter=in_sample & ~Q(items__outcome=ItemOutcome.PENDING)),
        error_count=Count("items", filter=Q(items__outcome__in=WRONG)),
    )


def numbers_of(items: QuerySet[SampleItem]) -> dict[str, int]:
    """Whom another stands for does not count: the other one does."""
    found: dict[str, int] = items.order_by().aggregate(
        all=Count("pk", filter=~Q(outcome=ItemOutcome.SUBSTITUTED)),
        pending=Count("pk", filter=Q(outcome=ItemOutcome.PENDING)),
        wrong=Count("pk", filter=Q(outcome__in=WRONG)),
    )
    return found


def items_shown(items: QuerySet[SampleItem], given: QueryDict) -> QuerySet[SampleItem]:
    """By `outcome` (`wrong` for all errors) and `stratum`; anything else filters nothing."""
    outcome, stratum = given.get("outcome", ""), given.get("stratum", "")
    if outcome == "wrong":
        items = items.filter(outcome__in=WRONG)
    elif outcome in ItemOutcome.values:
        items = items.filter(outcome=outcome)
    if stratum.isascii() and stratum.isdigit():
        items = items.filter(stratum_id=int(stratum[:18]))
    return items


def strata_of(run: SamplingRun) -> list[Any]:
    """With how many stand in the sample, how many are decided and how many are wrong."""
    in_sample = ~Q(items__outcome=ItemOutcome.SUBSTITUTED)
    rows = run.strata.annotate(
        in_sample=Count("items", filter=in_sample & Q(items__isnull=False)),
        done=Count(
            "items", filter=in_sample & Q(items__isnull=False) & ~Q(items__outcome=ItemOutcome.PENDING)
        ),
        wrong=Count("items", filter=Q(items__outcome__in=WRONG)),
    )
    found: list[Any] = list(rows.order_by("key"))
    for stratum in found:
        stratum.percent = _percent(stratum.quota, stratum.size)
    return found


def totals_of(strata: Sequence[Any]) -> dict[str, Any]:
    names = ("size", "quota", "in_sample", "done", "wrong")
    found: dict[str, Any] = {name: sum(getattr(one, name) for one in strata) for name in names}
    return {**found, "percent": _percent(found["quota"], found["size"])}


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} %" if whole else "–"


def open_steps(run: SamplingRun, staff: Staff) -> dict[str, bool]:
    draws = not why_not_draw(run.plan, staff)
    return {
        "seed": not why_not_seed(run, staff),
        "redraw": run.drawn_at is not None,
        "extend": not why_not_extend(run, staff),
        "withdraw": draws and run.state in WITHDRAWABLE,
        "instead": draws and run.state == RunState.WITHDRAWN and not run.replaced_by.exists(),
        "substitute": draws and run.state == RunState.DRAWN,
        "frame": run.frame_file_id is not None and reach_of(staff).everything,
    }


def run_context(run: SamplingRun, staff: Staff, given: QueryDict) -> dict[str, Any]:
    items = SampleItem.objects.visible_to(staff).filter(run=run)
    chosen = items_shown(items, given)
    strata = strata_of(run)
    return {
        "run": run,
        "may": open_steps(run, staff),
        "not_seed": why_not_seed(run, staff) if staff.has_perm(SEED) and run.state == RunState.FRAMED else "",
        "numbers": numbers_of(items),
        "strata": strata,
        "totals": totals_of(strata),
        "stratum": next((one for one in strata if str(one.pk) == given.get("stratum")), None),
        "outcomes": [("wrong", pgettext("sample items", "Untrue")), *ItemOutcome.choices],
        "wrong": WRONG,
        "items": chosen.select_related("stratum", "stands_for", "substitute").order_by("pk"),
        "outcome": given.get("outcome", ""),
        "draws": list(
            counted(SamplingRun.objects.visible_to(staff).filter(plan=run.plan_id)).order_by("-pk")[:20]
        ),
        "seals": seals_of(subject_of_run(run)),
        "head": head(),
        "rules": SubstitutionRule.choices,
        "extend_by": extension_of(run),
        "not_extend": why_not_extend(run, staff) if staff.has_perm(DRAW) and run.drawn_at else "",
        **progress_of(run),
        **packs_of(run, staff),
    }


def shown_to(staff: Staff, redraw: Redraw) -> Redraw:
    """Numbers of policies out of the whole book are for those who see it; others learn how many."""
    if not reach_of(staff).everything:
        for changes in (redraw.entered, redraw.left, redraw.moved):
            changes.keys = []
        redraw.missing, redraw.extra = ["…"] * len(redraw.missing), ["…"] * len(redraw.extra)
    return redraw


def progress_of(run: SamplingRun) -> dict[str, Any]:
    """Whether a job is at it, and why it is not where one is needed."""
    working = run.job is not None and run.job.state in UNFINISHED
    waits = run.state in (RunState.OPENED, RunState.SEEDED)
    stuck = run.job.error if run.job is not None and waits and not working else ""
    return {"under_way": working and waits, "stuck": stuck}


def address_of(run: SamplingRun) -> str:
    return reverse("sampling_run", args=[run.pk])
