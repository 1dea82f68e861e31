from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PoliciesConfig(AppConfig):
    name = "policies"
    verbose_name = _("Policies")

    def ready(self) -> None:
        from policies.operations.corrections import PARTY, POLICY
        from policies.scope import register_scope
        from workplace.correctable import register_correctable

        register_scope()
        register_correctable(POLICY)
        register_correctable(PARTY)
        from policies.resources import register as register_kinds

        register_kinds()
        from policies.bulk import register as register_bulk

        register_bulk()
        from policies.saved_lists import register as register_lists

        register_lists()
        from policies.operations.rematching import register_followers

        register_followers()
        from policies.operations.refreshing import register as register_derivations

        register_derivations()
