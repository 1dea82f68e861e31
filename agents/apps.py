from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgentsConfig(AppConfig):
    name = "agents"
    verbose_name = _("Branches, agencies and sellers")

    def ready(self) -> None:
        from agents.scope import register_scope

        register_scope()
        from agents.resources import register as register_kinds

        register_kinds()
        from agents.operations.refreshing import register as register_derivations

        register_derivations()
