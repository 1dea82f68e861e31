from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class ZhenxinConfig(AppConfig):
    """The composition root: it may import every app and is imported by none."""

    name = "config"

    def ready(self) -> None:
        from config.roles import after_migrate

        # The last of our apps: every permission can be made by then, and all tables stand.
        post_migrate.connect(after_migrate, sender=apps.get_app_config("audits"), dispatch_uid="config.roles")
