"""Who brings a file writes only where they work, and learns nothing of the rest."""

from datetime import timedelta

from agents.models import Branch
from customers.models import Customer
from policies.models import Policy, PolicyParty
from tests.factories import AT, make_customer, make_policy, make_product
from tests.intake.files import customer_row, written
from tests.personas import Persona
from workplace.intake.errors import words_of

LATER = AT + timedelta(days=1)


def codes(result) -> list[str]:
    return [error["code"] for row in result.rejected for error in row.errors]


def test_a_clerk_writes_customers_of_the_own_branch_only(clerk: Persona, here: Branch, elsewhere: Branch):
    result = written(customer_row(here), customer_row(elsewhere), actor=clerk.staff)

    assert (result.new, codes(result)) == (1, ["out_of_reach"])
    assert Customer.objects.get().home_branch == here


def test_a_customer_of_another_branch_is_neither_changed_nor_told_apart_from_none(
    clerk: Persona, here: Branch, elsewhere: Branch
):
    theirs = make_customer(home_branch=elsewhere)
    taken = written(customer_row(here, number=theirs.number), actor=clerk.staff, extracted_at=LATER)
    never_was = written(customer_row(elsewhere, number="C-none"), actor=clerk.staff, extracted_at=LATER)

    assert Customer.objects.get(number=theirs.number).version == theirs.version
    told = [[words_of(error) for error in row.errors] for row in (*taken.rejected, *never_was.rejected)]
    assert told[0] == told[1] != []


def test_the_head_office_writes_everywhere(compliance: Persona, here: Branch, elsewhere: Branch):
    result = written(customer_row(here), customer_row(elsewhere), actor=compliance.staff)

    assert (result.new, result.rejected) == (2, [])


def test_whoever_is_posted_nowhere_writes_nothing(outsider: Persona, here: Branch):
    assert codes(written(customer_row(here), actor=outsider.staff)) == ["out_of_reach"]


def test_a_policy_out_of_reach_gets_no_party_and_a_foreign_customer_joins_none(
    clerk: Persona, here: Branch, elsewhere: Branch
):
    mine, theirs = make_policy(branch=here), make_policy(branch=elsewhere)
    stranger = make_customer(home_branch=elsewhere)
    base = {"role": "holder", "name": "段思远"}

    result = written(
        {**base, "policy": theirs.number, "customer": make_customer(home_branch=here).number},
        {**base, "policy": mine.number, "customer": stranger.number},
        kind="parties",
        actor=clerk.staff,
    )

    assert codes(result) == ["unknown_or_out_of_reach", "unknown_or_out_of_reach"]
    assert not PolicyParty.objects.exists()
    assert not stranger.serving_units.exists()


def test_policies_units_and_products_keep_to_the_same_reach(clerk: Persona, here: Branch, elsewhere: Branch):
    product = make_product()
    policy = {"product": product.code, "channel": "bank", "status": "有效"}
    both = [{**policy, "number": f"P{branch.pk}", "branch": branch.number} for branch in (here, elsewhere)]
    assert codes(written(*both, kind="policies", actor=clerk.staff)) == ["out_of_reach"]
    assert Policy.objects.get().branch == here

    unit = {"number": "A1", "name": "银行", "kind": "bank", "branch": elsewhere.number}
    assert codes(written(unit, kind="agencies", actor=clerk.staff)) == ["out_of_reach"]
    seller = {"number": "S1", "name": "李", "branch": elsewhere.number, "standing": "在职"}
    assert codes(written(seller, kind="agents", actor=clerk.staff)) == ["out_of_reach"]
    term = {"code": "X", "name": "险", "line": "个人", "term_years": "20"}
    assert codes(written(term, kind="products", actor=clerk.staff)) == ["out_of_reach"]
    below = {"number": "N1", "name": "营业部", "level": "office", "parent": elsewhere.number}
    assert codes(written(below, kind="branches", actor=clerk.staff)) == ["out_of_reach"]
    assert written({**below, "parent": here.number}, kind="branches", actor=clerk.staff).new == 1
