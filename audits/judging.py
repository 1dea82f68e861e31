"""What a hit says as a finding: the value hashed and masked, its subject's number, and who answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from audits.answering import Answer, Answering, of_policy
from audits.evaluation import Hit
from authenticity.choices import DocumentType
from authenticity.hashing import value_hash
from authenticity.masking import mask
from authenticity.rule import RuleValues
from customers.facts import SOURCE_FIELDS, normal_in
from customers.models import Customer
from policies.choices import Relation
from policies.models import Policy, PolicyParty

# Kinds of masking.py by field; what is no personal datum is shown plainly, everything else as stars.
MASKS = {
    "name": "name",
    "id_no": "id_no",
    "mobile": "mobile",
    "landline": "landline",
    "address": "address",
    "birth_date": "birth_date",
    "seller_name": "name",
}
PLAIN = frozenset(
    {"id_type", "id_valid_from", "id_valid_to", "relation", "share", "seller_no", "outlet_no", "outlet_name"}
    | {"agency_branch_no", "agency_branch_name", "agency_no", "agency_name"}
)
JUDGED = (
    "severity",
    "kind",
    "rule_version",
    "value_hash",
    "value_masked",
    "subject_key",
    "answering_policy_id",
    "answering_branch_id",
    "answering_agency_id",
    "answering_seller_id",
)
Key = tuple[str, str, int, str, str]


@dataclass(frozen=True)
class Judgement:
    """A finding as it should stand now: `key` names it, `said` fills the columns of JUDGED."""

    hit: Hit
    said: dict[str, Any]
    business_stage: str

    @property
    def key(self) -> Key:
        hit = self.hit
        return hit.rule.code, hit.subject_kind, hit.subject_id, hit.field, hit.part


class Judge:
    """Reads the records behind some hits once."""

    def __init__(self, hits: Sequence[Hit], values: RuleValues, customer_ids: Iterable[int] = ()) -> None:
        self._values = values
        of_customers = {hit.subject_id for hit in hits if hit.subject_kind == "customer"} | set(customer_ids)
        of_policies = {hit.subject_id for hit in hits if hit.subject_kind == "policy"}
        self._customers = Customer.objects.in_bulk(list(of_customers))
        self._policies = Policy.objects.in_bulk(list(of_policies))
        parties = PolicyParty.objects.filter(policy__in=[hit.subject_id for hit in hits if hit.row])
        self._parties = {(party.policy_id, row_of(party)): party for party in parties}
        self.answering = Answering(self._customers)

    def judge(self, hit: Hit) -> Judgement:
        if hit.subject_kind == "customer":
            customer = self._customers[hit.subject_id]
            value = normal_in(customer, hit.field)
            answer = self.answering.of_customer(customer.pk, hit.rule.roles, hit.field, value)
            return self._judgement(hit, value, customer.number, customer.business_stage, answer)
        policy = self._policies[hit.subject_id]
        value = self._of_party(hit) if hit.row else str(getattr(policy, hit.field) or "")
        return self._judgement(hit, value, policy.number, policy.business_stage, of_policy(policy))

    def _of_party(self, hit: Hit) -> str:
        party = self._parties[hit.subject_id, hit.row]
        if hit.plain_field in SOURCE_FIELDS:
            return normal_in(party, hit.plain_field)
        value = getattr(party, hit.plain_field)
        return "" if value is None else str(value)

    def _judgement(self, hit: Hit, value: str, number: str, stage: str, answer: Answer) -> Judgement:
        said = {
            "severity": hit.severity.value,
            "kind": hit.rule.kind.value,
            "rule_version": self._values.setting(hit.rule.code).version,
            "value_hash": value_hash(hit.plain_field, value, settings.HASH_KEY),
            "value_masked": shown(hit.plain_field, value),
            "subject_key": number,
            "answering_policy_id": answer.policy_id,
            "answering_branch_id": answer.branch_id,
            "answering_agency_id": answer.agency_id,
            "answering_seller_id": answer.seller_id,
        }
        return Judgement(hit, said, stage)


def shown(field: str, value: str) -> str:
    return (value if field in PLAIN else mask(MASKS.get(field, ""), value))[:200]


def in_words(field: str, value: str) -> str:
    """A shown value as a page tells it: the word of a choice instead of its code."""
    choices = {"relation": Relation.choices, "id_type": DocumentType.choices}.get(
        field.rpartition(".")[2], []
    )
    return str(dict(choices).get(value, value))


def row_of(party: PolicyParty) -> str:
    """How a finding about one party names it, such as "insured:1" and "beneficiary:death:2"."""
    return ":".join(str(part) for part in (party.role, party.benefit, party.position) if part != "")
