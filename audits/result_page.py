"""The result part of a draw's page: rates against the tolerable rate, tables, verdict, what followed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _

from agents.choices import Channel
from audits.concluding import CONCLUDE, together, why_not_conclude
from audits.frames import label_now
from audits.league import (
    BENCHMARK,
    BENCHMARK_BANK,
    BENCHMARK_FALSE,
    BENCHMARK_INDIVIDUAL,
    BENCHMARK_MISSING,
    BENCHMARK_OTHER,
)
from audits.models import Accountability, Finding, KeyedField, RunConclusion, SamplingRun
from audits.run_figures import figures_of
from audits.sample_reviews import ROLES
from audits.sampling.chart import Chart, Mark, chart_of
from audits.sampling.choices import ItemOutcome, RunState, RunVerdict, StratumKey
from audits.sampling.frames import SEPARATOR
from audits.sampling.results import ERRORS, Rate, Results
from audits.sampling.reviewing import IMAGE, REGISTERED_ON
from audits.sampling.stratified import Part, whole_bounds
from authenticity.rule import label_of
from customers.choices import ImageSide
from workplace.models import Staff

ACCOUNT = "audits.add_accountability"
OF_2014 = {"missing": BENCHMARK_MISSING, "false": BENCHMARK_FALSE}
BY_CHANNEL = {
    Channel.BANK.value: BENCHMARK_BANK,
    Channel.INDIVIDUAL.value: BENCHMARK_INDIVIDUAL,
}
MOST_BARS = 12
LOOKED_BACK = 12
BEGUN = (RunState.DRAWN, RunState.CONCLUDED)


@dataclass(frozen=True)
class Look:
    """One conclusion as it was made."""

    made: RunConclusion
    results: Results

    @property
    def verdict(self) -> str:
        return str(RunVerdict(self.made.verdict).label)


@dataclass(frozen=True)
class Panel:
    """`results` are of now; `begun` is false while nothing was decided yet."""

    run: SamplingRun
    results: Results
    begun: bool
    verdict: str
    chart: Chart
    trend: Chart | None
    fields: Sequence[Rate]
    strata: Sequence[Rate]
    looks: Sequence[Look]
    findings: Sequence[Finding]
    held: int
    may_conclude: bool
    why_not: str
    may_account: bool

    @property
    def last(self) -> Look | None:
        return self.looks[-1] if self.looks else None

    @property
    def confidence(self) -> float:
        return 100 * self.results.confidence

    @property
    def seen(self) -> int:
        """How often the sample was looked at to decide: each conclusion, and the look that is open."""
        return len(self.looks) + (self.run.state != RunState.CONCLUDED)

    @property
    def together(self) -> float:
        return together(self.seen, self.results.confidence)

    @property
    def unequal(self) -> bool:
        return self.results.method == "combined"

    @property
    def benchmarked(self) -> bool:
        return any(bar.mark.benchmark is not None for bar in self.chart.bars)


def panel_of(run: SamplingRun, staff: Staff) -> Panel | None:
    """Nothing before the sample is drawn."""
    if run.state not in BEGUN:
        return None
    results = _in_words(run, figures_of(run))
    looks = [
        Look(made, Results.from_json(made.figures))
        for made in run.conclusions.select_related("concluded_by", "seal").order_by("pk")
    ]
    why_not = why_not_conclude(run, staff)
    return Panel(
        run=run,
        results=results,
        begun=results.whole.sample > 0 or results.whole.count.unknown > 0,
        verdict=str(RunVerdict(results.verdict).label),
        chart=chart_of(_marks(run, results), line=results.tolerable),
        trend=_trend(run, staff),
        fields=[replace(one, label=field_words(one.key)) for one in results.fields],
        strata=results.strata if len(results.strata) > 1 else (),
        looks=looks,
        findings=_findings(run, staff),
        held=Accountability.objects.filter(sample_item__run=run).count(),
        may_conclude=not why_not,
        why_not=why_not if run.state == RunState.DRAWN and staff.has_perm(CONCLUDE) else "",
        may_account=staff.has_perm(ACCOUNT) and results.whole.found > 0,
    )


def _in_words(run: SamplingRun, results: Results) -> Results:
    """Its strata in the language of whoever reads; what is sealed keeps the words of then."""
    strata = run.version.strata
    named = [replace(one, label=label_now(strata, one.key, one.label)) for one in results.strata]
    return replace(results, strata=type(results.strata)(named))


def field_words(key: str) -> str:
    """`holder.mobile` as a person says it."""
    role, _dot, field = key.rpartition(".")
    if field.startswith(IMAGE):
        said = str(ImageSide(field.removeprefix(IMAGE)).label)
    else:
        said = _("Registration date on the page") if field == REGISTERED_ON else label_of(field)
    return f"{ROLES[role]} · {said}" if role in ROLES else said


def _marks(run: SamplingRun, results: Results) -> list[Mark]:
    """All errors, each kind beside what the inspection of 2014 found, and the strata while they are few."""
    whole = results.whole
    marks = [Mark(_("All errors"), whole.rate, whole.lower, whole.upper, BENCHMARK / 100)]
    for kind in ERRORS:
        parts = [Part(one.frame, one.sample, getattr(one.count, kind)) for one in results.strata]
        said = whole_bounds(parts, confidence=results.confidence)
        known = OF_2014.get(kind)
        rate = said.rate if whole.rate is not None else None
        of_2014 = None if known is None else known / 100
        marks.append(Mark(str(ItemOutcome(kind).label), rate, said.lower, said.upper, of_2014))
    if 1 < len(results.strata) <= MOST_BARS:
        marks += [
            Mark(one.label, one.rate, one.lower, one.upper, _of_channel(run, one.key))
            for one in results.strata
        ]
    return marks


def _of_channel(run: SamplingRun, key: str) -> float | None:
    strata = list(run.version.strata)
    if StratumKey.CHANNEL not in strata:
        return None
    channel = key.split(SEPARATOR)[strata.index(StratumKey.CHANNEL)]
    return BY_CHANNEL.get(channel, BENCHMARK_OTHER) / 100


def _trend(run: SamplingRun, staff: Staff) -> Chart | None:
    """The concluded samples of the plan, oldest first; nothing while there is but one."""
    made = RunConclusion.objects.visible_to(staff).filter(run__plan=run.plan_id)
    last = {one.run_id: one for one in made.select_related("run").order_by("pk")}
    shown = sorted(last.values(), key=lambda one: one.run_id)[-LOOKED_BACK:]
    if len(shown) < 2:
        return None
    marks = []
    for one in shown:
        whole = Results.from_json(one.figures).whole
        link = reverse("sampling_run", args=[one.run_id])
        marks.append(Mark(one.run.period, whole.rate, whole.lower, whole.upper, None, link))
    return chart_of(marks, line=float(run.version.tolerable_rate))


def _findings(run: SamplingRun, staff: Staff) -> list[Finding]:
    found = Finding.objects.visible_to(staff).filter(pk__in=sampled_findings(run))
    return list(found.select_related("rectification", "answering_branch", "answering_agency").order_by("pk"))


def sampled_findings(run: SamplingRun) -> list[int]:
    """What this sample found: typed fields name their findings, other answers their policy or customer."""
    typed = KeyedField.objects.filter(review__item__run=run, finding__isnull=False)
    found = set(typed.values_list("finding_id", flat=True))
    failed = run.items.filter(outcome__in=ERRORS)
    seen = Finding.objects.filter(source="sample", last_seen_at__gte=run.drawn_at, part__contains="#")
    for column, of_item in (("answering_policy", "policy"), ("customer", "customer"), ("policy", "policy")):
        rows = failed.filter(**{f"{of_item}__isnull": False}).values(of_item)
        found |= set(seen.filter(**{f"{column}__in": rows}).values_list("pk", flat=True))
    return sorted(pk for pk in found if pk is not None)
