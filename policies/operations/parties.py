"""Writes policy parties and application forms from rows of a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import BigIntegerField
from django.db.models.functions import Coalesce

from agents.models.reach import Reach
from agents.operations.records import place, plain
from agents.operations.scope import in_reach, writing_reach
from authenticity.texts import fold
from customers.editions import FACTS_VERSION
from customers.facts import PERSON_FIELDS, SOURCE_FIELDS, normal_of
from customers.models import Customer
from customers.operations.records import number_by_type
from policies.choices import Benefit, PartyRole
from policies.models import ApplicationForm, Policy, PolicyParty
from policies.operations.states import refresh_serving_units
from workplace.choices import RowVerdict
from workplace.intake.kinds import Row, WriteContext
from workplace.intake.shapes import Misshapen
from workplace.intake.upsert import Upsert, by_key
from workplace.models import Staff

WRITTEN = (RowVerdict.NEW, RowVerdict.CHANGED)
FORM_ROLES = (PartyRole.HOLDER, PartyRole.INSURED)


def write_parties(rows: Sequence[Row], context: WriteContext) -> None:
    """A holder or insured is a customer that the importer may see; a beneficiary may stand as written."""
    policies = _policies([row.value("policy") for row in rows], writing_reach(context.actor))
    customers = _customers([row.value("customer") for row in rows], context.actor)
    found = _parties(policies)
    before = {key: party.customer_id for key, party in found.items()}
    for row in rows:
        _party_columns(row, policies, customers, known=row.key in found)
        number_by_type(row, found.get(row.key))
    upsert = Upsert(model=PolicyParty, rows=rows, context=context, record_kind="party")
    upsert.load(found)
    upsert.write()
    written = [row for row in rows if row.verdict in WRITTEN]
    left = {before[row.key] for row in written if row.key in before} - {None}
    refresh_serving_units(
        policy_ids=sorted({row.record.policy_id for row in written}),
        customer_ids=[pk for pk in left if pk is not None],
    )


def party_key(row: Row) -> str:
    """An empty position is the first."""
    parts = (row.value("policy"), row.value("role"), row.value("benefit"), row.value("position") or 1)
    return "/".join(str(part) for part in parts)


def _parties(policies: dict[str, Policy]) -> dict[str, Any]:
    numbers = {policy.pk: number for number, policy in policies.items()}
    locked = PolicyParty.objects.select_for_update(of=("self",)).filter(policy_id__in=numbers)
    return {
        f"{numbers[party.policy_id]}/{party.role}/{party.benefit}/{party.position}": party
        for party in locked.order_by("pk")
    }


def _party_columns(row: Row, policies: dict[str, Policy], customers: dict[str, int], *, known: bool) -> None:
    policy = policies.get(row.value("policy"))
    if row.value("policy") and policy is None:
        row.reject("policy", "unknown_or_out_of_reach", value=row.value("policy"))
    _check_customer(row, customers)
    role, position = row.value("role"), row.value("position") or 1
    if role == PartyRole.HOLDER and position != 1:
        row.reject("position", "one_holder")
    if role != PartyRole.BENEFICIARY and row.value("benefit") != Benefit.NONE:
        row.reject("benefit", "only_for_beneficiaries")
    if policy is not None:
        row.columns["policy"] = {"policy_id": policy.pk}
    row.columns["position"] = {"position": position}
    row.columns["benefit"] = {"benefit": row.value("benefit")}
    plain(row, "role", "designation", "relation", "order", "share")
    plain(row, "phone", "address", "occupation", "guardian_name", "guardian_phone")
    place(row, "customer", {"customer_id": customers.get(row.value("customer"))})
    for field in PERSON_FIELDS:
        if field in row.values:
            row.columns[field] = row.values[field]
    if not known:
        row.columns["facts_version"] = {"facts_version": FACTS_VERSION}


def _check_customer(row: Row, customers: dict[str, int]) -> None:
    number = row.value("customer")
    if number and number not in customers:
        row.reject("customer", "unknown_or_out_of_reach", value=number)
    if not number and row.value("role") in FORM_ROLES:
        row.reject("customer", "customer_needed")


def write_applications(rows: Sequence[Row], context: WriteContext) -> None:
    """What a form says is kept as written, shaped or not; who reaches only a part must name the policy."""
    reach = writing_reach(context.actor)
    policies = _policies([row.value("policy") for row in rows], reach)
    found = by_key(ApplicationForm.objects.select_related("policy"), "number", [row.key for row in rows])
    taken = _taken(policies)
    for row in rows:
        known = found.get(row.key)
        policy = policies.get(row.value("policy"))
        if row.value("policy") and policy is None:
            row.reject("policy", "unknown_or_out_of_reach", value=row.value("policy"))
        if not _may_write_form(reach, known, policy):
            row.reject("", "out_of_reach")
        if policy is not None and taken.setdefault(policy.pk, row.key) != row.key:
            row.reject("policy", "policy_has_a_form", value=row.value("policy"))
        plain(row, "number", "channel", "signed_on", "received_on")
        place(row, "policy", {"policy_id": policy.pk if policy else None})
        _says(row, known)
    upsert = Upsert(model=ApplicationForm, rows=rows, context=context, record_kind="application")
    upsert.load(found)
    upsert.write()


def _may_write_form(reach: Reach, known: ApplicationForm | None, policy: Policy | None) -> bool:
    if reach.everything:
        return True
    if policy is None or (known is not None and known.policy is None):
        return False
    return known is None or known.policy is None or _within(reach, known.policy)


def _says(row: Row, known: ApplicationForm | None) -> None:
    says: dict[str, str] = dict(known.says) if known else {}
    normal: dict[str, str] = dict(known.says_normal) if known else {}
    for role in FORM_ROLES:
        for field in SOURCE_FIELDS:
            code = f"{role}_{field}"
            if code not in row.values:
                continue
            name = f"{role}.{field}"
            says.pop(name, None)
            normal.pop(name, None)
            if row.values[code]:
                says[name] = row.values[code]
                normal[name] = form_normal(field, row.values[code])
    row.columns["says"] = {"says": says, "says_normal": normal}


def form_normal(field: str, written: str) -> str:
    """The normal form of what a form says; what has no shape stays as it was written, folded."""
    try:
        return normal_of(field, written)
    except Misshapen:
        return fold(written)


def _taken(policies: dict[str, Policy]) -> dict[int, str]:
    ids = [policy.pk for policy in policies.values()]
    forms = ApplicationForm.objects.filter(policy_id__in=ids).values_list("policy_id", "number")
    return {policy_id: number for policy_id, number in forms if policy_id is not None}


def _policies(numbers: Sequence[str], reach: Reach) -> dict[str, Policy]:
    """Those within reach; of the others a file learns nothing."""
    wanted = set(numbers) - {""}
    return {p.number: p for p in Policy.objects.filter(number__in=wanted) if _within(reach, p)}


def _within(reach: Reach, policy: Policy) -> bool:
    return in_reach(reach, branch_id=policy.branch_id, agency_id=policy.agency_id)


def _customers(numbers: Sequence[str], actor: Staff | None) -> dict[str, int]:
    """Who was merged into another is that other."""
    wanted = set(numbers) - {""}
    rows = Customer.objects.all() if actor is None else Customer.objects.known_to(actor)
    standing = Coalesce("merged_into_id", "pk", output_field=BigIntegerField())
    return dict(rows.filter(number__in=wanted).values_list("number", standing))
