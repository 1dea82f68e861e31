from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from audits.views.performance import performance, performance_policies, performance_rectifications

urlpatterns: list[URLPattern | URLResolver] = [
    path("performance/", performance, name="performance"),
    path("performance/policies/", performance_policies, name="performance_policies"),
    path("performance/rectifications/", performance_rectifications, name="performance_rectifications"),
]
