"""Run by `manage.py shell` of a running product: each line of standard input takes a draw a step on.

`due` puts a plan in force that is due today and answers with it; `part 3` gives the approver's part of
its draw; `proof 3` says whether the draw repeats to the same items and the sealed chain holds.
"""

import sys
from datetime import timedelta
from decimal import Decimal

from django.db import connection
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from agents.choices import Post
from audits.models import SamplingRun
from audits.operations.sampling_runs import give_seed
from audits.redraws import redraw
from audits.sealed_contents import first_broken
from tests.factories import head_office, make_branch, make_customer, make_policy, make_staff
from tests.sampling.draws import PART, plan_in_force
from workplace.choices import Role
from workplace.models import CalendarDay

SOLD = 40


def officer():
    return make_staff(Role.COMPLIANCE, branch=head_office(), post=Post.COMPLIANCE)


def found():
    """A small book, a working day, and beat that looks every few seconds; a new one sends at once."""
    branch = make_branch()
    for _one in range(SOLD):
        make_policy(branch=branch, holder=make_customer(home_branch=branch))
    CalendarDay.objects.update_or_create(day=timezone.localdate(), defaults={"working": True})
    task = PeriodicTask.objects.get(task="audits.tasks.open_due_samples")
    task.interval, _new = IntervalSchedule.objects.get_or_create(every=int(sys.argv[-1]), period="seconds")
    task.last_run_at = timezone.now() - timedelta(days=1)
    task.save()


def said(words, writer, approver):
    if words[0] == "due":
        plan = plan_in_force(writer=writer, approver=approver, period="yearly", size_rate=Decimal("0.25"))
        return str(plan.pk)
    run = SamplingRun.objects.get(plan=int(words[1]))
    if words[0] == "part":
        give_seed(run=run, part=PART, actor=approver, at=timezone.now())
        return "given"
    return f"{redraw(run=run).identical} {first_broken() is None}"


found()
people = officer(), officer()
for line in sys.stdin:
    connection.close()
    sys.stdout.write(f"answer {said(line.split(), *people)}\n")
    sys.stdout.flush()
