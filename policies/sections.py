"""The sections of a policy's page that the apps above bring."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from policies.models import Policy
    from workplace.models import Staff


@dataclass(frozen=True)
class Section:
    """`context(policy, staff)` must hold only what that person may see; `permission` opens the section."""

    name: str
    title: StrOrPromise
    template: str
    context: Callable[[Policy, Staff], Mapping[str, Any]]
    permission: str
    order: int = 0


_sections: dict[str, Section] = {}


def register_section(section: Section) -> None:
    _sections[section.name] = section


def sections_for(policy: Policy, staff: Staff) -> list[dict[str, Any]]:
    """What the page hands its template, in order."""
    open_ones = [one for one in _sections.values() if staff.has_perm(one.permission)]
    return [
        {"section": one, **one.context(policy, staff)}
        for one in sorted(open_ones, key=lambda section: section.order)
    ]
