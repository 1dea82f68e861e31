"""Whether draws still say what was sealed of them: each content is made anew from the rows and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from audits.models import SampleItem, SamplingRun, Seal
from audits.run_files import digest_of_file
from audits.runs import subject_of_run
from audits.sampling.choices import ItemOrigin, SealKind
from audits.sampling.sealing import (
    digest_of,
    frame_sealed,
    items_sealed,
    machine_part_sealed,
    seed_sealed,
    substitution_sealed,
    withdrawal_sealed,
)
from audits.seals import Broken, broken

Contents = Iterable[bytes]


def first_broken() -> Broken | None:
    """The chain first; then, seal by seal, what it says of draws. Names the lower place of the two."""
    found = [one for one in (broken(), _changed_content()) if one is not None]
    return min(found, key=lambda one: one.place, default=None)


def _changed_content() -> Broken | None:
    people = ("plan", "seeded_by", "withdrawn_by", "frame_file")
    runs = {subject_of_run(run): run for run in SamplingRun.objects.select_related(*people)}
    known: dict[tuple[str, str], set[str]] = {}
    for seal in Seal.objects.filter(kind__in=[str(kind) for kind in _CONTENTS]).order_by("place").iterator():
        run = runs.get(seal.subject)
        if run is None:
            continue
        key = (seal.subject, seal.kind)
        if key not in known:
            known[key] = {digest_of(content) for content in _CONTENTS[SealKind(seal.kind)](run)}
        if seal.content not in known[key]:
            return Broken(seal.place, "content", seal.kind, seal.subject)
    return None


def _machine_part(run: SamplingRun) -> Contents:
    return [machine_part_sealed(run.machine_part)]


def _frame(run: SamplingRun) -> Contents:
    """Nothing where the file itself is another one; a file that has gone by its rule is not looked for."""
    file = run.frame_file
    if file is not None and file.removed_at is None:
        try:
            if digest_of_file(file.content.open("rb")) != run.frame_digest:
                return []
        except FileNotFoundError:
            return []
    strata = run.strata.values_list("key", "size", "quota")
    return [frame_sealed(digest=run.frame_digest, size=run.frame_size, strata=strata)]


def _seed(run: SamplingRun) -> Contents:
    return [
        seed_sealed(
            seed=run.seed,
            frame=run.frame_digest,
            machine_part=run.machine_part,
            approver_part=run.approver_part,
            by=run.seeded_by.username if run.seeded_by else "",
        )
    ]


def _drawn(run: SamplingRun) -> Contents:
    return _batches(run, ItemOrigin.DRAWN)


def _extended(run: SamplingRun) -> Contents:
    return _batches(run, ItemOrigin.EXTENSION)


def _batches(run: SamplingRun, origin: ItemOrigin) -> Iterator[bytes]:
    """Items that came in together were sealed together."""
    together: dict[object, list[tuple[str, int, str]]] = {}
    rows = run.items.filter(origin=origin).order_by("pk")
    for at, stratum, place, key in rows.values_list("added_at", "stratum__key", "place", "key"):
        together.setdefault(at, []).append((stratum, place, key))
    for items in together.values():
        yield items_sealed(seed=run.seed, items=items)


def _substituted(run: SamplingRun) -> Iterator[bytes]:
    rows = run.items.filter(stands_for__isnull=False).select_related("stratum", "stands_for__stratum")
    for item in rows:
        yield substitution_sealed(
            seed=run.seed,
            item=_said(item),
            stands_for=_said(item.stands_for),
            reason=item.substitution_reason,
        )


def _said(item: SampleItem) -> tuple[str, int, str]:
    return item.stratum.key, item.place, item.key


def _withdrawn(run: SamplingRun) -> Contents:
    by = run.withdrawn_by.username if run.withdrawn_by else ""
    return [withdrawal_sealed(reason=run.withdrawal_reason, by=by)]


_CONTENTS: dict[SealKind, Callable[[SamplingRun], Contents]] = {
    SealKind.MACHINE_PART: _machine_part,
    SealKind.FRAME: _frame,
    SealKind.SEED: _seed,
    SealKind.DRAW: _drawn,
    SealKind.EXTENSION: _extended,
    SealKind.SUBSTITUTION: _substituted,
    SealKind.WITHDRAWAL: _withdrawn,
}
