"""The product's addresses and those that only measure: a SELECT 1, fifty rows and a re-check."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.http import require_POST

from audits.models import Rectification
from audits.operations.sweep import resweep_subjects
from benchmarks.stand import select_one
from workplace.access import requires

FIFTY = """{% extends "zhenxin/page.html" %}
{% block content %}<table class="zx-table"><tbody>{% for row in rows %}
<tr><td>{{ row.number }}</td><td>{{ row.get_state_display }}</td><td>{{ row.due_on|date:"Y-m-d" }}</td></tr>
{% endfor %}</tbody></table>{% endblock %}"""


@requires()
def one(request: HttpRequest) -> HttpResponse:
    select_one()
    return HttpResponse("1")


@requires()
def fifty(request: HttpRequest) -> HttpResponse:
    """A page of the product's frame with the plainest of tables."""
    keys = [int(key) for key in request.GET["keys"].split(",")]
    rows = Rectification.objects.filter(pk__in=keys).order_by("pk")
    return HttpResponse(engines["django"].from_string(FIFTY).render({"rows": rows}, request))


@requires("audits.work_rectification")
@require_POST
def recheck(request: HttpRequest, pk: int) -> HttpResponse:
    resweep_subjects(customer_ids=[pk], at=timezone.now(), actor=None)
    return HttpResponse("1")


urlpatterns = [
    path("bench/fifty/", fifty),
    path("bench/one/", one),
    path("bench/recheck/<int:pk>/", recheck),
    path("", include("config.urls")),
]
