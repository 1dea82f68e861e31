"""What clerks wait for with many rectifications about, and a reassignment of thousands at once."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audits.choices import BulkKind, BulkOutcome
from audits.choices import RectificationState as State
from audits.models import BulkAction, BulkLine, Rectification
from audits.operations.bulk import start_bulk
from audits.spreading import Share, Spreading
from audits.worklists import AT_WORK
from benchmarks.stand import Bar, Stand, many, quantile
from benchmarks.web import logged_in, measuring_addresses, person_of
from workplace.choices import JobState, Role
from workplace.jobs import execute
from workplace.models import Staff

STAFF, TAKERS = 200, 20
FEWEST = 20_000
MOST_AT_ONCE = 12_000
ASKED, LOOKED_AT = 200, 20
PAGE_BAR, BULK_BAR = 2.0, 4.0
CLERK = "bench-owner-"

# One customer each for the first half, then one policy each; of ten nine are closed, and of the open ones six
# in ten assigned, two in progress, one in review, one returned.
RECTIFICATIONS = """
    WITH subjects AS (
        (SELECT id AS customer, NULL::bigint AS policy, home_branch_id AS branch, NULL::bigint AS agency
           FROM customers_customer ORDER BY id LIMIT %(half)s)
        UNION ALL
        (SELECT NULL, id, branch_id, agency_id FROM policies_policy ORDER BY id LIMIT %(half)s)
    ), counted AS (
        SELECT *, row_number() OVER (ORDER BY coalesce(customer, policy), policy NULLS FIRST) AS n
          FROM subjects
    ), placed AS (
        SELECT *, m %% 10 AS turn, k %% 10 = 0 AS open,
               (ARRAY(SELECT id FROM workplace_staff WHERE username LIKE %(clerks)s ORDER BY id))
                   [1 + (m + m / 10) %% %(owners)s] AS owner
          FROM counted, LATERAL (SELECT (n + 1) / 2 AS k, (n + 1) / 20 AS m) AS pair
    )
    INSERT INTO audits_rectification
           (number, customer_id, policy_id, branch_id, agency_id, state, owner_id, assigned_by_id,
            submitted_by_id, closed_by_id, due_on, due_from, added_days, reply_due_on, replied_at, opened_at,
            assigned_at, submitted_at, closed_at, closing_cause, proposed_end, draft_note, reopened, version,
            will, applicant)
    SELECT 'B' || n, customer, policy, branch, agency,
           CASE WHEN NOT open THEN 'closed' WHEN turn < 6 THEN 'assigned' WHEN turn < 8 THEN 'in_progress'
                WHEN turn < 9 THEN 'in_review' ELSE 'returned' END,
           owner, %(manager)s, CASE WHEN NOT open OR turn = 8 THEN owner END,
           CASE WHEN NOT open THEN %(manager)s END,
           %(today)s::date + (n %% 30)::int - 10, %(today)s::date + (n %% 30)::int - 10, 0,
           %(today)s::date - 5, %(now)s::timestamptz - interval '10 days',
           %(now)s::timestamptz - (20 + n %% 300) * interval '1 day',
           %(now)s::timestamptz - (19 + n %% 300) * interval '1 day',
           CASE WHEN NOT open OR turn = 8
                THEN %(now)s::timestamptz - (12 + n %% 300) * interval '1 day' END,
           CASE WHEN NOT open THEN %(now)s::timestamptz - (11 + n %% 300) * interval '1 day' END,
           CASE WHEN NOT open THEN 'accepted' ELSE '' END, '', '', 0, 5, '', ''
      FROM placed
"""
FINDINGS = """
    INSERT INTO audits_finding
           (customer_id, policy_id, severity, kind, rule_version, value_hash, value_masked, subject_key,
            cohort, answering_policy_id, answering_branch_id, answering_agency_id, rule, field, part, source,
            state, business_stage, rectification_id, due_on, first_seen_at, last_seen_at, closed_at, reopened)
    SELECT r.customer_id, r.policy_id, 'ERROR', 'false', 1, md5(r.id::text), '138****0000', r.id::text, 'new',
           r.policy_id, r.branch_id, r.agency_id, told.rule, told.field, '', 'rule',
           CASE WHEN r.state = 'closed' THEN 'closed' ELSE 'open' END,
           'sale', r.id, r.due_on, r.opened_at, r.opened_at, r.closed_at, 0
      FROM audits_rectification r
      JOIN (VALUES (true, 'PH-001', 'mobile'), (true, 'AD-001', 'address'), (false, 'PO-001', 'seller_no'))
           AS told (of_customer, rule, field) ON told.of_customer = (r.customer_id IS NOT NULL)
"""
TIMELINE = """
    INSERT INTO audits_timelineentry
           (rectification_id, at, actor_id, kind, action, from_state, to_state, reason, detail)
    SELECT r.id, told.at, told.actor, 'step', told.action, told.before, told.after, '', '{}'
      FROM audits_rectification r
     CROSS JOIN LATERAL (VALUES
            (1, r.opened_at, NULL, 'open', '', 'open', true),
            (2, r.assigned_at, r.assigned_by_id, 'assign', 'open', 'assigned', true),
            (3, r.assigned_at, r.owner_id, 'start', 'assigned', 'in_progress', r.state <> 'assigned'),
            (4, r.submitted_at, r.submitted_by_id, 'submit', 'in_progress', 'in_review',
                r.submitted_at IS NOT NULL),
            (5, r.closed_at, r.closed_by_id, 'accept', 'in_review', 'closed', r.state = 'closed'))
           AS told (place, at, actor, action, before, after, was)
     WHERE told.was
     ORDER BY r.id, told.place
"""
BARE = """
    UPDATE audits_rectification
       SET owner_id = %s, assigned_by_id = %s, assigned_at = %s, version = version + 1
     WHERE id = ANY(%s)
"""


def measure(stand: Stand) -> Iterator[Bar]:
    manager = person_of(Role.MANAGER)
    lay(stand, manager)
    with measuring_addresses():
        yield from _pages(stand, manager)
    yield _bulk(stand, manager)


def lay(stand: Stand, manager: Staff) -> None:
    """A rectification for every fifth customer, at least twenty thousand; with findings and timeline."""
    clerk = person_of(Role.CLERK)
    half = max(stand.size // 5, FEWEST) // 2
    values = {
        "half": half, "clerks": f"{CLERK}%", "owners": STAFF - TAKERS, "manager": manager.pk,
        "today": timezone.localdate(), "now": timezone.now(),
    }  # fmt: skip
    with stand.server() as server:
        server.execute("SET session_replication_role = replica")
        server.execute("TRUNCATE audits_rectification, audits_finding RESTART IDENTITY CASCADE")
        _hire(server, clerk)
        server.execute(RECTIFICATIONS, values)
        server.execute(FINDINGS)
        server.execute(TIMELINE)
    with stand.server() as server:
        server.autocommit = True
        server.execute("VACUUM ANALYZE")


def _hire(server: Any, clerk: Staff) -> None:
    """Two hundred like this one, in the same groups and with the same sight."""
    fields = Staff._meta.concrete_fields
    columns = [str(one.column) for one in fields if one.column not in {"id", "username"}]
    names = ", ".join(columns)
    server.execute(
        f"INSERT INTO workplace_staff (username, {names})"  # noqa: S608 - columns of the model
        f" SELECT %s || lpad(n::text, 3, '0'), {names} FROM workplace_staff, generate_series(1, %s) n"
        " WHERE id = %s ON CONFLICT DO NOTHING",
        [CLERK, STAFF, clerk.pk],
    )
    for table, person, thing in (
        ("workplace_staff_groups", "staff_id", "group_id"),
        ("agents_branchuserobjectpermission", "user_id", "permission_id, content_object_id"),
    ):
        server.execute(
            f"INSERT INTO {table} ({person}, {thing})"  # noqa: S608 - named above
            f" SELECT s.id, {', '.join('had.' + one.strip() for one in thing.split(','))}"
            f" FROM {table} had, workplace_staff s WHERE had.{person} = %s AND s.username LIKE %s"
            " ON CONFLICT DO NOTHING",
            [clerk.pk, f"{CLERK}%"],
        )


def clerks() -> list[Staff]:
    return list(Staff.objects.filter(username__startswith=CLERK).order_by("pk"))


# -- pages -------------------------------------------------------------------------------------------


def _pages(stand: Stand, manager: Staff) -> Iterator[Bar]:
    chance = random.Random(stand.seed)
    people = chance.sample(clerks()[: STAFF - TAKERS], LOOKED_AT)
    clients = [(logged_in(one), _owned(one, *AT_WORK)) for one in people]
    last = Rectification.objects.order_by("-pk").values_list("pk", flat=True)[0]

    def fifty() -> None:
        keys = ",".join(str(chance.randint(1, last)) for _ in range(50))
        _get(chance.choice(clients)[0], f"/bench/fifty/?keys={keys}")

    def queue() -> None:
        _get(chance.choice(clients)[0], "/rectifications/")

    def workbench() -> None:
        client, owned = chance.choice(clients)
        _get(client, f"/rectifications/{chance.choice(owned)}/")

    board, measures = (partial(_get, logged_in(manager), page) for page in ("/board/", "/measures/"))
    warm: list[Callable[[], None]] = [fifty, queue, workbench]
    for work in warm * 5:
        work()
    base, lists, benches = (many(work, ASKED) for work in (fifty, queue, workbench))
    against = quantile(base, 0.95)
    for name, taken in (("queue_p95", lists), ("workbench_p95", benches)):
        seconds = quantile(taken, 0.95)
        yield Bar.of(name, stand.size, seconds, baseline="50 by key", against=against, bar=PAGE_BAR)
    yield _constant(
        "queue_queries", stand, [partial(_get, client, "/rectifications/") for client, _ in clients]
    )
    begun = [_owned(one, State.IN_PROGRESS) for one in people]
    pages = [
        partial(_get, client, f"/rectifications/{owned[0]}/")
        for (client, _), owned in zip(clients, begun, strict=True)
        if owned
    ]
    yield _constant("workbench_queries", stand, pages)
    for name, work in (("board_p95", board), ("measures_p95", measures)):
        seconds = quantile(many(work, 10), 0.95)
        yield Bar.of(name, stand.size, seconds, baseline="50 by key", against=against)


def _owned(staff: Staff, *states: str) -> list[int]:
    """On which this person works, those of customers: all alike but for their state."""
    rows = Rectification.objects.filter(owner=staff, state__in=states, customer__isnull=False)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _get(client: Client, path: str) -> None:
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")


def _constant(name: str, stand: Stand, asked: Sequence[Callable[[], None]]) -> Bar:
    """Not seconds but queries: the most and the fewest that any took the second time; the first opening of
    a record is written down."""
    counts = []
    for ask in asked:
        ask()
        with CaptureQueriesContext(connection) as captured:
            ask()
        counts.append(float(len(captured)))
    return Bar.of(name, stand.size, max(counts), baseline="fewest queries", against=min(counts), bar=1.0)


# -- bulk --------------------------------------------------------------------------------------------


def _bulk(stand: Stand, manager: Staff) -> Bar:
    """Of those assigned, twelve thousand at most, to ten people in turn with ten others."""
    rows = Rectification.objects.filter(state=State.ASSIGNED).order_by("pk")
    ids = list(rows.values_list("pk", flat=True)[:MOST_AT_ONCE])
    others, takers = clerks()[: STAFF - TAKERS], clerks()[STAFF - TAKERS :]
    turns = iter([takers[: TAKERS // 2], takers[TAKERS // 2 :]] * stand.rounds)
    seconds, against = stand.in_turn(
        lambda: _reassigned(manager, next(turns), len(ids)), lambda: _bare(manager, others[0], ids)
    )
    return Bar.of(
        "bulk_reassign", stand.size, seconds, baseline="one bare UPDATE", against=against, bar=BULK_BAR
    )


def _reassigned(manager: Staff, takers: Sequence[Staff], count: int) -> None:
    """As the manager presses it and the worker runs it."""
    filters = {"tab": "all", "state": State.ASSIGNED.value}
    action: BulkAction = start_bulk(
        kind=BulkKind.REASSIGN,
        filters=filters,
        actor=Staff.objects.get(pk=manager.pk),
        at=timezone.now(),
        seen=count,
        spreading=Spreading([Share(one.pk, 0, 1) for one in takers]),
    )
    if action.job is None:
        raise RuntimeError("nothing was begun")
    execute(action.job.pk)
    action.job.refresh_from_db()
    done = BulkLine.objects.filter(action=action, outcome=BulkOutcome.DONE).count()
    if action.job.state != JobState.DONE or done != count:
        raise RuntimeError(f"{done} of {count} reassigned: {action.job.state} {action.job.error}")


def _bare(manager: Staff, taker: Staff, ids: Sequence[int]) -> None:
    """One statement with the history that it brings, to somebody who takes no part."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BARE, [taker.pk, manager.pk, timezone.now(), list(ids)])
