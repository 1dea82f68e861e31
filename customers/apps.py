from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        from customers.operations.corrections import CUSTOMER
        from customers.scope import register_scope
        from workplace.correctable import register_correctable

        register_scope()
        register_correctable(CUSTOMER)
        from customers.bulk import register as register_bulk
        from customers.resources import register as register_kinds

        register_kinds()
        register_bulk()
        from customers.saved_lists import register as register_lists

        register_lists()
        from customers.operations.refreshing import register as register_derivations

        register_derivations()
        self._register_search()
        from authenticity.operations.words import followers
        from customers.reading import forget_reading
        from customers.reading import register as register_reading

        register_reading()
        followers.append(forget_reading)

    def _register_search(self) -> None:
        from customers.tasks import run_search
        from workplace.jobs import register_job
        from workplace.schedules import Schedule, register_schedule

        register_job("find_duplicates", run_search, _("Search for duplicates"))
        name = "nightly search for duplicates"
        register_schedule(Schedule(name, "customers.tasks.nightly_search", hour=3, minute=30))
