from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from config.api import api

urlpatterns = [
    path("", include("config.pages")),
    path("", include("config.health")),
    path("", include("workplace.urls")),
    path("", include("agents.urls")),
    path("", include("customers.urls")),
    path("", include("policies.urls")),
    path("", include("audits.urls")),
    path("api/v1/", api.urls),
    path("admin/", admin.site.urls),
]

handler400 = "config.views.errors.malformed"
handler403 = "config.views.errors.refused"
handler404 = "config.views.errors.not_found"
handler500 = "config.views.errors.broken"
