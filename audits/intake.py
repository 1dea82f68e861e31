"""What the rules say of an imported file: chips in its preview, and a sweep of what it touched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Model

from agents.models import Agency, Branch, Outlet, SalesAgent
from audits.evaluation import Hit, evaluate
from audits.operations.call_backs import keep_call_backs
from audits.operations.sweep import resweep_subjects
from audits.operations.sweep_job import start_sweep
from authenticity.choices import Stage
from customers.choices import ContactPoint
from customers.models import ContactAttempt, Customer
from policies.choices import PartyRole
from policies.models import ApplicationForm, Policy, PolicyParty
from workplace.models import ImportBatch, Staff

# What the register of sellers decides; a change there concerns the whole book.
OF_REGISTER = ("PH-020", "PH-021", "AD-008", "REQ-009", "RN-001", "RN-002", "RN-003")
REGISTER: dict[str, type[Model]] = {
    "branches": Branch,
    "agencies": Agency,
    "outlets": Outlet,
    "agents": SalesAgent,
}
# What contact attempts decide.
OF_ATTEMPTS = ("PH-026", "BK-005")

# A file that wrote more is followed by a sweep of all that changed, without a list of it.
MOST_NAMED = 5_000


def rule_hits(kind: str, record_ids: Sequence[int]) -> dict[int, list[dict[str, str]]]:
    """By record: code, severity and field of each hit; the words come when it is shown."""
    if kind == "customers":
        return _said(evaluate(stage=Stage.FILE, customer_ids=record_ids, policy_ids=()))
    if kind == "policies":
        return _said(evaluate(stage=Stage.FILE, customer_ids=(), policy_ids=record_ids))
    if kind == "parties":
        parties = PolicyParty.objects.filter(pk__in=record_ids).values_list("policy_id", "pk")
        rows = defaultdict(list)
        for policy_id, pk in parties:
            rows[policy_id].append(pk)
        said = _said(evaluate(stage=Stage.FILE, customer_ids=(), policy_ids=list(rows)))
        return {pk: said[policy_id] for policy_id, pks in rows.items() if policy_id in said for pk in pks[:1]}
    return {}


def _said(hits: Iterable[Hit]) -> dict[int, list[dict[str, str]]]:
    found: defaultdict[int, list[dict[str, str]]] = defaultdict(list)
    for hit in hits:
        found[hit.subject_id].append(
            {"code": hit.rule.code, "severity": hit.severity.value, "field": hit.field, "part": hit.part}
        )
    return dict(found)


def sweep_after_import(batch: ImportBatch, at: datetime) -> None:
    """Queues the sweep of what the file wrote; of the whole book when it changed the register of sellers."""
    key = f"sweep:import:{batch.pk}"
    if batch.kind in REGISTER:
        if REGISTER[batch.kind]._default_manager.filter(batch=batch).exists():
            start_sweep(actor=batch.created_by, at=at, codes=OF_REGISTER, unique_key=key)
        return
    if batch.kind == "deliveries":
        _sweep_after_attempts(batch, at, key)
        return
    customers = set(Customer.objects.filter(batch=batch).values_list("pk", flat=True))
    policies = set(Policy.objects.filter(batch=batch).values_list("pk", flat=True))
    policies |= set(PolicyParty.objects.filter(batch=batch).values_list("policy_id", flat=True))
    forms = ApplicationForm.objects.filter(batch=batch, policy__isnull=False)
    policies |= set(forms.values_list("policy_id", flat=True))
    if len(customers) + len(policies) > MOST_NAMED:
        start_sweep(actor=batch.created_by, at=at, incremental=True, unique_key=key)
    elif customers or policies:
        start_sweep(
            actor=batch.created_by, at=at, customer_ids=customers, policy_ids=policies, unique_key=key
        )


def sweep_after_load(kind: str, actor: Staff | None, at: datetime, key: str) -> None:
    """After a large file, or one from the command line: what changed since the last sweep."""
    if kind in REGISTER:
        start_sweep(actor=actor, at=at, codes=OF_REGISTER, unique_key=f"sweep:{key}")
    elif kind != "branches":
        start_sweep(actor=actor, at=at, incremental=True, unique_key=f"sweep:{key}")


def call_backs_after_import(batch: ImportBatch, at: datetime) -> None:
    """A new policy is called back from the day on which its file came."""
    if batch.kind == "policies":
        keep_call_backs(at=at)


def call_backs_after_load(kind: str, actor: Staff | None, at: datetime, key: str) -> None:
    """The same after a large file."""
    if kind == "policies":
        keep_call_backs(at=at)


def _sweep_after_attempts(batch: ImportBatch, at: datetime, key: str) -> None:
    """Those who were tried, and their policies for the account that was debited."""
    tried = ContactAttempt.objects.filter(batch=batch).order_by()
    customers = set(tried.values_list("customer_id", flat=True))
    if len(customers) > MOST_NAMED:
        start_sweep(actor=batch.created_by, at=at, codes=OF_ATTEMPTS, unique_key=key)
        return
    debited = tried.filter(point=ContactPoint.ACCOUNT).values("customer_id")
    held = PolicyParty.objects.filter(role=PartyRole.HOLDER, customer__in=debited)
    policies = set(held.values_list("policy_id", flat=True))
    if customers:
        start_sweep(
            actor=batch.created_by, at=at, customer_ids=customers, policy_ids=policies, unique_key=key
        )


def recheck_record(record_kind: str, record_id: int, at: datetime, actor: Staff | None) -> None:
    """After a person took a file's value over a correction: the findings of that record follow at once."""
    if record_kind == "customer":
        resweep_subjects(customer_ids=[record_id], at=at, actor=actor)
    elif record_kind == "policy":
        resweep_subjects(policy_ids=[record_id], at=at, actor=actor)
    elif record_kind == "party":
        party = PolicyParty.objects.get(pk=record_id)
        resweep_subjects(policy_ids=[party.policy_id], at=at, actor=actor)
