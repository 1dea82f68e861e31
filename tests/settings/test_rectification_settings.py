"""Compliance sets days, weights, limits and steps; what was said before stays on record."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from agents.models import Branch
from audits.choices import EscalationTo
from audits.models import (
    CorrectionLimit,
    Escalation,
    EscalationStep,
    RectificationSettings,
    ServiceLevel,
)
from audits.operations.settings import EDITABLE
from tests.factories import AT, make_rectification
from tests.personas import Persona

TODAY = timezone.localdate()


def page(persona: Persona) -> str:
    return persona.client.get(reverse("rectification_settings")).content.decode()


def post_settings(persona: Persona, **changed):
    row = RectificationSettings.objects.get(pk=1)
    given = {name: getattr(row, name) for name in EDITABLE} | {"version": row.version}
    return persona.client.post(reverse("rectification_settings"), {**given, **changed})


def test_compliance_changes_them_and_the_past_is_told(compliance: Persona):
    assert post_settings(compliance, reply_days=8).status_code == 302

    row = RectificationSettings.objects.get(pk=1)
    assert (row.reply_days, row.version) == (8, 2)
    told = page(compliance)
    assert ("<del" in told or "10" in told, compliance.staff.name in told) == (True, True)


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"clean_weight": 60}, "clean_weight"),
        ({"second_look_share": "101"}, "second_look_share"),
        ({"list_days": 0}, "list_days"),
        ({"reply_days": ""}, "reply_days"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(compliance: Persona, wrong: dict[str, object], field: str):
    answer = post_settings(compliance, **wrong)

    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])
    assert RectificationSettings.objects.get(pk=1).version == 1


def test_a_stale_save_is_refused(compliance: Persona):
    post_settings(compliance, reply_days=8)
    assert post_settings(compliance, reply_days=9, version=1).status_code == 200
    assert RectificationSettings.objects.get(pk=1).reply_days == 8


def test_a_time_limit_is_added_changed_and_removed(compliance: Persona):
    address = reverse("service_level")
    place = {"severity": "ERROR", "kind": "", "channel": "bank"}
    compliance.client.post(address, {**place, "days": 12})
    compliance.client.post(address, {**place, "days": 9, "seen": 12})
    assert list(ServiceLevel.objects.values_list("channel", "days")) == [("bank", 9)]

    stale = compliance.client.post(address, {**place, "days": 5, "seen": 12})
    assert (stale.status_code, ServiceLevel.objects.get().days) == (422, 9)
    compliance.client.post(address, {**place, "days": 9, "seen": 9, "remove": "1"})
    assert not ServiceLevel.objects.exists()
    assert page(compliance).count("<del>") == 2


@pytest.mark.parametrize("wrong", [{"days": 0}, {"days": 251}, {"severity": "X"}, {"days": "a"}])
def test_a_time_limit_has_its_bounds(compliance: Persona, wrong: dict[str, object]):
    given = {"severity": "ERROR", "kind": "", "channel": "", "days": 5, **wrong}
    assert compliance.client.post(reverse("service_level"), given).status_code == 422
    assert not ServiceLevel.objects.exists()


def test_a_limit_of_corrections_is_changed_and_removed(compliance: Persona):
    address = reverse("correction_limit")
    compliance.client.post(address, {"field": "mobile", "most": 3, "reason": "换号频繁", "seen": 2})
    row = CorrectionLimit.objects.get(field="mobile")
    assert (row.most, row.reason) == (3, "换号频繁")

    compliance.client.post(address, {"field": "mobile", "most": 3, "seen": 3, "remove": "1"})
    assert not CorrectionLimit.objects.filter(field="mobile").exists()
    assert compliance.client.post(address, {"field": "nothing", "most": 1}).status_code == 422


def test_a_step_is_switched_off_and_one_never_told_goes(compliance: Persona, here: Branch, clerk: Persona):
    told = EscalationStep.objects.get(days=0)
    other = EscalationStep.objects.get(days=5)
    rectification = make_rectification(branch=here, owner=clerk.staff)
    Escalation.objects.create(
        rectification=rectification, step=told, owner=clerk.staff, due_on=TODAY, told_at=AT
    )
    for step in (told, other):
        compliance.client.post(reverse("escalation_step_remove", args=[step.pk]))
    assert list(EscalationStep.objects.filter(pk__in=[told.pk, other.pk])) == [told]

    given = {"days": 0, "to": EscalationTo.MANAGER, "seen": "owner:1"}
    compliance.client.post(reverse("escalation_step"), given)
    told.refresh_from_db()
    assert (told.to, told.active) == ("manager", False)
    assert compliance.client.post(reverse("escalation_step"), given).status_code == 422


def test_others_do_not_see_the_page(manager: Persona, clerk: Persona, auditor: Persona):
    codes = [
        one.client.get(reverse("rectification_settings")).status_code for one in (manager, clerk, auditor)
    ]
    assert codes == [403, 403, 403]
