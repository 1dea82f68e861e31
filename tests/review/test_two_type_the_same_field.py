"""A draft is kept while a change request asks for the same field: one is refused, neither is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import sleep

from django.db import connection, connections, transaction

from audits.operations.corrections import save_draft
from audits.operations.rectifications import assign_rectification
from customers.models import Customer
from tests.factories import AT
from tests.rectification.scenes import good_mobile, opened
from tests.rectification.test_two_clicks_at_once import LATER, People
from workplace.models import Correction
from workplace.operations.corrections import CorrectionRefused, Proposal, propose

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def until_somebody_waits() -> None:
    for _turn in range(200):
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
        sleep(0.05)
    raise AssertionError("nobody waits for the customer")


def test_a_draft_is_no_deadlock_for_a_change_request(committed_db):
    people = People()
    row = opened(people.here)
    row = assign_rectification(
        rectification=row, owner=people.clerk.fresh(), actor=people.manager.fresh(), at=AT
    )
    pk = row.customer_id

    def typed(by):
        one = Proposal("customer", pk, "mobile", good_mobile(), "call")
        return save_draft(rectification=row, proposals=[one], actor=by.fresh(), at=LATER)

    typed(people.clerk)

    def again():
        try:
            return typed(people.clerk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Customer.objects.select_for_update(of=("self",)).get(pk=pk)
            other = pool.submit(again)
            until_somebody_waits()
            one = Proposal("customer", pk, "mobile", good_mobile(), "call")
            refused = None
            try:
                propose(proposals=[one], origin="change:1", actor=people.second.fresh(), at=LATER)
            except CorrectionRefused as refusal:
                refused = refusal
        [kept] = other.result(timeout=30)

    assert refused is not None
    assert Correction.objects.get().new_raw == kept.new_raw
