from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def load(using: str, **kwargs: Any) -> None:
    from authenticity.operations.reference import load_reference

    load_reference(using=using)


class AuthenticityConfig(AppConfig):
    name = "authenticity"
    verbose_name = _("Articles and rules")

    def ready(self) -> None:
        post_migrate.connect(load, sender=self, dispatch_uid="authenticity.reference")
