"""The product's addresses and two that only measure: a SELECT 1 and a re-check, by the web stack."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.http import require_POST

from audits.operations.sweep import resweep_subjects
from benchmarks.stand import select_one
from workplace.access import requires


@requires()
def one(request: HttpRequest) -> HttpResponse:
    select_one()
    return HttpResponse("1")


@requires("audits.work_rectification")
@require_POST
def recheck(request: HttpRequest, pk: int) -> HttpResponse:
    resweep_subjects(customer_ids=[pk], at=timezone.now(), actor=None)
    return HttpResponse("1")


urlpatterns = [
    path("bench/one/", one),
    path("bench/recheck/<int:pk>/", recheck),
    path("", include("config.urls")),
]
