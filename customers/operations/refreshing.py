"""Which columns of customers follow from what was written."""

from __future__ import annotations

from customers.facts import CUSTOMER_READS, CUSTOMER_WRITES, FACTS_VERSION, derive_customers_again
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
            version=FACTS_VERSION,
            parallel=True,
        )
    )
