from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from customers.views.customer import customer, dossier, reveal
from customers.views.lists import customers, export_customers

urlpatterns: list[URLPattern | URLResolver] = [
    path("customers/", customers, name="customers"),
    path("customers/export/", export_customers, name="export_customers"),
    path("customers/<int:pk>/", customer, name="customer"),
    path("customers/<int:pk>/reveal/<slug:field>/", reveal, name="reveal_customer"),
    path("customers/<int:pk>/dossier/", dossier, name="customer_dossier"),
]
