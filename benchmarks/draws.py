"""A stratified sample with its frame's digest against counting that frame; growth over a narrow table."""

from __future__ import annotations

import secrets
import statistics
from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from django.db import connection
from django.utils import timezone
from django.utils.timezone import localdate

from audits.frame_text import text_of
from audits.frames import frame_of
from audits.models import PlanVersion, SamplingPlan
from audits.operations.drawing import draw
from audits.operations.sampling_runs import give_seed, open_run, take_frame
from audits.run_files import written_frame
from audits.sampling.choices import PlanState, RunOccasion, SamplePurpose, SampleSize, StratumKey
from audits.sampling.selection import blocks_of
from audits.sampling.selection import draw as select
from benchmarks.stand import MILLION, Bar, Stand, seconds_of
from benchmarks.web import person_of
from workplace.choices import Role
from workplace.models import Staff

DRAW_BAR = 10.0
SHARE = Decimal("0.005")
NARROW = (1_200_000, 10_000_000)
COUNTED = "count(*) of the frame"
LAY_NARROW = """
    DROP TABLE IF EXISTS bench_frame;
    CREATE UNLOGGED TABLE bench_frame AS
    SELECT id, 'ZX' || lpad(id::text, 12, '0') AS number,
           'B' || lpad((id %% 52)::text, 4, '0') || '|' || (ARRAY['bank', 'individual', 'other'])[1 + id %% 3]
               AS stratum
      FROM generate_series(1, %s) id;
    GRANT SELECT ON bench_frame TO PUBLIC;
    ANALYZE bench_frame;
"""
FROM_NARROW = "SELECT id, number, stratum FROM bench_frame"


def measure(stand: Stand) -> Iterator[Bar]:
    """From the machine's part to the last item, by the operations that a job calls."""
    plan, approver = plan_of(), person_of(Role.ADMINISTRATOR)
    Staff.objects.filter(pk=approver.pk).update(is_superuser=True)
    approver = Staff.objects.get(pk=approver.pk)
    version = plan.versions.get()
    frame, values = frame_of(version, localdate(timezone.now())).query.sql_with_params()

    def count() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM ({frame}) AS frame", values)  # noqa: S608 - the ORM's own
            cursor.fetchone()

    count()
    seconds, against = stand.in_turn(partial(draw_whole, plan, approver), count)
    yield Bar.of("draw", stand.size, seconds, baseline=COUNTED, against=against, bar=DRAW_BAR)
    if stand.size >= MILLION:
        yield from _narrow(stand)


def plan_of() -> SamplingPlan:
    """In force, drawn by branch and channel; made once."""
    known = SamplingPlan.objects.filter(code="bench").first()
    if known is not None:
        return known
    writer, now = person_of(Role.COMPLIANCE), timezone.now()
    plan = SamplingPlan.objects.create(
        code="bench", name="bench", purpose=SamplePurpose.CONSISTENCY, made_by=writer, made_at=now
    )
    version = PlanVersion.objects.create(
        plan=plan,
        number=1,
        strata=[StratumKey.BRANCH, StratumKey.CHANNEL],
        size_by=SampleSize.RATE,
        size_rate=SHARE,
        tolerable_rate=Decimal("0.05"),
        written_by=writer,
        written_at=now,
    )
    for state in (PlanState.SENT, PlanState.APPROVED):
        version.state, version.decided_by, version.decided_at = state, person_of(Role.ADMINISTRATOR), now
        version.save()
    return plan


def draw_whole(plan: SamplingPlan, approver: Staff) -> None:
    now = timezone.now()
    run = open_run(plan=plan, occasion=RunOccasion.BY_HAND, actor=None, at=now)
    run = take_frame(run=run, at=now)
    run = give_seed(run=run, part="benchmark", actor=approver, at=now)
    run = draw(run=run, at=now)
    wanted = sum(run.strata.values_list("quota", flat=True))
    if not wanted or run.items.count() != wanted:
        raise RuntimeError(f"{run.items.count()} items instead of {wanted}")


def _narrow(stand: Stand) -> Iterator[Bar]:
    """Frame, digest and selection, the same code over a table of three columns."""
    for size in NARROW:
        with stand.server() as server:
            server.execute(LAY_NARROW.replace("%s", str(size)).replace("%%", "%"))
        seconds = statistics.median(seconds_of(_select_narrow) for _round in range(stand.rounds))
        yield Bar.of("draw_narrow", size, seconds)
    with stand.server() as server:
        server.execute("DROP TABLE bench_frame")


def _select_narrow() -> None:
    with written_frame(text_of(FROM_NARROW)) as frame:

        def blocks() -> Iterator[bytes]:
            frame.file.seek(0)
            yield from blocks_of(frame.file)

        quotas = {key: round(size * SHARE) for key, size in frame.counts.items()}
        found = select(blocks, seed=secrets.token_hex(32), quotas=quotas, sizes=frame.counts)
    if sum(map(len, found.values())) != sum(quotas.values()):
        raise RuntimeError("the quotas are not met")
