from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditsConfig(AppConfig):
    name = "audits"
    verbose_name = _("Findings and rectifications")

    def ready(self) -> None:
        from audits.scope import register_scope

        register_scope()
