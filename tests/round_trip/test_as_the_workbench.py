"""A list decides as the workbench does: the same values, handed in or refused, one road or the other."""

import pytest
from django.db import transaction
from django.utils.translation import override

from audits.models import Rectification
from audits.operations.corrections import NotReady, StillHolds, submit_rectification
from audits.transitions import StepRefused
from tests.factories import willed
from tests.personas import Persona
from tests.rectification.scenes import given, good_mobile
from tests.round_trip.scenes import LATER, fill, taken_out, uploaded
from workplace.intake.shapes import Misshapen
from workplace.operations.corrections import CorrectionRefused, Proposal

pytestmark = pytest.mark.django_db

VALUES = [good_mobile(), "12", "13800000000", "13812345678", good_mobile(), "+86 139", "010-65278899", "不详"]


def one_by_one(found: Rectification, value: str, by: Persona) -> tuple[bool, list[str]]:
    point = transaction.savepoint()
    try:
        submit_rectification(
            rectification=Rectification.objects.get(pk=found.pk),
            corrections=[Proposal("customer", found.customer_id or 0, "mobile", value, "document")],
            will=willed(),
            actor=by.fresh(),
            at=LATER,
        )
    except (StillHolds, NotReady) as refusal:
        return False, refusal.texts
    except (CorrectionRefused, StepRefused, Misshapen) as refusal:
        return False, [str(refusal)]
    finally:
        transaction.savepoint_rollback(point)
    return True, []


def test_both_roads_decide_alike(here, clerk, manager):
    rows = {given(here, clerk, manager).number: value for value in VALUES}
    _exported, lines = taken_out(clerk)
    trial = uploaded(clerk, [fill(line, rows[line["rectification"]]) for line in lines])
    refused = {number: reason for _row, _line, _cell, number, reason in trial.result["refused"]}
    with override(clerk.fresh().language):
        for number, value in rows.items():
            good, texts = one_by_one(Rectification.objects.get(number=number), value, clerk)
            assert good == (number not in refused), value
            assert good or refused[number] in texts
