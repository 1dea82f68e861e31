"""What stands in the way of undoing a merge exactly."""

from __future__ import annotations

from django.utils.translation import gettext as _

from audits.choices import MergeState
from audits.models import Merge
from audits.operations.moving import business_columns, moved_since
from customers.models import Customer
from customers.personal import label_of
from policies.models import PolicyParty


def obstacles_of(merge: Merge) -> list[str]:
    """Why undoing would not be exact: what has changed since, in words; empty when it would be."""
    survivor = Customer.objects.get(pk=merge.survivor_id)
    found = []
    if survivor.merged_into_id:
        found.append(_("The customer that stayed has itself been merged since; undo that first."))
    after, now = merge.before.get("after", {}), business_columns(survivor)
    if changed := [name for name in after if after[name] != now.get(name)]:
        labels = dict.fromkeys(label_of(survivor, name) for name in changed)
        found.append(_("Values were changed since: %(fields)s.") % {"fields": _(", ").join(labels)})
    rows = moved_since(merge)
    if rows:
        found.append(_("%(count)s of the moved rows were changed since.") % {"count": len(rows)})
    newer = PolicyParty.objects.filter(customer=survivor, recorded_at__gt=merge.decided_at)
    if numbers := list(newer.order_by("pk").values_list("policy__number", flat=True)[:5]):
        text = _("Policies came since, and nobody knows to which of the two they belong: %(numbers)s.")
        found.append(text % {"numbers": _(", ").join(numbers)})
    later = Merge.objects.filter(survivor=survivor, state=MergeState.DONE, decided_at__gt=merge.decided_at)
    if later.exclude(pk=merge.pk).exists():
        found.append(_("Another customer was merged into the same one since; undo that first."))
    return found
