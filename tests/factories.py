# Ceiling: one place where every record is made; split, each test would import from several.
"""Plain functions that make one record each, with sensible values of its own and one fixed time."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.utils.timezone import localdate

from agents.choices import AgencyKind, BranchLevel, Channel, OutletLevel, Post
from agents.models import Agency, Branch, Outlet, Registration, SalesAgent, SalesAgentPhone
from agents.operations.postings import post_staff
from audits.choices import Applicant, ChangeState, ChangeTarget, EpisodeStart, RectificationState, Will
from audits.models import Evidence, Finding, FindingEpisode, Rectification, RuleChange
from audits.will import CustomersWill
from authenticity.choices import Kind, Severity
from customers.facts import derive, derive_person
from customers.models import Customer
from policies.choices import Designation, PartyRole, PolicyStatus, Relation
from policies.models import ApplicationForm, Policy, PolicyParty, PolicyState, Product
from policies.operations.states import refresh_serving_units
from workplace.choices import CorrectionState, FilePurpose, HoldState, Role
from workplace.models import Conflict, Correction, Hold, ImportBatch, OutboxEntry, Staff, UploadedFile
from workplace.operations.staff import create_staff

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # ten in the morning in Shanghai
TODAY = date(2026, 11, 20)
PASSWORD = "Zhen-xin-2026!"

_numbers = itertools.count(1)
# Of their own, so that five hundred in a row differ.
_orders = itertools.count(1)

# Ninety characters of given names: 90 and 89 share no factor, so a pair comes again after 8,010 people.
_GIVEN = (
    "伟强磊军洋勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆旭宁龙林欢佳阳志建国文博瑞晨峰毅航宏达诚睿轩"
    "芳娜敏静丽艳娟霞秀玲燕红梅莉婷雪慧颖倩琳萍洁玉兰凤欣怡琪瑶璐蕾薇菲悦妍馨珊雯彤岚晴安然"
)


def unique(prefix: str = "") -> str:
    return f"{prefix}{next(_numbers):06d}"


def resident_id(*, born: date = date(1985, 6, 15), division: str = "110101", order: int | None = None) -> str:
    """An eighteen-digit number whose check digit is right; an odd order is a man's."""
    serial = (order if order is not None else 2 * next(_orders) + 1) % 1000
    body = f"{division}{born:%Y%m%d}{serial:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    remainder = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11
    return body + "10X98765432"[remainder]


def mobile() -> str:
    """Eleven digits of an allocated prefix, without runs that a rule would suspect.

    How far the numbers are counted depends on which tests a process runs, so what a rule suspects is passed
    over rather than hoped away.
    """
    while True:
        last = f"{next(_numbers) * 7_919 % 100_000_000:08d}"
        steps = [int(after) - int(before) for before, after in itertools.pairwise(last)]
        runs = any(set(four) in ({-1}, {0}, {1}) for four in zip(steps, steps[1:], steps[2:], strict=False))
        if not runs and len(set(last)) > 3:
            return f"139{last}"


# -- units and people ------------------------------------------------------------------------------


def head_office() -> Branch:
    found = Branch.objects.filter(level=BranchLevel.HEAD).first()
    return found or Branch.objects.create(
        number="86", name="总公司", level=BranchLevel.HEAD, recorded_at=AT, extracted_at=AT
    )


def make_branch(
    *, parent: Branch | None = None, level: str = BranchLevel.CITY, name: str = "", **values: Any
) -> Branch:
    number = values.pop("number", "") or unique("B")
    return Branch.objects.create(
        number=number,
        name=name or f"分公司{number}",
        level=level,
        parent=parent or head_office(),
        **{"recorded_at": AT, "extracted_at": AT, **values},
    )


def make_agency(*, branch: Branch | None = None, name: str = "", **values: Any) -> Agency:
    number = values.pop("number", "") or unique("A")
    return Agency.objects.create(
        number=number,
        name=name or f"银行{number}",
        branch=branch or make_branch(),
        **{
            "kind": AgencyKind.BANK,
            "licence_no": f"L{number}",
            "licence_valid_from": date(2010, 1, 1),
            "recorded_at": AT,
            "extracted_at": AT,
            **values,
        },
    )


def make_outlet(
    *, agency: Agency | None = None, branch: Branch | None = None, name: str = "", **values: Any
) -> Outlet:
    agency = agency or make_agency(branch=branch)
    number = values.pop("number", "") or unique("O")
    return Outlet.objects.create(
        number=number,
        name=name or f"网点{number}",
        agency=agency,
        branch=branch or agency.branch,
        **{"level": OutletLevel.OUTLET, "recorded_at": AT, "extracted_at": AT, **values},
    )


def make_seller(
    *,
    branch: Branch | None = None,
    agency: Agency | None = None,
    outlet: Outlet | None = None,
    phone: str = "",
    registered: bool = True,
    **values: Any,
) -> SalesAgent:
    agency = agency or (outlet.agency if outlet else None)
    branch = branch or (outlet.branch if outlet else agency.branch if agency else make_branch())
    name = values.pop("name", "李销售")
    number = values.pop("id_no", resident_id(born=date(1990, 3, 8)))
    seller = SalesAgent.objects.create(
        staff_no=values.pop("staff_no", "") or unique("S"),
        name=name,
        name_norm=name,
        id_no=number,
        id_norm=number,
        branch=branch,
        agency=agency,
        outlet=outlet,
        **{"recorded_at": AT, "extracted_at": AT, **values},
    )
    phone = phone or mobile()
    SalesAgentPhone.objects.create(seller=seller, phone=phone, phone_norm=phone, valid_from=date(2020, 1, 1))
    if registered:
        number = f"{next(_numbers):022d}"
        Registration.objects.create(seller=seller, number=number, valid_from=date(2020, 1, 1))
    return seller


def make_staff(
    role: str = Role.CLERK,
    *,
    branch: Branch | None = None,
    agency: Agency | None = None,
    post: str = "",
    username: str = "",
    name: str = "",
    superuser: bool = False,
) -> Staff:
    """A person who can log in with PASSWORD, posted to the unit when one is given."""
    staff, _password = create_staff(
        username=username or unique("user"),
        name=name or "王经办",
        role=role,
        password=PASSWORD,
        superuser=superuser,
        actor=None,
        at=AT,
    )
    if branch or agency:
        post_staff(
            staff=staff,
            branch=branch,
            agency=agency,
            post=post or (Post.LIAISON if agency else Post.OPERATIONS),
            valid_from=date(2026, 1, 1),
            actor=None,
            at=AT,
        )
    return staff


# -- customers and policies ------------------------------------------------------------------------


def person(**written: Any) -> dict[str, Any]:
    """The source fields of somebody against whom no rule has anything."""
    born = written.pop("born", date(1985, 6, 15))
    return {
        "name": "段思远",
        "sex": "M",
        "birth_date": born.isoformat(),
        "id_type": "resident_id",
        "id_no": resident_id(born=born),
        "id_valid_from": "2015-06-15",
        "id_valid_to": "2035-06-15",
        "nationality": "CHN",
        **written,
    }


def make_customer(*, home_branch: Branch | None = None, number: str = "", **written: Any) -> Customer:
    """`written` are source fields as a file brings them; the rest is right, verified and confirmed."""
    contact = {
        "mobile": mobile(),
        "landline": "",
        "address": f"北京市东城区东华门街道锡拉胡同{next(_numbers)}号院2号楼3单元401室",
        "postcode": "100006",
        "email": "",
    }
    # Two of one name, sex and birth date would be probable duplicates.
    written = {"name": f"段{_GIVEN[next(_numbers) % len(_GIVEN)]}{_GIVEN[next(_numbers) % 89]}", **written}
    columns = derive({**contact, **person(**written)})
    return Customer.objects.create(
        number=number or unique("C"),
        home_branch=home_branch or make_branch(),
        recorded_at=AT,
        extracted_at=AT,
        **columns,
        **kept_up(columns),
    )


def kept_up(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Identity checked with this number, contact data confirmed, the mobile the own."""
    kept: dict[str, Any] = {}
    if "id_key" in columns:
        kept |= {"identity_checked_on": date(2025, 3, 1), "identity_checked_key": columns["id_key"]}
    if "mobile" in columns:
        kept |= {"contact_confirmed_on": date(2026, 3, 1), "own_mobile": columns["mobile"]}
    return kept


def make_product(**values: Any) -> Product:
    code = values.pop("code", "") or unique("P")
    values = {"name": f"终身寿险{code}", "term_years": None, "whole_life": True, **values}
    return Product.objects.create(code=code, recorded_at=AT, extracted_at=AT, **values)


def make_policy(
    *,
    branch: Branch | None = None,
    holder: Customer | None = None,
    seller: SalesAgent | None = None,
    outlet: Outlet | None = None,
    agency: Agency | None = None,
    product: Product | None = None,
    **values: Any,
) -> Policy:
    """A policy in force and in scope, with its current state, and its holder where one is given."""
    outlet = outlet or (seller.outlet if seller else None)
    agency = agency or (outlet.agency if outlet else None)
    branch = branch or (seller.branch if seller else holder.home_branch if holder else make_branch())
    policy = Policy.objects.create(
        number=values.pop("number", "") or unique("P"),
        product=product or Product.objects.first() or make_product(),
        branch=branch,
        seller=seller,
        outlet=outlet,
        agency=agency,
        **_as_recorded(seller, outlet, agency),
        **{
            "channel": Channel.BANK if agency else Channel.INDIVIDUAL,
            "status": PolicyStatus.IN_FORCE,
            "in_scope": True,
            "applied_on": date(2025, 3, 1),
            "issued_on": date(2025, 3, 3),
            "effective_on": date(2025, 3, 4),
            "premium": Decimal("12000.00"),
            "recorded_at": AT,
            "extracted_at": AT,
            **values,
        },
    )
    record_state(policy)
    if holder is not None:
        make_party(policy=policy, customer=holder)
    return policy


def _as_recorded(seller: SalesAgent | None, outlet: Outlet | None, agency: Agency | None) -> dict[str, str]:
    return {
        "seller_no": seller.staff_no if seller else "",
        "seller_name": seller.name if seller else "",
        "outlet_no": outlet.number if outlet else "",
        "outlet_name": outlet.name if outlet else "",
        "agency_no": agency.number if agency else "",
        "agency_name": agency.name if agency else "",
    }


def record_state(policy: Policy, *, recorded_from: datetime = AT) -> PolicyState:
    return PolicyState.objects.create(
        policy=policy,
        status=policy.status,
        in_scope=policy.in_scope,
        branch=policy.branch,
        agency=policy.agency,
        seller=policy.seller,
        recorded_from=recorded_from,
    )


def make_party(
    *, policy: Policy, customer: Customer | None = None, role: str = PartyRole.HOLDER, **values: Any
) -> PolicyParty:
    """The party as the policy says it; holder and insured repeat their customer. Serving units follow."""
    own = {
        name: values.pop(name) for name in ("name", "sex", "birth_date", "id_type", "id_no") if name in values
    }
    if customer is not None:
        written = {
            "name": customer.name_raw,
            "sex": customer.sex,
            "birth_date": customer.birth_date.isoformat() if customer.birth_date else "",
            "id_type": customer.id_type,
            "id_no": customer.id_no_raw,
        }
    else:
        written = person(name="赵受益")
    defaults: dict[str, Any] = {"relation": Relation.SELF if role == PartyRole.INSURED else ""}
    if role == PartyRole.BENEFICIARY:
        defaults = {
            "relation": Relation.SPOUSE,
            "benefit": "death",
            "designation": Designation.DESIGNATED,
            "order": 1,
            "share": Decimal(100),
        }
    party = PolicyParty.objects.create(
        policy=policy,
        role=role,
        customer=customer,
        recorded_at=AT,
        extracted_at=AT,
        **derive_person({**written, **own}),
        **{**defaults, **values},
    )
    if customer is not None:
        serve(customer, policy)
    return party


def serve(customer: Customer, policy: Policy) -> None:
    refresh_serving_units(policy_ids=[policy.pk], customer_ids=[customer.pk])


def make_form(*, policy: Policy | None = None, **values: Any) -> ApplicationForm:
    says = values.pop("says", {})
    return ApplicationForm.objects.create(
        number=values.pop("number", "") or unique("F"),
        channel=policy.channel if policy else Channel.INDIVIDUAL,
        policy=policy,
        signed_on=date(2025, 3, 1),
        says=says,
        says_normal=values.pop("says_normal", says),
        recorded_at=AT,
        extracted_at=AT,
        **values,
    )


# -- findings and rectifications -------------------------------------------------------------------


def make_rectification(
    *,
    customer: Customer | None = None,
    policy: Policy | None = None,
    seller: SalesAgent | None = None,
    branch: Branch | None = None,
    agency: Agency | None = None,
    owner: Staff | None = None,
    **values: Any,
) -> Rectification:
    """Open, or assigned when it has an owner; inserted open and walked on, as the database asks."""
    if customer is None and policy is None and seller is None:
        customer = make_customer(home_branch=branch)
    branch = branch or _branch_of(customer, policy, seller)
    rectification = Rectification.objects.create(
        number=values.pop("number", "") or unique("Z"),
        customer=customer,
        policy=policy,
        seller=seller,
        branch=branch,
        agency=agency,
        **{"due_on": date(2026, 12, 1), "opened_at": AT, **values},
    )
    if owner is not None:
        rectification.owner, rectification.assigned_at = owner, AT
        rectification.state = RectificationState.ASSIGNED
        rectification.save()
    return rectification


def _branch_of(customer: Customer | None, policy: Policy | None, seller: SalesAgent | None) -> Branch:
    if customer is not None:
        return customer.home_branch
    found = policy or seller
    assert found is not None
    return found.branch


def make_finding(
    *,
    customer: Customer | None = None,
    policy: Policy | None = None,
    seller: SalesAgent | None = None,
    rule: str = "PH-001",
    field: str = "mobile",
    rectification: Rectification | None = None,
    **values: Any,
) -> Finding:
    """An open finding with its first episode."""
    if customer is None and policy is None and seller is None:
        customer = make_customer()
    subject = customer or policy or seller
    branch = values.pop("answering_branch", None) or _branch_of(customer, policy, seller)
    judged: dict[str, Any] = {
        "severity": values.pop("severity", Severity.ERROR),
        "kind": values.pop("kind", Kind.FALSE),
        "subject_key": str(getattr(subject, "number", "") or getattr(subject, "staff_no", "")),
        "answering_policy": values.pop("answering_policy", policy),
        "answering_branch": branch,
        "answering_agency": values.pop("answering_agency", None),
        "answering_seller": values.pop("answering_seller", None),
    }
    finding = Finding.objects.create(
        customer=customer,
        policy=policy,
        seller=seller,
        rule=rule,
        field=field,
        rectification=rectification,
        **judged,
        **{"first_seen_at": AT, "last_seen_at": AT, "due_on": date(2026, 12, 1), **values},
    )
    FindingEpisode.objects.create(finding=finding, began_by=EpisodeStart.OPENED, recorded_from=AT, **judged)
    return finding


def make_rule_change(*, proposed_by: Staff, **values: Any) -> RuleChange:
    """One that waits for approval, of a rule that nobody knows."""
    change = RuleChange.objects.create(
        target=ChangeTarget.RULE,
        key=unique("XX-"),
        reason="—",
        gravest=Severity.ERROR,
        four_eyes=True,
        proposed_by=proposed_by,
        proposed_at=AT,
        **values,
    )
    change.state = ChangeState.PROPOSED
    change.save(update_fields=["state"])
    return change


# -- files, imports, corrections -------------------------------------------------------------------


def make_file(*, owner: Staff, purpose: str = FilePurpose.EVIDENCE, **values: Any) -> UploadedFile:
    return UploadedFile.objects.create(
        **{
            "purpose": purpose,
            "owner": owner,
            "name": "evidence.png",
            "content": unique("file"),
            "sha256": unique("0" * 58),
            "size": 68,
            "media_type": "image/png",
            "uploaded_at": AT,
            **values,
        }
    )


def make_evidence(*, rectification: Rectification, owner: Staff) -> Evidence:
    return Evidence.objects.create(rectification=rectification, file=make_file(owner=owner))


def make_batch(*, owner: Staff, kind: str = "customers", **values: Any) -> ImportBatch:
    return ImportBatch.objects.create(
        kind=kind,
        file=make_file(owner=owner, purpose=FilePurpose.IMPORT, name="customers.csv"),
        extracted_at=AT,
        created_by=owner,
        created_at=AT,
        **values,
    )


def make_correction(
    *, customer: Customer, proposed_by: Staff, decided_by: Staff | None = None, **values: Any
) -> Correction:
    """A draft, or accepted when somebody decided it."""
    return Correction.objects.create(
        record_kind="customer",
        record_id=customer.pk,
        **{
            "field": "mobile",
            "old_normal": customer.mobile,
            "new_normal": mobile(),
            "record_version": customer.version,
            "state": CorrectionState.ACCEPTED if decided_by else CorrectionState.DRAFT,
            "proposed_by": proposed_by,
            "proposed_at": AT,
            "decided_by": decided_by,
            "decided_at": AT if decided_by else None,
            **values,
        },
    )


def make_conflict(*, correction: Correction, **values: Any) -> Conflict:
    hold = Hold.objects.create(
        correction=correction,
        record_kind=correction.record_kind,
        record_id=correction.record_id,
        field=correction.field,
        before_normal=correction.old_normal,
        held_normal=correction.new_normal,
        corrected_at=AT,
        state=HoldState.HOLDING,
    )
    return Conflict.objects.create(
        hold=hold,
        record_kind=correction.record_kind,
        record_id=correction.record_id,
        field=correction.field,
        file_normal=mobile(),
        extracted_at=AT,
        raised_at=AT,
        **values,
    )


def make_outbox_entry(*, correction: Correction, record_key: str = "", **values: Any) -> OutboxEntry:
    return OutboxEntry.objects.create(
        correction=correction,
        record_kind=correction.record_kind,
        record_id=correction.record_id,
        field=correction.field,
        record_key=record_key or unique("C"),
        old_value=correction.old_normal,
        new_value=correction.new_normal,
        created_at=AT,
        **values,
    )


def willed(**said: Any) -> CustomersWill:
    """The customer applied in a call on the day of AT."""
    return CustomersWill(
        **{"will": Will.CALL, "applicant": Applicant.SELF, "applied_on": localdate(AT), **said}
    )
