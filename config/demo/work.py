"""What the demo's people have done so far: rectifications in every state, a dispute, a conflict."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.timezone import localdate
from PIL import Image, ImageDraw

from audits.choices import Applicant, FindingState, RectificationState, Will
from audits.models import Finding, Rectification
from audits.operations.contacts import contact_for_rectification
from audits.operations.corrections import (
    accept_rectification,
    return_rectification,
    save_draft,
    submit_rectification,
)
from audits.operations.disputes import raise_dispute
from audits.operations.evidence import add_evidence
from audits.operations.rectifications import assign_rectification
from audits.will import CustomersWill
from config.demo.asked import ask_for_changes
from config.demo.chance import Chance
from customers.choices import ContactChannel, ContactResult
from customers.contacts import point_for
from customers.models import Customer
from workplace.choices import HoldState, SourceChannel
from workplace.intake.write import write_rows
from workplace.models import Hold, Staff
from workplace.operations.corrections import Proposal

MANAGERS = {"0032": ("manager", ("clerk", "clerk3", "clerk4")), "0037": ("manager2", ("clerk2",)),
            "0051": ("manager3", ("clerk5",))}  # fmt: skip
# How far each tenth of the rectifications has come.
PLAN = (
    "open",
    "assigned",
    "closed",
    "in_review",
    "closed",
    "in_progress",
    "closed",
    "assigned",
    "returned",
    "closed",
)

WORKED_PER_MANAGER = 40
WAITING = ("assigned", "open", "assigned")


def work_through(*, staff: dict[str, Staff], chance: Chance, at: datetime) -> None:
    for branch, (manager, clerks) in MANAGERS.items():
        mine = Rectification.objects.filter(
            Q(branch__number__startswith=branch), customer__isnull=False, state=RectificationState.OPEN
        )
        for turn, rectification in enumerate(mine.select_related("customer", "branch").order_by("number")):
            desk = Desk(chance, staff[manager], staff[clerks[turn % len(clerks)]], at)
            aim = PLAN[turn % len(PLAN)] if turn < WORKED_PER_MANAGER else WAITING[turn % len(WAITING)]
            desk.bring(rectification, aim)
    ask_for_changes(clerk=staff["clerk"], manager=staff["manager"], chance=chance, at=at)
    _dispute(staff["clerk"], at)
    _conflict(at)


class Desk:
    """One manager and one clerk at work on one rectification; every step before `now`."""

    def __init__(self, chance: Chance, manager: Staff, clerk: Staff, now: datetime) -> None:
        self.chance, self.manager, self.clerk, self.now = chance, manager, clerk, now
        self.clock = now

    def later(self, hours: int) -> datetime:
        self.clock = min(
            self.clock + timedelta(hours=hours, minutes=self.chance.random.randint(0, 50)), self.now
        )
        return self.clock

    def bring(self, rectification: Rectification, aim: str) -> None:
        """One that a colleague's correction has settled meanwhile is left as it is."""
        self.clock = rectification.opened_at
        rectification.refresh_from_db(fields=["state", "version"])
        if aim == "open" or rectification.state != RectificationState.OPEN:
            return
        assign_rectification(
            rectification=rectification, owner=self.clerk, actor=self.manager, at=self.later(16)
        )
        if aim == "assigned":
            return
        proposals = self.proposals(rectification)
        if not proposals:
            return
        if aim == "in_progress":
            self.call(rectification, ContactResult.NO_ANSWER, "")
            save_draft(
                rectification=rectification, proposals=proposals[:1], actor=self.clerk, at=self.later(5)
            )
            return
        self.submit(rectification, proposals)
        if aim == "closed":
            accept_rectification(rectification=rectification, actor=self.manager, at=self.later(3))
        if aim == "returned":
            reason = "凭证影像不清晰，请补传身份证正面照片后重新提交。"
            return_rectification(
                rectification=rectification, actor=self.manager, at=self.later(3), reason=reason
            )

    def call(self, rectification: Rectification, result: str, note: str) -> None:
        """At the number on file; whoever has none is met otherwise."""
        customer = rectification.customer
        if customer is not None and point_for(customer, ContactChannel.CALL, ""):
            contact_for_rectification(
                rectification=rectification, channel=ContactChannel.CALL, result=result, note=note,
                actor=self.clerk, at=self.later(4),
            )  # fmt: skip

    def submit(self, rectification: Rectification, proposals: list[Proposal]) -> None:
        self.call(rectification, ContactResult.REACHED, "客户本人接听，逐项核对后确认。")
        if any(one.field in ("id_no", "name", "birth_date", "sex") for one in proposals):
            add_evidence(
                rectification=rectification, name="id-card.png", content=document_image(self.chance),
                note="身份证正面", actor=self.clerk, at=self.clock,
            )  # fmt: skip
        submit_rectification(
            rectification=rectification, corrections=proposals, note="已与客户本人核实。", actor=self.clerk,
            will=CustomersWill(Will.CALL, Applicant.SELF, localdate(self.clock)), at=self.later(1),
        )  # fmt: skip

    def proposals(self, rectification: Rectification) -> list[Proposal]:
        """What puts every open finding right; empty when one of them is not in the clerk's hand."""
        customer = rectification.customer
        if customer is None:
            return []
        found: dict[str, Proposal] = {}
        for finding in rectification.findings.filter(state=FindingState.OPEN):
            raw = self.right_value(customer, finding)
            if raw is None:
                return []
            field = "mobile" if finding.field in ("phone", "landline") else finding.field
            found[field] = Proposal(
                "customer", customer.pk, field, raw, SourceChannel.PHONE, "客户本人，回拨核对"
            )
        return list(found.values())

    def right_value(self, customer: Customer, finding: Finding) -> str | None:
        """The branch number holds the city's code: 00 and four digits."""
        field, number = finding.field, customer.id_no
        if field in ("mobile", "phone", "landline"):
            return self.chance.mobile()
        if field == "address":
            number_of_city = customer.home_branch.number[2:6]
            return self.chance.address(f"{number_of_city}00")
        if field == "name":
            return customer.name.rstrip("0123456789")
        if field == "sex" and number:
            return "男" if int(number[16]) % 2 else "女"
        if field == "birth_date" and number:
            return f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
        if field == "id_no" and finding.rule == "ID-004":
            return number[:14] + str((int(number[14]) - 1) % 10) + number[15:]
        return None


def document_image(chance: Chance) -> bytes:
    """A drawn card, unlike any real document, different each time."""
    image = Image.new("RGB", (640, 404), (236, 241, 246))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((12, 12, 628, 392), radius=22, outline=(80, 110, 140), width=3)
    draw.rectangle((450, 70, 590, 250), fill=(208, 217, 226))
    for line in range(5):
        width = chance.random.randint(180, 330)
        draw.rectangle((50, 80 + line * 48, 50 + width, 98 + line * 48), fill=(120, 138, 156))
    draw.text((50, 350), "DEMO - NOT A DOCUMENT", fill=(150, 60, 60))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _dispute(clerk: Staff, at: datetime) -> None:
    finding = (
        Finding.objects.filter(rectification__owner=clerk, state=FindingState.OPEN, rule="AD-004")
        .exclude(rectification__state=RectificationState.IN_REVIEW)
        .order_by("id")
        .first()
    )
    if finding is not None:
        raise_dispute(
            finding=finding, actor=clerk, at=at - timedelta(hours=3),
            reason="客户所在街道未编门牌，投保单亦如此填写，请合规岗确认该规则是否适用。",
        )  # fmt: skip


def _conflict(at: datetime) -> None:
    """The core system sends a third mobile for a customer whose mobile was corrected here."""
    hold = (
        Hold.objects.filter(record_kind="customer", field="mobile", state=HoldState.HOLDING)
        .order_by("id")
        .first()
    )
    if hold is None:
        return
    customer = Customer.objects.get(pk=hold.record_id)
    third = hold.held_normal[:7] + f"{(int(hold.held_normal[7:]) + 1397) % 10000:04d}"
    row = {"number": customer.number, "home_branch": customer.home_branch.number, "mobile": third}
    write_rows(kind="customers", rows=[row], actor=None, at=at, extracted_at=at - timedelta(minutes=30))
