"""What policies and their parties know to do with millions of rows of a file at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from agents.models import Branch
from agents.operations.scope import writing_reach
from customers.bulk import FEW as FEW_OF_CUSTOMERS
from customers.bulk import FactReader, same_fact, types_of
from customers.editions import FACTS_VERSION
from customers.facts import PERSON_FIELDS
from policies.accounts import account_columns, owner_number
from policies.choices import PartyRole
from policies.models import Policy, PolicyParty, Product
from policies.operations.states import follow_parties, follow_policies
from policies.resources import PartyResource, PolicyResource
from workplace.intake.bulk_plain import UNREADABLE, Expressions, Memory, Plain, register_plain
from workplace.intake.bulk_workers import RowReader
from workplace.intake.shapes import Misshapen
from workplace.models import Staff

DAYS = ("applied_on", "issued_on", "effective_on")
YES_NO = ("insured_consent", "income_proof")
NUMBERS = ("premium", "payment_years", "death_cover")
SELLERS = frozenset({"seller_no", "outlet_no", "agency_branch_no", "agency_no"})
ACCOUNT = ("account_no_raw", "account_no", "account_marks")
FORM_ROLES = (PartyRole.HOLDER, PartyRole.INSURED)
# Who was merged into another is that other.
STANDING = "coalesce(person.merged_into_id, person.id)"


class PlainPolicies(Plain):
    model = Policy
    record_kind = "policy"
    touches = True
    known = frozenset(PolicyResource.codes_in_order)
    needed = SELLERS
    few = frozenset({"product", "channel", "branch", "status", "business_stage", *DAYS, *YES_NO})

    def open_to(self, actor: Staff | None) -> bool:
        return writing_reach(actor).everything

    def book(self) -> str:
        return (
            "(policies_policy c JOIN agents_branch unit ON unit.id = c.branch_id"
            " JOIN policies_product sold ON sold.id = c.product_id)"
        )

    def same(self, code: str, cell: str, means: Callable[[str], str]) -> str:
        known = {
            "number": "true",
            "product": f"{means(code)} = sold.code AND c.in_scope IS NOT NULL",
            "branch": f"{means(code)} = unit.number",
            "business_stage": f"{means(code)} IN ('', c.business_stage)",
            "account_no": f"{cell} = c.account_no_raw",
        }
        if code in known:
            return known[code]
        if code in DAYS:
            return f"{means(code)} = coalesce(c.{code}::text, '')"
        if code in YES_NO:
            return f"{means(code)} = CASE c.{code} WHEN true THEN 'True' WHEN false THEN 'False' ELSE '' END"
        if code in NUMBERS:
            return f"{cell} = coalesce(c.{code}::text, '')"
        return f"{means(code) if code in self.few else cell} = c.{code}"

    def reader(self, codes: Sequence[str]) -> Callable[[], RowReader]:
        branches = dict(Branch.objects.values_list("number", "pk"))
        products = {product.code: (product.pk, product.in_scope) for product in Product.objects.all()}
        return lambda: policy_reader(list(codes), branches, products)

    def expressions(self, codes: Sequence[str]) -> Expressions:
        finished = types_of(_policy_columns(codes), Policy)
        columns = {name: f"f.{name}" for name, _kind in finished}
        columns |= {
            "seller_id": "seller.id",
            "outlet_id": "outlet.id",
            "agency_branch_id": "office.id",
            "agency_id": "CASE WHEN agency.id IS NOT NULL THEN agency.id WHEN f.agency_no <> '' THEN NULL"
            " WHEN outlet.id IS NOT NULL THEN outlet.agency_id"
            " WHEN office.id IS NOT NULL THEN office.agency_id ELSE seller.agency_id END",
        }
        insert, update = dict(columns), dict(columns)
        del update["number"]
        if "business_stage" in codes:
            insert["business_stage"] = "coalesce(nullif(f.business_stage, ''), 'sale')"
            update["business_stage"] = "coalesce(nullif(f.business_stage, ''), c.business_stage)"
        joins = """
            LEFT JOIN agents_salesagent seller ON seller.staff_no = f.seller_no AND f.seller_no <> ''
            LEFT JOIN agents_outlet outlet ON outlet.number = f.outlet_no AND f.outlet_no <> ''
            LEFT JOIN agents_outlet office ON office.number = f.agency_branch_no AND office.level = 'branch'
                                          AND f.agency_branch_no <> ''
            LEFT JOIN agents_agency agency ON agency.number = f.agency_no AND f.agency_no <> ''
        """
        return Expressions(finished, insert, update, joins)

    def after(self, *, touched: str, at: datetime, whole: bool) -> None:
        follow_policies(touched=touched, at=at)


def _policy_columns(codes: Sequence[str]) -> list[str]:
    columns: list[str] = []
    for code in codes:
        if code == "product":
            columns += ["product_id", "in_scope"]
        elif code == "branch":
            columns.append("branch_id")
        elif code == "account_no":
            columns += ACCOUNT
        else:
            columns.append(code)
    return columns


def policy_reader(
    codes: list[str], branches: dict[str, int], products: dict[str, tuple[int, bool]]
) -> RowReader:
    columns = PolicyResource.columns()
    memories = [(code, Memory(columns[code].shape), columns[code].required) for code in codes]

    def read(cells: list[str]) -> Sequence[Any] | None:
        values: list[Any] = []
        for (code, memory, required), cell in zip(memories, cells, strict=True):
            value = memory(cell)
            if value is UNREADABLE or (required and (value is None or value == "")):
                return None
            if code == "product":
                if value not in products:
                    return None
                values += products[value]
            elif code == "branch":
                if value not in branches:
                    return None
                values.append(branches[value])
            elif code == "account_no":
                account = account_columns(value)
                values += [account[name] for name in ACCOUNT]
            elif code == "account_holder_id_no":
                values.append(owner_number(value))
            else:
                values.append(value)
        return values

    return read


PARTY_PLAIN = ("designation", "relation", "order", "share")
PARTY_TEXTS = ("phone", "address", "occupation", "guardian_name", "guardian_phone")


class PlainParties(Plain):
    model = PolicyParty
    record_kind = "party"
    touches = True
    known = frozenset(PartyResource.codes_in_order)
    few = frozenset({"role", "benefit", "position", "designation", "relation", "order"}) | (
        FEW_OF_CUSTOMERS & frozenset(PERSON_FIELDS)
    )
    keys = frozenset({"role", "benefit", "position"})
    late = "c.policy_id = policy.id AND c.role = f.role AND c.benefit = f.benefit AND c.position = f.position"

    def open_to(self, actor: Staff | None) -> bool:
        return writing_reach(actor).everything

    def book(self) -> str:
        return (
            "(policies_policyparty c JOIN policies_policy policy ON policy.id = c.policy_id"
            " LEFT JOIN customers_customer person ON person.id = c.customer_id)"
        )

    def match(self, means: Callable[[str], str]) -> str:
        return (
            f"policy.number = s.key AND c.role = {means('role')} AND c.benefit = {means('benefit')}"
            f" AND c.position::text = {_position(means)}"
        )

    def key_parts(
        self, codes: Sequence[str], cell: Callable[[str], str], means: Callable[[str], str]
    ) -> Sequence[str]:
        parts = [f"coalesce({means(code)}, {cell(code)})" for code in ("role", "benefit") if code in codes]
        return [*parts, f"coalesce({_position(means)}, {cell('position')})"] if "position" in codes else parts

    def same(self, code: str, cell: str, means: Callable[[str], str]) -> str:
        if code in ("policy", "role", "benefit", "position"):
            return f"{means(code)} IS NOT NULL" if code != "policy" else "true"
        if code == "customer":
            return f"{cell} = coalesce(person.number, '')"
        if code == "share":
            return f"{cell} = coalesce(c.share::text, '')"
        if code == "order":
            return f"{means(code)} = coalesce(c.\"order\"::text, '')"
        if code in PERSON_FIELDS:
            return f"c.facts_version = {FACTS_VERSION} AND {same_fact(code, cell, means)}"
        return f"{means(code) if code in self.few else cell} = c.{code}"

    def reader(self, codes: Sequence[str]) -> Callable[[], RowReader]:
        return lambda: party_reader(list(codes))

    def expressions(self, codes: Sequence[str]) -> Expressions:
        facts = FactReader([code for code in codes if code in PERSON_FIELDS]).columns
        stored = ["role", "benefit", "position", *_party_others(codes), *facts]
        finished = [("policy", "text"), ("customer", "text"), *types_of(stored, PolicyParty)]
        columns = {name: f'f."{name}"' for name in stored}
        insert = {
            "policy_id": "policy.id",
            "customer_id": STANDING,
            "facts_version": str(FACTS_VERSION),
            **columns,
        }
        joins = (
            "LEFT JOIN policies_policy policy ON policy.number = f.policy"
            " LEFT JOIN customers_customer person ON person.number = f.customer AND f.customer <> ''"
        )
        needed = ("policy.id IS NOT NULL", "f.customer = '' OR person.id IS NOT NULL")
        steady = (f"c.customer_id IS NOT DISTINCT FROM {STANDING}",)
        return Expressions(finished, insert, columns, joins, needed, steady)

    def after(self, *, touched: str, at: datetime, whole: bool) -> None:
        follow_parties(touched=touched)


def _position(means: Callable[[str], str]) -> str:
    return f"coalesce(nullif({means('position')}, ''), '1')" if means("position") != "''" else "'1'"


def _party_others(codes: Sequence[str]) -> list[str]:
    return [code for code in (*PARTY_PLAIN, *PARTY_TEXTS) if code in codes]


def party_reader(codes: list[str]) -> RowReader:
    columns = PartyResource.columns()
    persons = [code for code in codes if code in PERSON_FIELDS]
    others = _party_others(codes)
    facts = FactReader(persons)
    keys = ("policy", "customer", "role", "benefit", "position")
    memories = [(code, Memory(columns[code].shape)) for code in (*keys, *others)]

    def read(cells: list[str]) -> Sequence[Any] | None:
        written = dict(zip(codes, cells, strict=True))
        values = {code: memory(written.get(code, "")) for code, memory in memories}
        if UNREADABLE in values.values() or not party_is_plain(values):
            return None
        values["position"] = values["position"] or 1
        try:
            said = facts(written) if persons else []
        except Misshapen:
            return None
        return [*(values[code] for code, _memory in memories), *said]

    return read


def party_is_plain(values: dict[str, Any]) -> bool:
    """Nothing of what rejects a party by itself; references are looked up later."""
    role = values["role"]
    if not values["policy"] or not role or (not values["customer"] and role in FORM_ROLES):
        return False
    if role == PartyRole.HOLDER and values["position"] not in (None, 1):
        return False
    return role == PartyRole.BENEFICIARY or not values["benefit"]


def register() -> None:
    register_plain("policies", PlainPolicies())
    register_plain("parties", PlainParties())
