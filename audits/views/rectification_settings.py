"""Settings of rectification: general ones, time limits, limits of corrections, steps of escalation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from agents.choices import Channel
from audits.choices import EscalationTo
from audits.models import CorrectionLimit, EscalationStep, RectificationSettings, ServiceLevel
from audits.operations.settings import (
    SettingRefused,
    change_settings,
    remove_escalation_step,
    set_correction_limit,
    set_escalation_step,
    set_service_level,
)
from audits.queries import rectification_settings as settings_now
from audits.setting_forms import LevelForm, LimitForm, SettingsForm, StepForm
from audits.setting_history import past_of, seen_step
from audits.will import WILLED_KINDS
from authenticity.choices import Kind, Severity
from authenticity.rule import label_of
from workplace.access import requires, staff_of
from workplace.correctable import correctable
from workplace.field_history import changes_of
from workplace.paging import number_of
from workplace.visibility import RecordKind

CHANGE = "audits.change_rectificationsettings"
LEVELS = "audits.change_servicelevel"
LIMITS = "audits.change_correctionlimit"
STEPS = "audits.change_escalationstep"
# Of a signed form too, though nobody corrects them field by field.
WHOLE = {
    "beneficiary": gettext_lazy("Beneficiary"),
    "signature": gettext_lazy("Signature"),
    "account_owner": gettext_lazy("Account holder"),
}


def _fields() -> list[tuple[str, str]]:
    """Every field of people and parties that can be corrected, and the parts of a form that cannot."""
    names = {name: _field_label(name) for kind in WILLED_KINDS for name in correctable(kind).fields}
    return sorted(
        {**names, **{name: str(text) for name, text in WHOLE.items()}}.items(), key=lambda one: one[1]
    )


def _field_label(name: str) -> str:
    return str(WHOLE[name] if name in WHOLE else label_of(name))


@requires(CHANGE, LEVELS, LIMITS, STEPS)
@require_http_methods(["GET", "POST"])
def rectification_settings(request: HttpRequest) -> HttpResponse:
    form = SettingsForm(request.POST or None, instance=settings_now())
    if request.method == "POST" and form.is_valid():
        try:
            change_settings(
                values=form.cleaned_data,
                seen_version=number_of(request.POST, "version"),
                actor=staff_of(request),
                at=timezone.now(),
            )
        except SettingRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.info(request, _("The settings hold from now on."))
            return redirect("rectification_settings")
    return _page(request, form)


def _page(request: HttpRequest, form: SettingsForm, status: int = 200, **forms_: Any) -> HttpResponse:
    row, staff = settings_now(), staff_of(request)
    kind = RecordKind("rectification_settings", _("Settings of rectification"), _none, CHANGE)
    limits = CorrectionLimit.objects.order_by("most", "field")
    context = {
        "row": row,
        "form": form,
        "changes": changes_of(row, kind),
        "levels": list(ServiceLevel.objects.all()),
        "level_form": forms_.get("level") or LevelForm(),
        "levels_past": past_of(ServiceLevel, _say_level),
        "limits": [(one, _field_label(one.field)) for one in limits],
        "limit_form": forms_.get("limit") or LimitForm(fields=_fields()),
        "limits_past": past_of(CorrectionLimit, _say_limit),
        "steps": [(one, seen_step(one)) for one in EscalationStep.objects.all()],
        "step_form": forms_.get("step") or StepForm(initial={"active": True}),
        "steps_past": past_of(EscalationStep, _say_step),
        "told": EscalationTo.choices,
        "may": {name: staff.has_perm(one) for name, one in _PARTS.items()},
    }
    return render(request, "audits/rectification_settings.html", context, status=status)


_PARTS = {"settings": CHANGE, "levels": LEVELS, "limits": LIMITS, "steps": STEPS}


def _none(staff: Any) -> Any:
    """Asked for masks only."""
    return RectificationSettings.objects.none()


def _say_level(row: Any) -> str:
    named = [Severity(row.severity).label]
    named += [Kind(row.kind).label] if row.kind else []
    named += [Channel(row.channel).label] if row.channel else []
    return " · ".join(map(str, [*named, row.days]))


def _say_limit(row: Any) -> str:
    return " · ".join(str(one) for one in (_field_label(row.field), row.most, row.reason) if one != "")


def _say_step(row: Any) -> str:
    return f"{row.days:+d} · {EscalationTo(row.to).label} · {_('on') if row.active else _('off')}"


@requires(LEVELS)
@require_POST
def service_level(request: HttpRequest) -> HttpResponse:
    form = LevelForm(request.POST)
    gone = request.POST.get("remove") == "1"
    if not form.is_valid():
        return _page(request, SettingsForm(instance=settings_now()), 422, level=form)
    values = {**form.cleaned_data, "days": None if gone else form.cleaned_data["days"]}
    try:
        set_service_level(**values, actor=staff_of(request), at=timezone.now())
    except SettingRefused as refusal:
        return _refused(request, form, refusal, "level")
    messages.info(request, _("It holds for what is found from now on."))
    return redirect("rectification_settings")


@requires(LIMITS)
@require_POST
def correction_limit(request: HttpRequest) -> HttpResponse:
    form = LimitForm(request.POST, fields=_fields())
    gone = request.POST.get("remove") == "1"
    if not form.is_valid():
        return _page(request, SettingsForm(instance=settings_now()), 422, limit=form)
    values = {**form.cleaned_data, "most": None if gone else form.cleaned_data["most"]}
    try:
        set_correction_limit(**values, actor=staff_of(request), at=timezone.now())
    except SettingRefused as refusal:
        return _refused(request, form, refusal, "limit")
    messages.info(request, _("Noted."))
    return redirect("rectification_settings")


@requires(STEPS)
@require_POST
def escalation_step(request: HttpRequest) -> HttpResponse:
    form = StepForm(request.POST)
    if not form.is_valid():
        return _page(request, SettingsForm(instance=settings_now()), 422, step=form)
    values = {**form.cleaned_data, "seen": form.cleaned_data["seen"] or None}
    try:
        set_escalation_step(**values, actor=staff_of(request), at=timezone.now())
    except SettingRefused as refusal:
        return _refused(request, form, refusal, "step")
    messages.info(request, _("Noted."))
    return redirect("rectification_settings")


@requires(STEPS)
@require_POST
def escalation_step_remove(request: HttpRequest, pk: int) -> HttpResponse:
    step = get_object_or_404(EscalationStep, pk=pk)
    try:
        remove_escalation_step(step=step, actor=staff_of(request), at=timezone.now())
    except SettingRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(request, _("Noted."))
    return redirect("rectification_settings")


def _refused(request: HttpRequest, form: forms.Form, refusal: SettingRefused, name: str) -> HttpResponse:
    form.add_error(refusal.field or None, str(refusal))
    return _page(request, SettingsForm(instance=settings_now()), 422, **{name: form})
