"""The two tables of compliance: agencies and branches, worst first, each line with its week before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from django.db.models import Q
from django.utils.translation import gettext as _

from agents.choices import AgencyKind, BranchLevel
from agents.models import Agency, Branch
from audits.letters import Answers, answers_of
from audits.measures import Composite, composite
from audits.models import RectificationSettings
from audits.performance import AsOf, Tallies, Tally
from audits.sample_scores import Sampled
from policies.models import Policy
from workplace.models import Staff

# Percent of policies not authentic that the regulator found in 2014, of 1.61 million (requirement 163).
BENCHMARK = 4.02
BENCHMARK_MISSING = 3.20
BENCHMARK_FALSE = 0.82
BENCHMARK_BANK = 6.43
BENCHMARK_INDIVIDUAL = 0.70
BENCHMARK_OTHER = 0.80
BANKS = {AgencyKind.BANK, AgencyKind.POST}
NO_AGENCY = "none"
CountsT = TypeVar("CountsT")


@dataclass(frozen=True)
class Line:
    """A unit with its figures; `key` names it in addresses."""

    key: str
    number: str
    name: str
    kind: str
    tally: Tally
    before: Tally
    benchmark: float
    composite: Composite | None = None
    answers: Answers | None = None
    sampled: Sampled = field(default_factory=Sampled)

    @property
    def above_benchmark(self) -> bool:
        return self.tally.share is not None and self.tally.share > self.benchmark

    @property
    def trend(self) -> float | None:
        """Percentage points since the week before."""
        if self.tally.share is None or self.before.share is None:
            return None
        return round(self.tally.share - self.before.share, 2)


SORTS: dict[str, Callable[[Line], Any]] = {
    "share": lambda line: line.tally.share if line.tally.share is not None else -1.0,
    "scope": lambda line: line.tally.scope,
    "defective": lambda line: line.tally.defective,
    "missing": lambda line: line.tally.missing,
    "false": lambda line: line.tally.false,
    "touched": lambda line: line.tally.touched,
    "open": lambda line: line.tally.open,
    "overdue": lambda line: line.tally.overdue,
    "on_time": lambda line: -1.0 if line.tally.on_time_share is None else line.tally.on_time_share,
    "rate": lambda line: -1.0 if line.composite is None else line.composite.rate,
    "sample": lambda line: line.sampled.error.rate if line.sampled.error else -1.0,
    "real_names": lambda line: line.sampled.real_names.rate if line.sampled.real_names else 2.0,
    "number": lambda line: line.number,
}
# What is worse, low, is sorted upwards at first.
UPWARDS = {"on_time", "rate", "real_names", "number"}


def sorted_lines(lines: Iterable[Line], *, sort: str, reverse: bool = False) -> list[Line]:
    """Worst first; `reverse` turns it round. Equals stand by their number."""
    downwards = (sort not in UPWARDS) != reverse
    by_number = sorted(lines, key=lambda line: line.number)
    return sorted(by_number, key=SORTS[sort], reverse=downwards)


def rated(lines: Iterable[Line], weights: RectificationSettings) -> list[Line]:
    """With the composite rate."""
    return [replace(line, composite=composite(line.tally, weights)) for line in lines]


def with_answers(lines: list[Line], moment: AsOf) -> list[Line]:
    """Agencies with how they answered the letters sent to them until that day."""
    keys = [int(line.key) for line in lines if line.key != NO_AGENCY]
    answers = answers_of(keys, today=moment.day, until=moment.day)
    return [
        line if line.key == NO_AGENCY else replace(line, answers=answers.get(int(line.key), Answers()))
        for line in lines
    ]


def with_samples(
    by: str, lines: Iterable[Line], pairs: dict[tuple[int, int | None], Sampled], staff: Staff
) -> list[Line]:
    """What concluded samples say of each; a branch with all below it."""
    found: dict[str, Sampled] = {}
    if by == "agency":
        for (_branch, agency), sampled in pairs.items():
            key = NO_AGENCY if agency is None else str(agency)
            found[key] = found.get(key, Sampled()) + sampled
    elif pairs:
        branches = {branch.pk: branch for branch in Branch.objects.visible_to(staff)}
        own: dict[int, Sampled] = {}
        for (branch, _agency), sampled in pairs.items():
            own[branch] = own.get(branch, Sampled()) + sampled
        found = {str(pk): sampled for pk, sampled in rolled_up(own, branches, Sampled()).items()}
    return [replace(line, sampled=found.get(line.key, Sampled())) for line in lines]


def agency_lines(*, now: Tallies, before: Tallies) -> list[Line]:
    """One line an agency, and one for what was sold without one."""
    tallies, earlier = now.of_agencies(), before.of_agencies()
    agencies = Agency.objects.filter(pk__in=[key for key in tallies if key is not None])
    lines = [
        Line(
            key=str(agency.pk),
            number=agency.number,
            name=agency.name,
            kind=str(AgencyKind(agency.kind).label),
            tally=tallies[agency.pk],
            before=earlier.get(agency.pk, Tally()),
            benchmark=BENCHMARK_BANK if agency.kind in BANKS else BENCHMARK_OTHER,
        )
        for agency in agencies
    ]
    own = tallies.get(None, Tally())
    if own.anything:
        kind, earlier_own = _("Individual agents"), earlier.get(None, Tally())
        lines.append(
            Line(NO_AGENCY, "", _("Without an agency"), kind, own, earlier_own, BENCHMARK_INDIVIDUAL)
        )
    return lines


def branch_lines(*, staff: Staff, now: Tallies, before: Tallies) -> list[Line]:
    """Each branch with all below it."""
    branches = {branch.pk: branch for branch in Branch.objects.visible_to(staff)}
    tallies = rolled_up(now.of_branches(), branches, Tally())
    earlier = rolled_up(before.of_branches(), branches, Tally())
    return [
        Line(
            key=str(pk),
            number=branch.number,
            name=branch.name,
            kind=str(BranchLevel(branch.level).label),
            tally=tallies[pk],
            before=earlier.get(pk, Tally()),
            benchmark=BENCHMARK,
        )
        for pk, branch in branches.items()
        if pk in tallies and tallies[pk].anything
    ]


def ancestors(pk: int, branches: dict[int, Branch]) -> Iterable[int]:
    parent = branches[pk].parent_id
    while parent is not None and parent in branches:
        yield parent
        parent = branches[parent].parent_id


def rolled_up(tallies: dict[int, CountsT], branches: dict[int, Branch], none: CountsT) -> dict[int, CountsT]:
    """Of counts that add up; what is not visible itself counts for nobody."""
    found: dict[int, Any] = {}
    for pk, tally in tallies.items():
        for unit in (pk, *ancestors(pk, branches)) if pk in branches else ():
            found[unit] = found.get(unit, none) + tally
    return found


@dataclass(frozen=True)
class Unit:
    """What a list behind a figure is narrowed to."""

    name: str
    condition: Q


class UnknownUnit(LookupError):
    """No such unit, or none that this person may see."""


def unit_of(*, staff: Staff, by: str, key: str) -> Unit:
    """The same rows that the unit's line counts; without a unit all that the person sees."""
    if not by and not key:
        return Unit(_("all units"), Q())
    if by == "agency" and key == NO_AGENCY:
        return Unit(_("Without an agency"), Q(agency__isnull=True))
    if not key.isascii() or not key.isdigit():
        raise UnknownUnit(key)
    if by == "agency":
        return _agency(staff, int(key))
    if by == "branch":
        return _branch(staff, int(key))
    raise UnknownUnit(by)


def _agency(staff: Staff, pk: int) -> Unit:
    seen = Agency.objects.visible_to(staff).order_by().values("pk")
    sold = Policy.objects.visible_to(staff).order_by().values("agency")
    agency = Agency.objects.filter(Q(pk__in=seen) | Q(pk__in=sold), pk=pk).first()
    if agency is None:
        raise UnknownUnit(str(pk))
    return Unit(agency.name, Q(agency=agency))


def _branch(staff: Staff, pk: int) -> Unit:
    branches = {branch.pk: branch for branch in Branch.objects.visible_to(staff)}
    if pk not in branches:
        raise UnknownUnit(str(pk))
    below = [other for other in branches if other == pk or pk in ancestors(other, branches)]
    return Unit(branches[pk].name, Q(branch__in=below))
