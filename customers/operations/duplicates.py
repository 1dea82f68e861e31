"""Finds probable duplicates, remembers what people decided about them, and leads their clean-up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from agents.models import Branch
from agents.models.reach import subtree_of
from authenticity.hashing import value_hash
from customers.choices import PairState
from customers.duplicates.candidates import persons
from customers.duplicates.comparing import Person
from customers.duplicates.reading import THRESHOLDS, thresholds_now
from customers.duplicates.searching import CHUNK, Alike, Thresholds, collect, judge
from customers.models import DuplicateCampaign, DuplicatePair, DuplicateRun, DuplicateSettings
from workplace.jobs import JobRun, start_job
from workplace.models import Job, Staff
from workplace.operations.staff import recorded

KIND = "find_duplicates"


class DecisionRefused(Exception):
    """The decision cannot be taken; its text says why."""


def change_thresholds(*, values: Mapping[str, int], actor: Staff, at: datetime) -> DuplicateSettings:
    """From the next search on; pairs already found keep their score."""
    with transaction.atomic(), recorded(actor, "duplicate thresholds changed"):
        row = DuplicateSettings.objects.select_for_update().filter(pk=1).first() or DuplicateSettings(pk=1)
        for name in THRESHOLDS:
            setattr(row, name, values.get(name, getattr(row, name)))
        row.changed_by, row.changed_at = actor, at
        row.save()
    return row


def identity_hash(person: Person) -> str:
    """Of the five identity fields: what makes "not the same person" hold no longer when it changes."""
    said = "|".join((person.name, person.sex, person.birth_date, person.id_type, person.id_key))
    return value_hash("identity", said, settings.HASH_KEY)


def start_search(*, actor: Staff | None, at: datetime) -> Job:
    """Over the whole book; the unfinished search if there is one."""
    return start_job(kind=KIND, parameters={}, actor=actor, at=at, unique_key=KIND)


def run_search(run: JobRun, clock: Callable[[], datetime]) -> dict[str, Any]:
    """Compares all candidates chunk by chunk; a search that was killed goes on after the last chunk."""
    with transaction.atomic():
        found_run = _run_of(run, clock())
        thresholds = Thresholds(**found_run.thresholds)
        found = collect(thresholds, lambda done, total: run.advance(done=0, total=0, lasting=False))
        ordered = sorted(found.pairs)
        DuplicateRun.objects.filter(pk=found_run.pk).update(candidates=len(ordered), crowded=found.crowded)
    last = tuple(run.cursor.get("last", (0, 0)))
    left = [pair for pair in ordered if pair > last]
    for start in range(0, len(left), CHUNK):
        chunk = left[start : start + CHUNK]
        with transaction.atomic():
            keep_pairs(alike=judge(found, chunk, thresholds), run=found_run, at=clock())
            done = len(ordered) - len(left) + start + len(chunk)
            run.advance(done=done, total=len(ordered), cursor={"run": found_run.pk, "last": chunk[-1]})
    with transaction.atomic():
        finish_search(run=found_run, at=clock())
    found_run.refresh_from_db()
    return {name: getattr(found_run, name) for name in ("candidates", "found", "opened", "forgotten", "gone")}


def _run_of(run: JobRun, at: datetime) -> DuplicateRun:
    found, _made = DuplicateRun.objects.get_or_create(
        job=run.job, defaults={"started_at": at, "thresholds": thresholds_now().as_json()}
    )
    return found


def find_duplicates(*, actor: Staff | None, at: datetime) -> DuplicateRun:
    """The whole search at once, for commands, the demo and tests."""
    with transaction.atomic():
        thresholds = thresholds_now()
        run = DuplicateRun.objects.create(started_at=at, thresholds=thresholds.as_json())
        found = collect(thresholds)
        ordered = sorted(found.pairs)
        for start in range(0, len(ordered), CHUNK):
            keep_pairs(alike=judge(found, ordered[start : start + CHUNK], thresholds), run=run, at=at)
        DuplicateRun.objects.filter(pk=run.pk).update(candidates=len(ordered), crowded=found.crowded)
        finish_search(run=run, at=at)
        run.refresh_from_db()
    return run


def keep_pairs(*, alike: Sequence[Alike], run: DuplicateRun, at: datetime) -> None:
    """New pairs open, known ones say what was found now; a decision stands while both identities do."""
    by_pair = {one.pair: one for one in alike}
    known = _known(by_pair)
    opened = [_new(one, run, at) for pair, one in by_pair.items() if pair not in known]
    hashes = _hashes([pair for pair, row in known.items() if row.state == PairState.DISTINCT])
    forgotten = 0
    for pair, row in known.items():
        forgotten += _refresh(row, by_pair[pair], run, hashes)
    with recorded(None, "search for duplicates"):
        DuplicatePair.objects.bulk_create(opened, batch_size=2_000)
        changed = ["score", "explanation", "kinds", "siblings", "seen_by", "state", "version"]
        DuplicatePair.objects.bulk_update(known.values(), changed, batch_size=1_000)
    DuplicateRun.objects.filter(pk=run.pk).update(
        found=F("found") + len(alike),
        opened=F("opened") + len(opened),
        forgotten=F("forgotten") + forgotten,
    )


def _known(by_pair: Mapping[tuple[int, int], Alike]) -> dict[tuple[int, int], DuplicatePair]:
    lefts = {left for left, _right in by_pair}
    rows = DuplicatePair.objects.select_for_update(of=("self",)).filter(left_id__in=lefts).order_by("pk")
    return {(row.left_id, row.right_id): row for row in rows if (row.left_id, row.right_id) in by_pair}


def _new(one: Alike, run: DuplicateRun, at: datetime) -> DuplicatePair:
    return DuplicatePair(
        left_id=one.pair[0], right_id=one.pair[1], found_by=run, seen_by=run, found_at=at, **_said(one)
    )


def _said(one: Alike) -> dict[str, Any]:
    return {
        "score": one.comparison.score,
        "explanation": one.comparison.as_json(),
        "kinds": list(one.kinds),
        "siblings": one.siblings,
    }


def _refresh(row: DuplicatePair, one: Alike, run: DuplicateRun, hashes: Mapping[int, str]) -> bool:
    """True when a decision was forgotten because somebody's identity is no longer what it was."""
    for name, value in _said(one).items():
        setattr(row, name, value)
    row.seen_by = run
    changed = row.state == PairState.DISTINCT and (
        hashes[row.left_id] != row.left_identity or hashes[row.right_id] != row.right_identity
    )
    if changed or row.state in (PairState.GONE, PairState.MERGED):
        row.state = PairState.OPEN
        row.version += 1
    return changed


def _hashes(pairs: Iterable[tuple[int, int]]) -> dict[int, str]:
    known = persons({pk for pair in pairs for pk in pair})
    return {pk: identity_hash(person) for pk, person in known.items()}


def finish_search(*, run: DuplicateRun, at: datetime) -> None:
    """Pairs that are no longer alike go; new ones join the clean-up of their branch."""
    with recorded(None, "search for duplicates"):
        unseen = DuplicatePair.objects.filter(state=PairState.OPEN).exclude(seen_by=run)
        gone = unseen.update(state=PairState.GONE, version=F("version") + 1)
    for campaign in DuplicateCampaign.objects.filter(ended_at__isnull=True).order_by("pk"):
        join_campaign(campaign)
    DuplicateRun.objects.filter(pk=run.pk).update(gone=F("gone") + gone, finished_at=at)


# -- what people decide ----------------------------------------------------------------------------


def locked_pair(pair: DuplicatePair) -> DuplicatePair:
    found: DuplicatePair = DuplicatePair.objects.select_for_update(of=("self",)).get(pk=pair.pk)
    return found


def decide_distinct(*, pair: DuplicatePair, reason: str, actor: Staff, at: datetime) -> DuplicatePair:
    """Two people: searches keep quiet about the pair until one of them has another identity."""
    if not reason.strip():
        raise DecisionRefused(_("Say why they are two people."))
    with transaction.atomic(), recorded(actor, "not the same person"):
        found = locked_pair(pair)
        _check_open(found)
        hashes = _hashes([(found.left_id, found.right_id)])
        if len(hashes) < 2:
            raise DecisionRefused(_("One of them has been merged meanwhile."))
        found.left_identity, found.right_identity = hashes[found.left_id], hashes[found.right_id]
        found.state, found.reason = PairState.DISTINCT, reason.strip()
        found.decided_by, found.decided_at = actor, at
        found.version += 1
        found.save()
    return found


def _check_open(pair: DuplicatePair) -> None:
    if pair.state == PairState.OPEN:
        return
    by = pair.decided_by.name if pair.decided_by else _("the system")
    names = {"state": pair.get_state_display(), "by": by}
    raise DecisionRefused(_("Already decided: %(state)s (%(by)s).") % names)


def reopen_pair(*, pair: DuplicatePair, reason: str, actor: Staff, at: datetime) -> DuplicatePair:
    """ "Not the same person" taken back."""
    if not reason.strip():
        raise DecisionRefused(_("Say why it is to be decided again."))
    with transaction.atomic(), recorded(actor, "pair reopened"):
        found = locked_pair(pair)
        if found.state != PairState.DISTINCT:
            raise DecisionRefused(_("Only “not the same person” can be taken back here."))
        found.state, found.reason = PairState.OPEN, reason.strip()
        found.decided_by, found.decided_at = actor, at
        found.left_identity = found.right_identity = ""
        found.version += 1
        found.save()
    return found


def assign_pairs(*, pairs: Collection[DuplicatePair], owner: Staff, actor: Staff, at: datetime) -> int:
    """Only those that the new owner sees; returns how many those were."""
    ids = [pair.pk for pair in pairs]
    seen = DuplicatePair.objects.visible_to(owner).filter(pk__in=ids, state=PairState.OPEN)
    with transaction.atomic(), recorded(actor, "pairs assigned"):
        chosen = DuplicatePair.objects.filter(pk__in=list(seen.values_list("pk", flat=True)))
        return chosen.update(owner=owner, version=F("version") + 1)


# -- the clean-up ----------------------------------------------------------------------------------


def start_campaign(
    *, name: str, branch: Branch, owner: Staff, deadline: date, actor: Staff, at: datetime
) -> DuplicateCampaign:
    """Takes in every open pair with a customer of the branch or below that is in no clean-up yet."""
    with transaction.atomic(), recorded(actor, "clean-up started"):
        campaign = DuplicateCampaign.objects.create(
            name=name, branch=branch, owner=owner, deadline=deadline, started_by=actor, started_at=at
        )
        join_campaign(campaign)
    return campaign


def join_campaign(campaign: DuplicateCampaign) -> int:
    """Pairs that the campaign's branch answers for; a pair has one campaign at most."""
    branches = subtree_of([campaign.branch_id])
    here = Q(left__home_branch_id__in=branches) | Q(right__home_branch_id__in=branches)
    free = DuplicatePair.objects.filter(here, state=PairState.OPEN, campaign__isnull=True)
    ids = list(free.values_list("pk", flat=True))
    return DuplicatePair.objects.filter(pk__in=ids).update(campaign=campaign)


def end_campaign(*, campaign: DuplicateCampaign, actor: Staff, at: datetime) -> None:
    """What is left open joins the next clean-up."""
    with transaction.atomic(), recorded(actor, "clean-up ended"):
        ended = DuplicateCampaign.objects.filter(pk=campaign.pk, ended_at__isnull=True)
        if ended.update(ended_at=at):
            left = DuplicatePair.objects.filter(campaign=campaign, state=PairState.OPEN)
            left.update(campaign=None)
