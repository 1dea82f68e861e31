from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def grant(using: str, **kwargs: Any) -> None:
    from workplace.database_roles import grant_web_role
    from workplace.history_plans import settle_history_plans
    from workplace.partitions import make_partitions

    make_partitions(today=timezone.localdate(), using=using)
    grant_web_role(using=using, web_role=settings.WEB_DATABASE_ROLE)
    settle_history_plans(using=using)


def schedule(using: str, **kwargs: Any) -> None:
    from workplace.schedules import ensure_schedules

    ensure_schedules(using=using)


class WorkplaceConfig(AppConfig):
    name = "workplace"
    verbose_name = _("Workplace")

    def ready(self) -> None:
        post_migrate.connect(grant, sender=self, dispatch_uid="workplace.grant")
        post_migrate.connect(schedule, sender=self, dispatch_uid="workplace.schedule")
        from workplace.schedules import Schedule, register_schedule

        register_schedule(Schedule("requeue stale jobs", "workplace.tasks.requeue_stale_jobs", seconds=30))
        register_schedule(Schedule("make partitions", "workplace.tasks.ensure_partitions", hour=1, minute=10))
        register_schedule(Schedule("remove old files", "workplace.tasks.remove_expired", hour=2, minute=20))
        register_schedule(Schedule("mail digests", "workplace.tasks.send_digests", seconds=900))
        register_schedule(Schedule("push notices", "workplace.tasks.push_notices", seconds=120))
        register_schedule(
            Schedule("tell of lists that end", "workplace.tasks.tell_of_expiring_lists", hour=7, minute=30)
        )
        from workplace import absence_words, bulk_jobs, import_jobs, notice_words
        from workplace.leaving import register_leaving
        from workplace.operations.absences import end_absences_of

        notice_words.register()
        absence_words.register()
        register_leaving("absences", end_absences_of)
        import_jobs.register()
        bulk_jobs.register()
