"""An application as the core system sends it, laid into the book inside a transaction that is taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from policies.choices import PartyRole, PolicyStatus
from policies.models import Policy
from workplace.intake.kinds import Row, kind_of
from workplace.intake.write import write_rows
from workplace.models import Staff

# Columns of a party that stand on the policy, not on the person.
ON_POLICY = frozenset(
    {"role", "benefit", "position", "designation", "relation", "order", "share", "phone", "occupation"}
    | {"guardian_name", "guardian_phone"}
)
SAME_PERSON = ("name", "id_type", "id_no")


class ApplicationMisshapen(Exception):
    """Cells that have no shape: of whom (`holder`, `insured:1`, `policy`), which field, why."""

    def __init__(self, problems: Sequence[dict[str, Any]]) -> None:
        super().__init__(", ".join(f"{one['of']}.{one['field']}: {one['code']}" for one in problems))
        self.problems = list(problems)


@dataclass(frozen=True)
class Application:
    """`policy` and each of `parties` map the column codes of the files to texts; a party says its `role`.

    A party with a `customer` number is that customer of the book with the values sent.
    """

    number: str
    policy: Mapping[str, str]
    parties: Sequence[Mapping[str, str]]


@dataclass
class Placed:
    """Where the application stands while it is judged."""

    policy_id: int = 0
    branch_id: int = 0
    agency_id: int | None = None
    customer_ids: list[int] = field(default_factory=list)
    names: dict[tuple[str, int], str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Person:
    number: str
    name: str
    values: Mapping[str, str]


def stage_application(*, application: Application, actor: Staff, at: datetime) -> Placed:
    """Call it inside `staged()`. Writes through the same road as a file, within the actor's reach."""
    _check_columns(application)
    unique = uuid4().hex[:20]
    branch = application.policy.get("branch", "")
    people = _people(application.parties, unique)
    new = {person.number: person for person in people.values()}
    customers = [
        {"number": person.number, **({"home_branch": branch} if branch else {}), **_of_person(person.values)}
        for person in new.values()
    ]
    written = _write("customers", customers, [person.name for person in new.values()], actor, at)
    policy = {**application.policy, "number": unique, "status": PolicyStatus.PENDING.value}
    (policy_row,) = _write("policies", [policy], ["policy"], actor, at)
    parties = [_party(party, unique, people.get(place)) for place, party in enumerate(application.parties)]
    _write("parties", parties, [_name_of(party) for party in parties], actor, at)
    return _placed(policy_row.record, written, [person.name for person in new.values()])


def _check_columns(application: Application) -> None:
    """A misspelt column must not pass for a value that nobody gave."""
    policy, customer, party = (
        set(kind_of(kind).resource.columns()) for kind in ("policies", "customers", "parties")
    )
    given = [("policy", application.policy, policy)]
    given += [(_name_of(one), one, customer | party) for one in application.parties]
    unknown = [(of, name) for of, values, known in given for name in sorted(values.keys() - known)]
    if unknown:
        raise ApplicationMisshapen(
            [{"of": of, "field": name, "code": "unknown_column"} for of, name in unknown]
        )


def _placed(policy: Policy, customers: Sequence[Row], names: Sequence[str]) -> Placed:
    placed = Placed(policy_id=policy.pk, branch_id=policy.branch_id, agency_id=policy.agency_id)
    placed.names["policy", policy.pk] = "policy"
    for row, name in zip(customers, names, strict=True):
        placed.customer_ids.append(row.record.pk)
        placed.names["customer", row.record.pk] = name
    return placed


def _people(parties: Sequence[Mapping[str, str]], unique: str) -> dict[int, _Person]:
    """Who has a customer of his own, by place; an insured who is the holder is one person with him."""
    found: dict[int, _Person] = {}
    for place, party in enumerate(parties):
        if party.get("role") not in (PartyRole.HOLDER, PartyRole.INSURED) and not party.get("customer"):
            continue
        same = next((one for one in found.values() if _same(one.values, party)), None)
        number = party.get("customer") or (same.number if same else f"{unique}-{place}")
        found[place] = same or _Person(number, _name_of(party), party)
    return found


def _same(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    if other.get("customer") or one.get("customer"):
        return bool(one.get("customer")) and one.get("customer") == other.get("customer")
    told = [name for name in SAME_PERSON if other.get(name)]
    if not told:
        return other.get("relation", "") in ("self", "本人")
    return bool(other.get("id_no")) and all(one.get(name, "") == other.get(name, "") for name in SAME_PERSON)


def _of_person(values: Mapping[str, str]) -> dict[str, str]:
    known = kind_of("customers").resource.columns()
    return {code: value for code, value in values.items() if code in known and code not in ON_POLICY}


def _party(party: Mapping[str, str], policy: str, person: _Person | None) -> dict[str, str]:
    known = kind_of("parties").resource.columns()
    kept = {code: value for code, value in party.items() if code in known and code != "customer"}
    kept["policy"] = policy
    kept.setdefault("position", "1")
    return {**kept, "customer": person.number} if person else kept


def _name_of(party: Mapping[str, str]) -> str:
    role = party.get("role", "")
    return role if role == PartyRole.HOLDER else f"{role}:{party.get('position') or 1}"


def _write(
    kind: str, rows: Sequence[Mapping[str, str]], names: Sequence[str], actor: Staff, at: datetime
) -> list[Row]:
    result = write_rows(kind=kind, rows=rows, actor=actor, at=at, extracted_at=at)
    if result.rejected:
        raise ApplicationMisshapen(
            [
                {"of": names[refused.line - 2], "field": error["column"], "code": error["code"]}
                for refused in result.rejected
                for error in refused.errors
            ]
        )
    return result.rows
