"""Figures for the people who run the house, in Prometheus' text form; no personal data."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Iterator
from dataclasses import dataclass

import redis
from django.conf import settings
from django.db.models import Count, Max, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from audits.choices import FindingState, RectificationState
from audits.models import Finding, Rectification
from workplace.choices import ConflictState, JobState
from workplace.models import Conflict, Job, OutboxEntry

log = logging.getLogger(__name__)
LOOPBACK = {"127.0.0.1", "::1"}


@dataclass(frozen=True)
class Gauge:
    name: str
    text: str
    values: dict[str, float]
    label: str = ""

    def lines(self) -> Iterator[str]:
        yield f"# HELP zhenxin_{self.name} {self.text}"
        yield f"# TYPE zhenxin_{self.name} gauge"
        for key, value in self.values.items():
            mark = f'{{{self.label}="{key}"}}' if self.label else ""
            yield f"zhenxin_{self.name}{mark} {value:g}"


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """For this machine, or for whoever brings METRICS_TOKEN; to others it does not exist."""
    if not _may_measure(request):
        raise Http404
    lines = [line for gauge in (*_of_jobs(), *_of_work()) for line in gauge.lines()]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_measure(request: HttpRequest) -> bool:
    """A proxy on this machine forwards with X-Forwarded-For: its callers are not this machine."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if settings.METRICS_TOKEN and hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        return True
    return request.META.get("REMOTE_ADDR") in LOOPBACK and "X-Forwarded-For" not in request.headers


def _queue_depth() -> float:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
            return float(str(client.llen("celery")))
    except redis.RedisError:
        log.warning("the broker does not answer")
        return -1


def _of_jobs() -> Iterator[Gauge]:
    now = timezone.now()
    counted = dict(Job.objects.order_by().values_list("state").annotate(n=Count("pk")))
    states = {state: counted.get(state, 0) for state in JobState.values}
    oldest = Job.objects.filter(state=JobState.QUEUED).aggregate(at=Min("created_at"))["at"]
    swept = Job.objects.filter(kind="sweep", state=JobState.DONE).aggregate(at=Max("finished_at"))["at"]
    waited = (now - oldest).total_seconds() if oldest else 0
    age = (now - swept).total_seconds() if swept else -1
    yield Gauge("jobs", "Jobs by state.", states, "state")
    yield Gauge("job_oldest_wait_seconds", "How long the oldest waiting job has waited.", {"": waited})
    yield Gauge("queue_depth", "Messages that no worker has taken; -1 unknown.", {"": _queue_depth()})
    yield Gauge("last_sweep_age_seconds", "Since the last finished sweep; -1 before the first.", {"": age})


def _of_work() -> Iterator[Gauge]:
    found = dict(Rectification.objects.order_by().values_list("state").annotate(n=Count("pk")))
    states = {state: found.get(state, 0) for state in RectificationState.values}
    findings = Finding.objects.filter(state=FindingState.OPEN).order_by().values_list("severity")
    conflicts = Conflict.objects.filter(state=ConflictState.OPEN).count()
    unsent = OutboxEntry.objects.filter(acknowledged_at__isnull=True).count()
    yield Gauge("rectifications", "Rectifications by state.", states, "state")
    yield Gauge("open_findings", "Open findings.", dict(findings.annotate(n=Count("pk"))), "severity")
    yield Gauge("open_conflicts", "Conflicts that wait for a person.", {"": conflicts})
    yield Gauge("outbox_waiting", "Corrections that the core system has not acknowledged.", {"": unsent})
