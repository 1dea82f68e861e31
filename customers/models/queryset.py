from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db.models import Exists, F, Func, OuterRef, Q, TextField
from django.db.models.functions import Now

from agents.models.reach import reach_of
from workplace.absences import principals_now
from workplace.models.queryset import ScopedQuerySet, Viewer, staff_or_none

if TYPE_CHECKING:
    from customers.models.customer import Customer  # noqa: F401 - named in a string below
    from workplace.models import Staff


# Word for word the expression of the index `customer_name_characters`.
CHARACTERS_OF_NAME = Func(
    F("name"), template="string_to_array(%(expressions)s, NULL)", output_field=ArrayField(TextField())
)


class CustomerQuerySet(ScopedQuerySet["Customer"]):
    def of_staff(self, staff: Staff) -> Self:
        """By home branch, by the branch or agency of one of the policies, or by a live grant on just them.

        A grant's end is judged by the database's own clock: it ends sight, no business day. Who was merged
        into another is seen no more: the other stands for both.
        """
        return self.filter(self._of_reach(staff), merged_into__isnull=True)

    def known_to(self, user: Viewer) -> Self:
        """Whom that person sees, and whoever was merged into one of them: for history, logs and outbox."""
        staff = staff_or_none(user)
        if staff is None:
            return self.none()
        seen = apps.get_model("customers", "Customer")._default_manager.visible_to(staff).order_by()
        stands = Exists(seen.filter(pk=OuterRef("merged_into_id")))
        return self.filter(stands | Q(self._of_reach(staff), merged_into__isnull=True))

    def _of_reach(self, staff: Staff) -> Q:
        reach = reach_of(staff)
        if reach.everything:
            return Q()
        units = apps.get_model("customers", "ServingUnit")._default_manager.filter(customer=OuterRef("pk"))
        served = Exists(units.filter(branch_id__in=reach.branch_ids)) if reach.branch_ids else Q()
        sold = Exists(units.filter(agency_id__in=reach.agency_ids)) if reach.agency_ids else Q()
        granted = Exists(live_grants(staff).filter(customer=OuterRef("pk")))
        return Q(Q(home_branch_id__in=reach.branch_ids) | granted | served | sold)

    def named(self, name: str) -> Self:
        """By characters of the name (an index answers even for one), then by the name as a whole."""
        characters = list(dict.fromkeys(name))
        # No index holds the version, which is never 0: else the planner, for whom it costs nothing to take
        # names apart, would do so with all names of another index instead of asking the one of characters.
        having = self.alias(name_characters=CHARACTERS_OF_NAME).filter(
            name_characters__contains=characters, version__gt=0
        )
        # To ask twice about one character would make it look rare, and the first page wait for all its rows.
        return having if len(name) == 1 else having.filter(name__contains=name)


class CustomerGrantQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        """One's own, and those on customers that one sees."""
        customers = apps.get_model("customers", "Customer")._default_manager.visible_to(staff)
        return self.filter(Q(staff=staff) | Q(customer__in=customers.order_by().values("pk")))

    def live(self) -> Self:
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=Now()), ended_at__isnull=True)


def live_grants(staff: Staff) -> CustomerGrantQuerySet:
    """One's own, and those of people for whom one stands in today: no row is made, so none is left over."""
    grants = CustomerGrantQuerySet(apps.get_model("customers", "CustomerGrant"))
    return grants.live().filter(staff__in={staff.pk, *principals_now(staff)})


class PairQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        """Whoever sees both customers, the merged one as the one that stands for it."""
        if reach_of(staff).everything:
            return self
        seen = _standing_for(staff)
        return self.filter(_of(seen, "left"), _of(seen, "right"))


def _standing_for(staff: Staff) -> Any:
    customers = apps.get_model("customers", "Customer")._default_manager
    return customers.visible_to(staff).order_by()


def _of(seen: Any, side: str) -> Q:
    itself = Exists(seen.filter(pk=OuterRef(f"{side}_id")))
    survivor = Exists(seen.filter(pk=OuterRef(f"{side}__merged_into_id")))
    return Q(itself) | Q(survivor)


class CampaignQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        """One's own, and those of the branches within reach."""
        reach = reach_of(staff)
        if reach.everything:
            return self
        return self.filter(Q(owner=staff) | Q(branch_id__in=reach.branch_ids))


class OfCustomerQuerySet(ScopedQuerySet[Any]):
    """Rows about one customer."""

    def of_staff(self, staff: Staff) -> Self:
        """Those of customers whom one sees."""
        if reach_of(staff).everything:
            return self
        customers = apps.get_model("customers", "Customer")._default_manager.visible_to(staff)
        return self.filter(customer__in=customers.order_by().values("pk"))
