"""What compliance sets for rectification: days, weights, limits, steps; each change stays on record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import pghistory
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from agents.choices import Channel
from audits.choices import EscalationTo
from audits.models import CorrectionLimit, EscalationStep, RectificationSettings, ServiceLevel
from audits.setting_history import seen_step
from authenticity.choices import Kind, Severity
from workplace.models import Staff

EDITABLE = (
    "reply_days",
    "soon_days",
    "reopened_clock",
    "calls_before_visit",
    "visit_days",
    "contacts_per_week",
    "second_look_months",
    "second_look_share",
    "spot_check_share",
    "list_days",
    "clean_weight",
    "reply_weight",
    "closed_weight",
    "letter_word",
)
WEIGHTS = ("clean_weight", "reply_weight", "closed_weight")
SHARES = ("second_look_share", "spot_check_share")
AT_LEAST_ONE = ("reply_days", "calls_before_visit", "contacts_per_week", "second_look_months", "list_days")
LONGEST = 250
FURTHEST = 60
OFTENEST = 20


class SettingRefused(Exception):
    """The setting cannot be like this; its text says why, `field` where."""

    def __init__(self, text: str, *, field: str = "") -> None:
        super().__init__(text)
        self.field = field


def change_settings(
    *, values: Mapping[str, Any], seen_version: int, actor: Staff, at: datetime
) -> RectificationSettings:
    """All at once; the three weights of the rate in use add up to a hundred."""
    _allowed(actor, "audits.change_rectificationsettings")
    _check_values(values)
    with transaction.atomic(), _recorded(actor):
        found = RectificationSettings.objects.select_for_update().get(pk=1)
        if found.version != seen_version:
            raise SettingRefused(_stale())
        for name in EDITABLE:
            setattr(found, name, values[name])
        found.version += 1
        found.save()
    return found


def set_service_level(
    *,
    severity: str,
    kind: str = "",
    channel: str = "",
    days: int | None,
    seen: int | None,
    actor: Staff,
    at: datetime,
) -> None:
    """Makes, changes or (no days) removes the limit of that place; `seen` are the days that the page showed.

    Due dates that stand stay; it holds for what is found from now on.
    """
    _allowed(actor, "audits.change_servicelevel")
    if (
        severity not in Severity.values
        or kind not in ("", *Kind.values)
        or channel not in ("", *Channel.values)
    ):
        raise SettingRefused(_("Choose severity, kind and channel from the lists."))
    if days is not None and not 1 <= days <= LONGEST:
        raise SettingRefused(_("Between 1 and %(most)s working days.") % {"most": LONGEST}, field="days")
    place = {"severity": severity, "kind": kind, "channel": channel}
    with transaction.atomic(), _recorded(actor):
        found = ServiceLevel.objects.select_for_update().filter(**place).first()
        if (found.days if found else None) != seen:
            raise SettingRefused(_stale())
        if days is None:
            ServiceLevel.objects.filter(**place).delete()
        elif found is None:
            _make(ServiceLevel(**place, days=days))
        elif found.days != days:
            found.days = days
            found.save(update_fields=["days"])


def set_correction_limit(
    *, field: str, most: int | None, reason: str, seen: int | None, actor: Staff, at: datetime
) -> None:
    """How often a field of a signed form may be corrected; none removes the limit."""
    _allowed(actor, "audits.change_correctionlimit")
    if not field or len(field) > 40:
        raise SettingRefused(_("Choose a field from the list."), field="field")
    if most is not None and not 0 <= most <= OFTENEST:
        raise SettingRefused(_("Between 0 and %(most)s times.") % {"most": OFTENEST}, field="most")
    said = reason.strip()[:200]
    with transaction.atomic(), _recorded(actor):
        found = CorrectionLimit.objects.select_for_update().filter(field=field).first()
        if (found.most if found else None) != seen:
            raise SettingRefused(_stale())
        if most is None:
            CorrectionLimit.objects.filter(field=field).delete()
        elif found is None:
            _make(CorrectionLimit(field=field, most=most, reason=said))
        elif (found.most, found.reason) != (most, said):
            found.most, found.reason = most, said
            found.save(update_fields=["most", "reason"])


def set_escalation_step(
    *, days: int, to: str, active: bool, seen: str | None, actor: Staff, at: datetime
) -> None:
    """Who is told that many working days after the due date (before it: negative)."""
    _allowed(actor, "audits.change_escalationstep")
    if to not in EscalationTo.values:
        raise SettingRefused(_("Choose who is told from the list."), field="to")
    if not -FURTHEST <= days <= FURTHEST:
        raise SettingRefused(
            _("At most %(most)s working days before or after.") % {"most": FURTHEST}, field="days"
        )
    with transaction.atomic(), _recorded(actor):
        found = EscalationStep.objects.select_for_update().filter(days=days).first()
        if (seen_step(found) if found else None) != seen:
            raise SettingRefused(_stale())
        if found is None:
            _make(EscalationStep(days=days, to=EscalationTo(to), active=active))
        else:
            found.to, found.active = EscalationTo(to), active
            found.save(update_fields=["to", "active"])


def remove_escalation_step(*, step: EscalationStep, actor: Staff, at: datetime) -> None:
    """One that was never told; any other is switched off instead."""
    _allowed(actor, "audits.change_escalationstep")
    try:
        with transaction.atomic(), _recorded(actor):
            step.delete()
    except ProtectedError:
        raise SettingRefused(_("This step was told already; switch it off instead.")) from None


def _check_values(values: Mapping[str, Any]) -> None:
    if sum(int(values[name]) for name in WEIGHTS) != 100:
        raise SettingRefused(_("The three weights must add up to 100."), field="clean_weight")
    for name in SHARES:
        if not 0 <= Decimal(values[name]) <= 100:
            raise SettingRefused(_("A share is between 0 and 100 percent."), field=name)
    for name in AT_LEAST_ONE:
        if int(values[name]) < 1:
            raise SettingRefused(_("At least 1."), field=name)
    word = str(values["letter_word"])
    if not word.strip() or any(sign in word for sign in "〔〕"):
        raise SettingRefused(_("A word without brackets, such as 真信整改函."), field="letter_word")


def _make(row: Any) -> None:
    """Somebody who was faster has the same place."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise SettingRefused(_stale()) from None


def _allowed(actor: Staff, permission: str) -> None:
    if not actor.has_perm(permission):
        raise SettingRefused(_("Your role may not change this."))


def _recorded(actor: Staff) -> pghistory.context:
    return pghistory.context(actor=actor.pk, cause="setting changed")


def _stale() -> str:
    return _("Somebody changed this meanwhile; look at it again.")
