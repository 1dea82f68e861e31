"""How often a field may be corrected on a signed form, and how often it was."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audits.models import CorrectionLimit
from audits.will import WILLED_KINDS
from policies.choices import PartyRole
from policies.models import ApplicationForm, PolicyParty
from workplace.choices import CorrectionState, SourceChannel
from workplace.correctable import correctable
from workplace.models import Correction

BENEFICIARY = "beneficiary"
Spot = tuple[str, int, str]
"""Record kind, record id, field."""


@dataclass(frozen=True)
class Limit:
    """`used`: accepted corrections on the form so far; what the form says anyway is none."""

    most: int
    used: int
    reason: str

    @property
    def reached(self) -> bool:
        return self.used >= self.most

    @property
    def text(self) -> str:
        """What stands beside the field before anything is typed."""
        if self.most == 0:
            told = _("May not be corrected on a signed form; have a new form signed.")
        else:
            told = ngettext(
                "May be corrected %(most)s time on a signed form, %(used)s used.",
                "May be corrected %(most)s times on a signed form, %(used)s used.",
                self.most,
            ) % {"most": self.most, "used": self.used}
        return f"{told} {self.reason}".strip()


def limits_of(spots: Iterable[Spot]) -> dict[Spot, Limit]:
    """Of fields that have one; policies' own fields have none."""
    wanted = [spot for spot in spots if spot[0] in WILLED_KINDS]
    if not wanted:
        return {}
    rows = {row.field: row for row in CorrectionLimit.objects.all()}
    beneficiaries = _beneficiaries(pk for kind, pk, _field in wanted if kind == "party")
    used = _used(wanted)
    found: dict[Spot, Limit] = {}
    for spot in wanted:
        row = rows.get(spot[2])
        if row is None and spot[0] == "party" and spot[1] in beneficiaries:
            row = rows.get(BENEFICIARY)
        if row is not None:
            found[spot] = Limit(row.most, used.get(spot, 0), row.reason)
    return found


def limit_gaps(corrections: Sequence[Correction]) -> list[tuple[str, str]]:
    """(field, why it is refused) of values that would be corrected on a signed form once too often."""
    on_form = [row for row in corrections if row.source_channel == SourceChannel.FORM]
    spots = {spot_of(row): row for row in on_form if not _only_copied(row)}
    return [
        (spots[spot].field, refusal(limit, spots[spot]))
        for spot, limit in limits_of(spots).items()
        if limit.reached
    ]


def refusal(limit: Limit, row: Correction) -> str:
    names = {"field": correctable(row.record_kind).fields[row.field].label, "used": limit.used}
    if limit.most == 0:
        text = _("“%(field)s” may not be corrected on a signed form; have a new form signed.")
    else:
        text = _(
            "“%(field)s” was corrected on the signed form %(used)s times already; have a new form signed."
        )
    return f"{text % names} {limit.reason}".strip()


def spot_of(row: Correction) -> Spot:
    return (row.record_kind, row.record_id, row.field)


def _used(spots: Collection[Spot]) -> Mapping[Spot, int]:
    kinds, keys, _fields = map(set, zip(*spots, strict=True))
    rows = Correction.objects.filter(
        record_kind__in=kinds,
        record_id__in=keys,
        state=CorrectionState.ACCEPTED,
        source_channel=SourceChannel.FORM,
    )
    used: dict[Spot, int] = {}
    for row in rows:
        if spot_of(row) in spots and not _only_copied(row):
            used[spot_of(row)] = used.get(spot_of(row), 0) + 1
    return used


def _only_copied(row: Correction) -> bool:
    """The form says it already: only the book was wrong, the form stays as it was signed."""
    return row.new_normal in _said_on_forms(row)


def _said_on_forms(row: Correction) -> set[str]:
    if row.record_kind == "party":
        parties = PolicyParty.objects.filter(pk=row.record_id)
    else:
        parties = PolicyParty.objects.filter(customer_id=row.record_id)
    roles: dict[int, set[str]] = {}
    for policy_id, role in parties.values_list("policy_id", "role"):
        roles.setdefault(policy_id, set()).add(role)
    forms = ApplicationForm.objects.filter(policy__in=roles).values_list("policy_id", "says_normal")
    said = {
        str(says.get(f"{role}.{row.field}", ""))
        for policy_id, says in forms
        for role in roles.get(policy_id or 0, ())
    }
    return said - {""}


def _beneficiaries(pks: Iterable[int]) -> set[int]:
    wanted = list(pks)
    if not wanted:
        return set()
    rows = PolicyParty.objects.filter(pk__in=wanted, role=PartyRole.BENEFICIARY)
    return set(rows.values_list("pk", flat=True))
