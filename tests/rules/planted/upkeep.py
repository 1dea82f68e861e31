"""Identity checks and confirmations (customers/rules/upkeep.py)."""

from __future__ import annotations

from datetime import date

from tests.rules.planting import holder_set, plant

PLANTS = (
    plant("IC-001", "never checked", holder_set(identity_checked_on=None), field="identity_checked_on"),
    plant(
        "IC-001",
        "another number was checked",
        holder_set(identity_checked_key="110101198506151111"),
        field="identity_checked_on",
    ),
    plant(
        "IC-001",
        "lapsed yesterday",
        holder_set(identity_check_lapses_on=date(2026, 11, 19)),
        field="identity_checked_on",
    ),
    plant(
        "CT-001",
        "two years and a day ago",
        holder_set(contact_confirmed_on=date(2024, 11, 19)),
        field="contact_confirmed_on",
    ),
    plant("CT-001", "never confirmed", holder_set(contact_confirmed_on=None), field="contact_confirmed_on"),
    plant("CT-002", "nobody asked", holder_set(own_mobile=""), field="mobile"),
    plant("CT-002", "another was the own", holder_set(own_mobile="13920461858"), field="mobile"),
)
NEAR_MISSES = (
    ("IC-001", "lapses today", holder_set(identity_check_lapses_on=date(2026, 11, 20))),
    ("CT-001", "two years ago", holder_set(contact_confirmed_on=date(2024, 11, 20))),
    ("CT-002", "without a mobile", holder_set(mobile="", own_mobile="", landline="010-65128473")),
)
