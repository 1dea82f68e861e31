"""What runs by the clock: each app names its tasks, the rows are made once after each migrate."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

BUSINESS_TIMEZONE = "Asia/Shanghai"


@dataclass(frozen=True)
class Schedule:
    """Either every so many seconds, or daily at `hour`:`minute` in Shanghai."""

    name: str
    task: str
    seconds: int = 0
    hour: int = 0
    minute: int = 0
    kwargs: dict[str, Any] = field(default_factory=dict)


_SCHEDULES: dict[str, Schedule] = {}


def register_schedule(schedule: Schedule) -> None:
    _SCHEDULES[schedule.name] = schedule


def ensure_schedules(*, using: str) -> int:
    """Make the rows that are missing; one that an administrator changed or switched off stays so."""
    made = 0
    for schedule in _SCHEDULES.values():
        if PeriodicTask.objects.using(using).filter(name=schedule.name).exists():
            continue
        PeriodicTask.objects.using(using).create(
            name=schedule.name,
            task=schedule.task,
            kwargs=json.dumps(schedule.kwargs),
            **_when(schedule, using),
        )
        made += 1
    return made


def _when(schedule: Schedule, using: str) -> dict[str, Any]:
    if schedule.seconds:
        interval, _ = IntervalSchedule.objects.using(using).get_or_create(
            every=schedule.seconds, period=IntervalSchedule.SECONDS
        )
        return {"interval": interval}
    crontab, _ = CrontabSchedule.objects.using(using).get_or_create(
        minute=str(schedule.minute),
        hour=str(schedule.hour),
        day_of_week="*",
        day_of_month="*",
        month_of_year="*",
        timezone=BUSINESS_TIMEZONE,
    )
    return {"crontab": crontab}
