"""Which columns of agencies, sellers, outlets and branches follow from what was written."""

from __future__ import annotations

from typing import Any

from agents.models import Agency, Branch, Outlet, SalesAgent
from authenticity import addresses, credit_codes, documents
from authenticity.marks import uscc_marks
from workplace.refreshing import Derivation, Rows, register_derivation


def derive_agencies(rows: Rows) -> list[tuple[Any, ...]]:
    return [
        (credit_codes.normalise(code)[:40], [*uscc_marks(code)], addresses.key(addresses.parse(address)))
        for code, address in rows
    ]


def derive_places(rows: Rows) -> list[tuple[Any, ...]]:
    reads = [addresses.parse(address) for (address,) in rows]
    return [(addresses.key(read), read.district_code or "") for read in reads]


def derive_sellers(rows: Rows) -> list[tuple[Any, ...]]:
    return [(documents.citizen_key(number)[:40],) for (number,) in rows]


def register() -> None:
    register_derivation(
        Derivation(
            name="agencies",
            model=Agency,
            reads=("uscc", "address"),
            writes=("uscc_norm", "uscc_marks", "address_key"),
            derive=derive_agencies,
        )
    )
    register_derivation(
        Derivation(
            name="sellers",
            model=SalesAgent,
            reads=("id_no",),
            writes=("id_norm",),
            derive=derive_sellers,
        )
    )
    for name, model in (("outlets", Outlet), ("branches", Branch)):
        register_derivation(
            Derivation(
                name=name,
                model=model,
                reads=("address",),
                writes=("address_key", "district_code"),
                derive=derive_places,
            )
        )
