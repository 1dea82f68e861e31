"""Contact attempts: what was tried, whether it arrived, and who can no longer be reached."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from agents.operations.scope import in_reach, writing_reach
from authenticity import addresses, bank_cards, emails
from authenticity.hashing import stable_hash
from customers.choices import ContactChannel, ContactPoint
from customers.editions import phone_of
from customers.models import ContactAttempt, Customer
from workplace.choices import RowVerdict
from workplace.intake.kinds import Row, WriteContext

# Failures after the last attempt that arrived; who was reached has no row.
_FAILING = """
    SELECT tried.customer_id, tried.point, tried.key, least(count(*), 32767) AS failures,
           max(tried.tried_at) AS last_failed_at
      FROM customers_contactattempt tried
     WHERE tried.customer_id = ANY(%(customers)s) AND tried.outcome = 'failed'
       AND NOT EXISTS (SELECT 1 FROM customers_contactattempt later
                        WHERE later.customer_id = tried.customer_id AND later.point = tried.point
                          AND later.key = tried.key AND later.outcome = 'delivered'
                          AND later.tried_at >= tried.tried_at)
     GROUP BY tried.customer_id, tried.point, tried.key
"""
_REACHED = f"""
    DELETE FROM customers_failedcontact held
     WHERE held.customer_id = ANY(%(customers)s)
       AND NOT EXISTS (SELECT 1 FROM ({_FAILING}) failing
                        WHERE failing.customer_id = held.customer_id AND failing.point = held.point
                          AND failing.key = held.key)
"""  # noqa: S608 - our own statements put together
_UNREACHED = f"""
    INSERT INTO customers_failedcontact (customer_id, point, key, failures, last_failed_at) {_FAILING}
        ON CONFLICT (customer_id, point, key) DO UPDATE
       SET failures = excluded.failures, last_failed_at = excluded.last_failed_at
"""  # noqa: S608 - the same


@dataclass(frozen=True)
class Tried:
    """Which datum of the customer an attempt went to, and its hash; None where there is none."""

    point: str
    key: int | None


def what_was_tried(*, customer: Customer, channel: str, number: str) -> Tried:
    """By the number as written, without one by what the customer has now."""
    if channel == ContactChannel.MAIL:
        return Tried(ContactPoint.EMAIL, _hash(emails.normalise(number) or customer.email))
    if channel == ContactChannel.LETTER:
        present = customer.address_key
        return Tried(ContactPoint.ADDRESS, addresses.key(addresses.parse(number)) if number else present)
    if channel == ContactChannel.DEBIT:
        return Tried(ContactPoint.ACCOUNT, _hash(bank_cards.facts(number).normal))
    tried = phone_of(number).normal or customer.mobile or customer.landline
    at_home = tried == customer.landline or not (tried.startswith("1") and len(tried) == 11)
    mobile = tried == customer.mobile or not at_home
    return Tried(ContactPoint.MOBILE if mobile else ContactPoint.LANDLINE, _hash(tried))


def _hash(normal: str) -> int | None:
    return stable_hash(normal) if normal else None


def write_attempts(rows: Sequence[Row], context: WriteContext) -> None:
    """Adds attempts that are not there yet; one that is stays as it was. Failures in a row follow."""
    reach = writing_reach(context.actor)
    numbers = {str(row.value("customer")) for row in rows}
    customers = {one.number: one for one in Customer.objects.filter(number__in=numbers)}
    made: list[tuple[Row, ContactAttempt]] = []
    for row in rows:
        customer = customers.get(str(row.value("customer")))
        if not row.open:
            continue
        if customer is None or not in_reach(reach, branch_id=customer.home_branch_id):
            row.reject("customer", "unknown_or_out_of_reach", value=row.value("customer"))
            continue
        if row.value("tried_at") > context.at:
            row.reject("tried_at", "ahead")
            continue
        tried = what_was_tried(
            customer=customer, channel=row.value("channel"), number=str(row.value("number"))
        )
        if tried.key is None:
            row.reject("number", "required")
            continue
        made.append((row, _attempt(row, customer, tried.point, tried.key, context)))
    _store(made)
    refresh_failed_contacts(customer_ids={attempt.customer_id for _row, attempt in made})


def _attempt(row: Row, customer: Customer, point: str, key: int, context: WriteContext) -> ContactAttempt:
    """A merged customer's goes to the one that stands for both."""
    return ContactAttempt(
        customer_id=customer.merged_into_id or customer.pk,
        channel=row.value("channel"),
        point=point,
        key=key,
        outcome=row.value("outcome"),
        reason=row.value("reason"),
        tried_at=row.value("tried_at"),
        batch=context.batch,
        recorded_at=context.at,
    )


def _store(made: Sequence[tuple[Row, ContactAttempt]]) -> None:
    """Two rows of one file may name one attempt in two ways of writing: the first is written."""
    asked = {attempt.customer_id for _row, attempt in made}
    known = {_identity(one): one for one in ContactAttempt.objects.filter(customer__in=asked).order_by()}
    fresh: list[ContactAttempt] = []
    for row, attempt in made:
        found = known.setdefault(_identity(attempt), attempt)
        row.record = found
        row.verdict = RowVerdict.NEW if found is attempt else RowVerdict.UNCHANGED
        if found is attempt:
            fresh.append(attempt)
    ContactAttempt.objects.bulk_create(fresh, batch_size=1_000)


def _identity(attempt: ContactAttempt) -> tuple[object, ...]:
    return attempt.customer_id, attempt.point, attempt.key, attempt.tried_at, attempt.channel


def refresh_failed_contacts(*, customer_ids: Collection[int]) -> None:
    """Counts the failures in a row of these customers anew."""
    if not customer_ids:
        return
    values = {"customers": sorted(customer_ids)}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_REACHED, values)
        cursor.execute(_UNREACHED, values)
