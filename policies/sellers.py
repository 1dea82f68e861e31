"""Who sold a policy, level by level: as recorded on it, and as the register knows them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from policies.models import Policy


@dataclass(frozen=True)
class Level:
    """`agrees` is None where nothing is recorded."""

    label: str
    number: str
    name: str
    matched_number: str
    matched_name: str
    link: tuple[str, int] | None = None

    @property
    def recorded(self) -> bool:
        return bool(self.number or self.name)

    @property
    def agrees(self) -> bool | None:
        if not self.recorded:
            return None
        return bool(self.matched_number) and self.name == self.matched_name


def seller_levels(policy: Policy) -> list[Level]:
    agency, branch, outlet, seller = policy.agency, policy.agency_branch, policy.outlet, policy.seller
    levels = [
        Level(
            _("Agency"),
            policy.agency_no,
            policy.agency_name,
            agency.number if agency else "",
            agency.name if agency else "",
            ("agency", agency.pk) if agency else None,
        ),
        Level(
            _("Agency branch"),
            policy.agency_branch_no,
            policy.agency_branch_name,
            branch.number if branch else "",
            branch.name if branch else "",
        ),
        Level(
            _("Outlet"),
            policy.outlet_no,
            policy.outlet_name,
            outlet.number if outlet else "",
            outlet.name if outlet else "",
        ),
        Level(
            _("Seller"),
            policy.seller_no,
            policy.seller_name,
            seller.staff_no if seller else "",
            seller.name if seller else "",
            ("seller", seller.pk) if seller else None,
        ),
    ]
    return [level for level in levels if level.recorded or level.matched_number]
