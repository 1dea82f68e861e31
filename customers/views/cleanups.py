"""Those who lead the clean-up of duplicates: thresholds of the search, and clean-ups with their progress."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from customers.duplicates.reading import progress_of_campaigns, thresholds_now
from customers.forms import CleanupForm, ThresholdsForm
from customers.models import DuplicateCampaign, DuplicateRun
from customers.operations.duplicates import (
    change_thresholds,
    end_campaign,
    start_campaign,
)
from workplace.access import requires, staff_of

LEAD = "customers.search_duplicates"
SHOWN = 50


@requires(LEAD)
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    form = ThresholdsForm(request.POST or None, initial=thresholds_now().as_json())
    if request.method == "POST" and form.is_valid():
        change_thresholds(values=form.cleaned_data, actor=staff_of(request), at=timezone.now())
        messages.info(request, _("The next search works with these thresholds."))
        return redirect("duplicate_settings")
    context = {"form": form, "runs": DuplicateRun.objects.select_related("job")[:10]}
    return render(request, "customers/duplicate_settings.html", context)


@requires(LEAD)
@require_http_methods(["GET", "POST"])
def cleanups(request: HttpRequest) -> HttpResponse:
    """With their progress, and the form for the next."""
    staff = staff_of(request)
    form = CleanupForm(request.POST or None, staff=staff, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        start_campaign(**form.cleaned_data, actor=staff, at=timezone.now())
        messages.info(request, _("The clean-up has begun."))
        return redirect("cleanups")
    found = list(DuplicateCampaign.objects.visible_to(staff).select_related("branch", "owner")[:SHOWN])
    progress = progress_of_campaigns(found)
    rows = [(one, progress[one.pk]) for one in found]
    context = {"form": form, "rows": rows, "refused": form.is_bound}
    return render(request, "customers/cleanups.html", context)


@requires(LEAD)
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    found = get_object_or_404(DuplicateCampaign.objects.visible_to(staff), pk=pk)
    end_campaign(campaign=found, actor=staff, at=timezone.now())
    return redirect("cleanups")
