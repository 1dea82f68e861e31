"""Which columns of customers follow from what was written."""

from __future__ import annotations

from functools import partial

from customers.editions import hold, present
from customers.facts import CUSTOMER_READS, CUSTOMER_WRITES, derive_customers_again
from customers.models import Customer
from workplace.refreshing import Derivation, register_derivation


def register() -> None:
    register_derivation(
        Derivation(
            name="customers",
            model=Customer,
            reads=CUSTOMER_READS,
            writes=CUSTOMER_WRITES,
            derive=derive_customers_again,
            now=lambda: present().version,
            hand_over=lambda: partial(hold, present()),
            parallel=True,
        )
    )
