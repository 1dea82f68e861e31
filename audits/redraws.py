"""A draw repeated: whether its sealed frame and seed give the same items, and what the book says by now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from audits.frame_text import frame_text
from audits.frames import frame_of
from audits.models import SamplingRun
from audits.run_files import frame_blocks
from audits.runs import frame_since
from audits.sampling.selection import NoFrame, draw, runs_of, seal_of, seed_of

SHOWN = 200
Line = tuple[str, str]
"""Stratum and key."""


class NotDrawn(Exception):
    """There is no draw yet that could be repeated."""


@dataclass
class Changes:
    """How many there are, and the first of their keys."""

    count: int = 0
    keys: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, keys: Iterable[str]) -> Changes:
        found = sorted(keys)
        return cls(len(found), found[:SHOWN])

    def as_json(self) -> dict[str, Any]:
        return {"count": self.count, "keys": self.keys}


@dataclass
class Redraw:
    """`missing` and `extra` are items that the repetition lacks or adds; `why` what does not hold.

    `entered`, `left` and `moved` (to another stratum) are what today's book says of the same frame: they
    change no item, for a draw is repeated from the frame that was sealed.
    """

    items: int
    why: str = ""
    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    entered: Changes = field(default_factory=Changes)
    left: Changes = field(default_factory=Changes)
    moved: Changes = field(default_factory=Changes)

    @property
    def identical(self) -> bool:
        return not (self.why or self.missing or self.extra)

    @property
    def frame_changed(self) -> bool:
        return bool(self.entered.count or self.left.count or self.moved.count)


def redraw(*, run: SamplingRun) -> Redraw:
    """Reads only. Of the frame of today the same days are asked as of the sealed one."""
    if run.drawn_at is None or run.framed_at is None:
        raise NotDrawn
    found = Redraw(run.items.count(), why=_wrong_seed(run))
    try:
        blocks = frame_blocks(run)
        _compare(run, blocks, found)
        since = frame_since(run)
    except NoFrame as error:
        found.why = _("The frame of this draw cannot be used: %(why)s.") % {"why": str(error)}
        return found
    rows = frame_of(run.version, localdate(run.framed_at), since=since, until=run.framed_at)
    _tell_changes(_lines(blocks()), _lines(frame_text(rows)), found)
    return found


def _wrong_seed(run: SamplingRun) -> str:
    if seal_of(run.machine_part) != run.machine_seal:
        return _("The machine's part is another than was sealed.")
    seed = seed_of(
        machine_part=run.machine_part,
        approver_part=run.approver_part,
        frame_digest=run.frame_digest,
        algorithm=run.algorithm,
    )
    return "" if seed == run.seed else _("The seed does not follow from its parts.")


def _compare(run: SamplingRun, blocks: Callable[[], Iterator[bytes]], found: Redraw) -> None:
    """Place by place: extensions and substitutes stand further down the same order."""
    kept: dict[str, dict[int, str]] = {}
    for stratum, place, key in run.items.values_list("stratum__key", "place", "key"):
        kept.setdefault(stratum, {})[place] = key
    sizes = dict(run.strata.values_list("key", "size"))
    quotas = dict(run.strata.values_list("key", "quota"))
    wanted = {key: max(quota, *kept.get(key, {0: ""})) for key, quota in quotas.items()}
    anew = draw(blocks, seed=run.seed, quotas=wanted, sizes=sizes)
    for stratum in sizes:
        expected = dict(enumerate(anew.get(stratum, []), start=1))
        there = kept.get(stratum, {})
        for place in sorted(expected.keys() | there.keys()):
            if expected.get(place) != there.get(place):
                found.missing += [there[place]] if place in there else []
                found.extra += [expected[place]] if place in expected else []


def _tell_changes(then: Iterator[Line], now: Iterator[Line], found: Redraw) -> None:
    """Both are in order, so one walk tells them apart; who is on both sides stands in another stratum."""
    left: list[str] = []
    entered: list[str] = []
    old, new = next(then, None), next(now, None)
    while old is not None or new is not None:
        if new is None or (old is not None and old < new):
            assert old is not None  # noqa: S101 - one of the two is there
            left.append(old[1])
            old = next(then, None)
        elif old is None or new < old:
            entered.append(new[1])
            new = next(now, None)
        else:
            old, new = next(then, None), next(now, None)
    moved = set(left) & set(entered)
    found.left = Changes.of(set(left) - moved)
    found.entered = Changes.of(set(entered) - moved)
    found.moved = Changes.of(moved)


def _lines(blocks: Iterable[bytes]) -> Iterator[Line]:
    for stratum, keys in runs_of(blocks):
        for key in keys:
            yield stratum.decode(), key.decode()
