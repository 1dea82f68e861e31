"""What the demo's customers have asked to be changed, and who does not want to be disturbed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.timezone import localdate

from audits.choices import Applicant, Will
from audits.models import ChangeRequest, Rectification
from audits.operations.change_requests import accept_change, return_change, start_change, submit_change
from audits.will import CustomersWill
from config.demo.chance import Chance
from customers.models import Customer
from customers.operations.contacts import ask_for_quiet
from workplace.choices import SourceChannel
from workplace.models import Staff
from workplace.operations.corrections import Proposal

ENDS = ("accepted", "waiting", "returned", "waiting")


def ask_for_changes(*, clerk: Staff, manager: Staff, chance: Chance, at: datetime) -> None:
    worked = Rectification.objects.filter(customer__isnull=False).values("customer")
    seen = Customer.objects.visible_to(clerk).exclude(pk__in=worked).exclude(mobile="").order_by("pk")
    for turn, customer in enumerate(seen[: len(ENDS)]):
        moment = at - timedelta(days=len(ENDS) - turn, hours=2)
        request = start_change(customer=customer, actor=clerk, at=moment)
        submit_change(
            request=request,
            proposals=[Proposal("customer", customer.pk, "mobile", chance.mobile(), SourceChannel.SIGNED)],
            note="客户持签字申请书办理。",
            will=CustomersWill(Will.SIGNED, Applicant.SELF, localdate(moment)),
            actor=clerk,
            at=moment,
        )
        _decide(request, ENDS[turn], manager, moment + timedelta(hours=1))
    for customer in seen[len(ENDS) : len(ENDS) + 1]:
        ask_for_quiet(
            customer=customer, reason="住院，出院前请勿致电", actor=clerk, at=at - timedelta(hours=5)
        )


def _decide(request: ChangeRequest, end: str, manager: Staff, at: datetime) -> None:
    if end == "accepted":
        accept_change(request=request, actor=manager, at=at, note="已核对签字件。")
    elif end == "returned":
        return_change(request=request, reason="请补传申请书签字页。", actor=manager, at=at)
