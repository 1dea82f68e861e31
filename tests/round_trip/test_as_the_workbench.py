"""A list decides as the workbench does: the same values, handed in or refused, one road or the other."""

import pytest
from django.db import transaction
from django.utils.translation import override

from audits.models import Rectification, WorklistLine
from audits.operations.corrections import NotReady, StillHolds, save_draft, submit_rectification
from audits.operations.rectifications import assign_rectification
from audits.operations.sweep import resweep_subjects
from audits.transitions import StepRefused
from tests.factories import AT, make_customer, make_party, make_policy, make_seller, willed
from tests.personas import Persona
from tests.rectification.scenes import given, good_mobile
from tests.round_trip.scenes import LATER, brought_back, fill, taken_out, uploaded
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


def test_a_draft_on_the_workbench_asks_for_the_customers_will_on_either_road(here, clerk, manager):
    seller = make_seller(branch=here)
    customer = make_customer(home_branch=here)
    policy = make_policy(holder=customer, seller=seller)
    insured = make_party(policy=policy, customer=customer, role="insured", relation="")
    policy.seller, policy.seller_no, policy.seller_name = None, "", ""
    policy.save()
    resweep_subjects(policy_ids=[policy.pk], at=AT, actor=None)
    found = Rectification.objects.get(policy=policy)
    assign_rectification(rectification=found, owner=clerk.fresh(), actor=manager.fresh(), at=AT)
    _exported, lines = taken_out(clerk)
    of_seller = {"seller_no": seller.staff_no, "seller_name": seller.name}
    fields = {line.line: line.field for line in WorklistLine.objects.all()}
    assert {*of_seller, "relation"} == set(fields.values())
    relation = Proposal("party", insured.pk, "relation", "self", "document")
    save_draft(rectification=found, proposals=[relation], actor=clerk.fresh(), at=LATER)

    filled = [
        {**line, "new_value": of_seller[fields[int(line["line"])]], "source": "document"}
        for line in lines
        if fields[int(line["line"])] in of_seller
    ]
    result = brought_back(clerk, filled)

    assert (result["counts"], result["handed_in"]) == ({"taken": 2}, 0)
    assert Rectification.objects.get(pk=found.pk).state == "in_progress"
    with pytest.raises(NotReady) as lacking, override(clerk.fresh().language):
        submit_rectification(rectification=found, actor=clerk.fresh(), at=LATER)
    assert lacking.value.texts == result["kept"][0][2]
