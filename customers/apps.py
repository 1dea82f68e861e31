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
        from customers.resources import register as register_kinds

        register_kinds()
