"""Who shares a number with whom: counted live, as swept, and after a change."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q, QuerySet

from agents.models import SalesAgent
from customers.choices import SharedKind
from customers.models import Customer, SharedKey
from policies.choices import PolicyStatus
from policies.models import Policy
from policies.operations.states import refresh_serving_units
from policies.sharing import LiveSharing, SweptSharing, rebuild_shared_keys
from tests.factories import make_branch, make_customer, make_outlet, make_policy, make_seller, resident_id
from tests.rules.book import rewrite

pytestmark = pytest.mark.django_db

EVERYBODY = LiveSharing(Q(), Q())
WAYS: list[dict[str, Any]] = [
    {"at_least": 2},
    {"at_least": 3},
    {"at_least": 2, "below": 3},
    {"at_least": 2, "one_seller": True},
    {"at_least": 2, "one_seller": False},
]


def keys(sharing: Any, kind: str, **way: Any) -> set[Any]:
    found = sharing.keys(kind, **way)
    if isinstance(found, QuerySet):
        return {row[0] for row in found}
    with connection.cursor() as cursor:
        cursor.execute(found.sql, found.params)
        return {row[0] for row in cursor.fetchall()}


def random_book(seed: int) -> list[Customer]:
    """Few values over many people, so that everything is shared in every way."""
    chance = random.Random(seed)
    branch = make_branch()
    sellers: list[SalesAgent] = [make_seller(outlet=make_outlet(branch=branch)) for _ in range(2)]
    sellers.append(make_seller(outlet=sellers[0].outlet))
    people: list[Customer] = []
    for _ in range(14):
        born = chance.choice((date(1985, 6, 15), date(1979, 11, 23)))
        customer = make_customer(
            home_branch=branch,
            name=chance.choice(("段思远", "吴长河")),
            birth_date=born.isoformat(),
            id_no=resident_id(born=born, order=chance.choice((121, 123, 125))),
            mobile=chance.choice(("13920461857", "13920461858", "13920461859", "无", "")),
            landline=chance.choice(("010-65128473", "", "")),
            email=chance.choice(("a@b.cn", "c@d.cn", "")),
        )
        columns = {"address_key": chance.choice((-5, 7, None)), "id_key": chance.choice((customer.id_no, ""))}
        if people and chance.random() < 0.1:
            columns["merged_into"] = people[0]
        Customer.objects.filter(pk=customer.pk).update(**columns)
        for _policy in range(chance.choice((0, 1, 1, 2))):
            make_policy(
                holder=customer,
                seller=chance.choice(sellers),
                status=chance.choice((*[PolicyStatus.IN_FORCE] * 2, PolicyStatus.SURRENDERED)),
                account_no=chance.choice(("6222021234567890", "6222021234567891", "")),
            )
        people.append(customer)
    SalesAgent.objects.filter(pk=sellers[0].pk).update(id_norm=chance.choice(people).id_no)
    return people


@pytest.mark.parametrize("seed", range(12))
def test_swept_and_live_say_the_same(seed: int) -> None:
    random_book(seed)
    rebuild_shared_keys()
    for kind in SharedKind:
        for way in WAYS:
            assert keys(SweptSharing(), kind, **way) == keys(EVERYBODY, kind, **way), (kind, way)


def test_a_second_rebuild_changes_nothing() -> None:
    random_book(3)
    assert rebuild_shared_keys() > 0
    before = set(SharedKey.objects.values_list("pk", "kind", "key", "persons", "one_seller"))
    assert rebuild_shared_keys() == 0
    assert set(SharedKey.objects.values_list("pk", "kind", "key", "persons", "one_seller")) == before


@pytest.mark.parametrize("seed", range(6))
def test_a_rebuild_follows_what_changed(seed: int) -> None:
    people = random_book(seed)
    rebuild_shared_keys()
    chance = random.Random(seed)
    changed = chance.sample(people, 3)
    rewrite(changed[0], mobile="13920461858", landline="", name="孙一山")
    rewrite(changed[1], mobile="13920461858", email="c@d.cn")
    Customer.objects.filter(pk=changed[1].pk).update(address_key=-5, id_key=changed[0].id_key)
    policies = Policy.objects.filter(parties__customer=changed[2])
    ids = list(policies.values_list("pk", flat=True))
    Policy.objects.filter(pk__in=ids).update(status=PolicyStatus.SURRENDERED, account_no="6222021234567890")
    refresh_serving_units(policy_ids=ids)
    assert rebuild_shared_keys() > 0
    for kind in SharedKind:
        for way in WAYS:
            assert keys(SweptSharing(), kind, **way) == keys(EVERYBODY, kind, **way), (kind, way)
