from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from customers.views.cleanups import cleanups, end, settings
from customers.views.customer import customer, dossier, reveal
from customers.views.lists import customers, export_customers
from customers.views.outside import compare, comparison
from customers.views.upkeep import confirm, identity_check, ledger

urlpatterns: list[URLPattern | URLResolver] = [
    path("customers/", customers, name="customers"),
    path("customers/export/", export_customers, name="export_customers"),
    path("customers/<int:pk>/", customer, name="customer"),
    path("customers/<int:pk>/reveal/<slug:field>/", reveal, name="reveal_customer"),
    path("customers/<int:pk>/dossier/", dossier, name="customer_dossier"),
    path("customers/<int:pk>/confirm/", confirm, name="confirm_contacts"),
    path("customers/<int:pk>/identity-check/", identity_check, name="identity_check"),
    path("customers/<int:pk>/ledger/", ledger, name="customer_ledger"),
    path("duplicates/settings/", settings, name="duplicate_settings"),
    path("duplicates/clean-ups/", cleanups, name="cleanups"),
    path("duplicates/clean-ups/<int:pk>/end/", end, name="end_cleanup"),
    path("duplicates/compare/", compare, name="compare_file"),
    path("duplicates/compare/<int:pk>/", comparison, name="comparison"),
]
