"""What a hit says as a finding: the value hashed and masked, its subject's number, and who answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings

from agents.models import Agency, SalesAgent
from audits.answering import Answer, Answering, of_agency, of_policy, of_seller
from audits.choices import Cohort
from audits.evaluation import Hit, row_of
from authenticity.choices import DocumentType, Severity
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
    "email": "email",
    "birth_date": "birth_date",
    "seller_name": "name",
}
PLAIN = frozenset(
    {"id_type", "id_valid_from", "id_valid_to", "relation", "share", "seller_no", "outlet_no", "outlet_name"}
    | {"agency_branch_no", "agency_branch_name", "agency_no", "agency_name"}
    | {"nationality", "identity_checked_on", "contact_confirmed_on"}
)
JUDGED = (
    "severity",
    "kind",
    "rule_version",
    "value_hash",
    "value_masked",
    "subject_key",
    "cohort",
    "answering_policy_id",
    "answering_branch_id",
    "answering_agency_id",
    "answering_seller_id",
)
NOTICE_DATE = "2013-11-04"
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


class Subjects:
    """Reads the records behind some hits once."""

    def __init__(self, hits: Sequence[Hit], customer_ids: Iterable[int] = ()) -> None:
        self._customers = Customer.objects.in_bulk(_ids(hits, "customer") | set(customer_ids))
        self._policies = Policy.objects.in_bulk(_ids(hits, "policy"))
        self._sellers = SalesAgent.objects.in_bulk(_ids(hits, "seller"))
        self._agencies = Agency.objects.in_bulk(_ids(hits, "agency"))
        of_rows = {hit.subject_id for hit in hits if hit.row}
        written = PolicyParty.objects.select_related("customer").filter(policy__in=of_rows)
        parties = written if of_rows else ()
        self._parties = {
            (party.policy_id, row_of(party.role, party.benefit, party.position)): party for party in parties
        }

    def value_of(self, hit: Hit) -> str:
        if hit.subject_kind == "customer":
            return normal_in(self._customers[hit.subject_id], hit.field)
        if hit.subject_kind == "seller":
            return text_in(self._sellers[hit.subject_id], hit.field)
        if hit.subject_kind == "agency":
            return text_in(self._agencies[hit.subject_id], hit.field)
        return self._of_party(hit) if hit.row else text_in(self._policies[hit.subject_id], hit.field)

    def _of_party(self, hit: Hit) -> str:
        """What the customer has, where the party is one: rules look there, and a party has no phones."""
        party = self._parties[hit.subject_id, hit.row]
        if hit.plain_field in SOURCE_FIELDS:
            return normal_in(party.customer or party, hit.plain_field)
        return text_in(party, hit.plain_field)


class Judge(Subjects):
    """What findings should say of some hits."""

    def __init__(self, hits: Sequence[Hit], values: RuleValues, customer_ids: Iterable[int] = ()) -> None:
        super().__init__(hits, customer_ids)
        self._values = values
        self._notice_date = notice_date(values)
        self.answering = Answering(self._customers)

    def judge(self, hit: Hit) -> Judgement:
        value = self.value_of(hit)
        if hit.subject_kind == "customer":
            customer = self._customers[hit.subject_id]
            answer = self.answering.of_customer(customer.pk, hit.rule.roles, hit.field, value)
            return self._judgement(hit, value, customer.number, customer.business_stage, answer)
        if hit.subject_kind == "seller":
            seller = self._sellers[hit.subject_id]
            return self._judgement(hit, value, seller.staff_no, seller.business_stage, of_seller(seller))
        if hit.subject_kind == "agency":
            agency = self._agencies[hit.subject_id]
            return self._judgement(hit, value, agency.number, agency.business_stage, of_agency(agency))
        policy = self._policies[hit.subject_id]
        return self._judgement(hit, value, policy.number, policy.business_stage, of_policy(policy))

    def _judgement(self, hit: Hit, value: str, number: str, stage: str, answer: Answer) -> Judgement:
        cohort = self._cohort(answer)
        said = {
            "severity": self._severity(hit, cohort).value,
            "kind": hit.rule.kind.value,
            "rule_version": self._values.setting(hit.rule.code).version,
            "value_hash": hash_of(hit, value),
            "value_masked": shown(hit.plain_field, value),
            "subject_key": number,
            "cohort": cohort,
            "answering_policy_id": answer.policy_id,
            "answering_branch_id": answer.branch_id,
            "answering_agency_id": answer.agency_id,
            "answering_seller_id": answer.seller_id,
        }
        return Judgement(hit, said, stage)

    def _severity(self, hit: Hit, cohort: str) -> Severity:
        """A rule may be milder on old business, unless compliance has said otherwise."""
        own = self._values.setting(hit.rule.code).severity
        milder = hit.rule.historical if cohort == Cohort.HISTORICAL and not own else None
        return milder or hit.severity

    def _cohort(self, answer: Answer) -> str:
        """Nothing where no policy answers, or its days are unknown."""
        if answer.issued_on is None:
            return ""
        return (Cohort.NEW if answer.issued_on >= self._notice_date else Cohort.HISTORICAL).value


def hash_of(hit: Hit, value: str) -> str:
    """By which a finding, an exemption and an override know the very value that they are about."""
    return value_hash(hit.plain_field, value, settings.HASH_KEY)


def _ids(hits: Iterable[Hit], kind: str) -> set[int]:
    return {hit.subject_id for hit in hits if hit.subject_kind == kind}


def notice_date(values: RuleValues) -> date:
    """From when on a policy is new business (SCP-002): the day that the notice was issued."""
    said = values.thresholds.get("SCP-002", {}).get("notice_date", NOTICE_DATE)
    return date.fromisoformat(str(said))


def text_in(record: object, field: str) -> str:
    """A column as text; nothing for a finding that is about no single column."""
    value = getattr(record, field, None)
    return "" if value is None else str(value)


def shown(field: str, value: str) -> str:
    return (value if field in PLAIN else mask(MASKS.get(field, ""), value))[:200]


def in_words(field: str, value: str) -> str:
    """A shown value as a page tells it: the word of a choice instead of its code."""
    choices = {"relation": Relation.choices, "id_type": DocumentType.choices}.get(
        field.rpartition(".")[2], []
    )
    return str(dict(choices).get(value, value))
