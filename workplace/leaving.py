"""What must end when a person leaves: each app names its part, called inside the leaving's transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workplace.models import Staff

# (staff who leaves, who lets them go, when)
LeavingHook = Callable[["Staff", "Staff", datetime], None]

_hooks: dict[str, LeavingHook] = {}


def register_leaving(name: str, hook: LeavingHook) -> None:
    _hooks[name] = hook


def end_everything(staff: Staff, actor: Staff, at: datetime) -> None:
    for hook in _hooks.values():
        hook(staff, actor, at)
