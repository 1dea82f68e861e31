from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def grant(using: str, **kwargs: Any) -> None:
    from workplace.database_roles import grant_web_role

    grant_web_role(using=using, web_role=settings.WEB_DATABASE_ROLE)


class WorkplaceConfig(AppConfig):
    name = "workplace"
    verbose_name = _("Workplace")

    def ready(self) -> None:
        post_migrate.connect(grant, sender=self, dispatch_uid="workplace.grant")
