"""What an application form says beside the faulty fields of a rectification, and its images."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from audits.models import Rectification
from audits.sight import Sight, people_on, shows_scans
from authenticity.masking import mask
from policies.choices import PartyRole
from policies.models import ApplicationForm, FormPage, Policy, PolicyParty
from workplace.correctable import CorrectableField


@dataclass(frozen=True)
class Said:
    """What an application form says about a faulty field."""

    label: str
    role: str
    value: str


@dataclass(frozen=True)
class FormBeside:
    """An application form that says something about the faulty fields, or has images to look at."""

    policy: Policy
    form: ApplicationForm
    lines: list[Said]
    pages: list[FormPage]


def forms_beside(
    rectification: Rectification,
    policies: Sequence[Policy],
    fields: Sequence[CorrectableField],
    sight: Sight,
) -> list[FormBeside]:
    """What forms say of the customer in the customer's own roles; forms with nothing to show are left out."""
    rows = ApplicationForm.objects.filter(policy__in=policies).prefetch_related("pages")
    forms = {form.policy_id: form for form in rows} if policies else {}
    if not forms:
        return []
    roles = _roles_of(rectification, policies, sight)
    hidden = {
        one.policy_id for one in people_on(list(forms)) if not shows_scans(sight.staff, sight.today, [one])
    }
    found = [
        FormBeside(
            policy,
            forms[policy.pk],
            said_by(forms[policy.pk], fields, roles.get(policy.pk, {})),
            [] if policy.pk in hidden else list(forms[policy.pk].pages.all()),
        )
        for policy in policies
        if policy.pk in forms
    ]
    return [one for one in found if one.lines or one.pages]


def _roles_of(
    rectification: Rectification, policies: Sequence[Policy], sight: Sight
) -> dict[int, dict[str, bool]]:
    """Policy → the roles whose words concern this rectification, and whether they are shown unmasked."""
    parties = PolicyParty.objects.filter(policy__in=policies).select_related("customer")
    if rectification.customer_id:
        parties = parties.filter(customer_id=rectification.customer_id)
    roles: dict[int, dict[str, bool]] = {}
    for party in parties:
        known = roles.setdefault(party.policy_id, {})
        known[party.role] = known.get(party.role, True) and sight.shows(party)
    return roles


def said_by(
    form: ApplicationForm, fields: Iterable[CorrectableField], roles: Mapping[str, bool]
) -> list[Said]:
    """Only the fields that are to be mended; masked where the role's words may not be shown."""
    lines: list[Said] = []
    for one in fields:
        for role in (PartyRole.HOLDER, PartyRole.INSURED):
            value = str(form.says.get(f"{role}.{one.name}", "")) if role in roles else ""
            if value:
                shown = value if roles[role] or not one.mask else mask(one.mask, value)
                lines.append(Said(str(one.label), str(PartyRole(role).label), shown))
    return lines
