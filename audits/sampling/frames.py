"""What of the book a plan looks at: filters as the plan's version keeps them, and as a form brings them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from agents.choices import Channel
from audits.choices import Cohort
from audits.sampling.choices import SamplePurpose, StratumKey

SEPARATOR = "|"
"""Between the parts of a stratum's key; none of the numbers that stand there holds it."""
NONE = "-"
"""A part of a stratum's key of which the record has nothing, such as the agency of an agent's policy."""
PREMIUM_BANDS = (1_000, 5_000, 10_000, 50_000, 200_000)
MOST_DAYS = 36_500


class Risk(TextChoices):
    """What the rules already say of a policy: an open finding that it answers for."""

    FINDINGS = "findings", gettext_lazy("With an open finding")
    BLOCKING = "blocking", gettext_lazy("With an open blocking finding")
    CLEAN = "clean", gettext_lazy("Without an open finding")


class FrameSubject(TextChoices):
    """What is drawn, which decides the filters and strata that there are."""

    POLICY = "policy", gettext_lazy("Policies")
    CUSTOMER = "customer", gettext_lazy("Customers")
    RECTIFICATION = "rectification", gettext_lazy("Rectifications")
    CHANGE = "change", pgettext_lazy("frame", "Change requests")


SUBJECTS = {
    SamplePurpose.NEWCOMERS: FrameSubject.CUSTOMER,
    SamplePurpose.CLOSED: FrameSubject.RECTIFICATION,
    SamplePurpose.HANDLED: FrameSubject.CHANGE,
}
FILTERS = {
    FrameSubject.POLICY: None,
    FrameSubject.CUSTOMER: frozenset({"branches"}),
    FrameSubject.RECTIFICATION: frozenset({"branches", "agencies"}),
    FrameSubject.CHANGE: frozenset({"branches"}),
}
STRATA = {
    FrameSubject.POLICY: tuple(StratumKey),
    FrameSubject.CUSTOMER: (StratumKey.BRANCH, StratumKey.PROVINCE),
    FrameSubject.RECTIFICATION: (StratumKey.BRANCH, StratumKey.PROVINCE, StratumKey.AGENCY),
    FrameSubject.CHANGE: (StratumKey.BRANCH, StratumKey.PROVINCE),
}


def subject_of(purpose: str) -> FrameSubject:
    return SUBJECTS.get(SamplePurpose(purpose), FrameSubject.POLICY)


def filters_of(purpose: str) -> frozenset[str]:
    """The filters that mean something for what is drawn."""
    some = FILTERS[subject_of(purpose)]
    return frozenset(one.name for one in fields(FrameFilter)) if some is None else some


class BadFrame(ValueError):
    """`errors` says by filter what is wrong with it."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = dict(errors)


@dataclass(frozen=True)
class FrameFilter:
    """Branches (with all below them), agencies and products by their numbers; an empty filter lets all pass.

    `issued_within_days` counts back from the day the frame is taken, so that a plan moves with time.
    """

    branches: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    cohort: str = ""
    issued_from: date | None = None
    issued_to: date | None = None
    issued_within_days: int | None = None
    premium_from: Decimal | None = None
    premium_to: Decimal | None = None
    grey_list: bool = False
    risk: str = ""

    def as_json(self) -> dict[str, Any]:
        """Only what filters, in forms that JSON keeps."""
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: _plain(value) for name, value in found.items() if value not in ((), "", None, False)}

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> FrameFilter:
        """Of what was kept, or of what a form brings as text; raises BadFrame."""
        errors: dict[str, str] = {}
        values: dict[str, Any] = {}
        for name in said:
            if name not in _READERS:
                errors[name] = _("There is no such filter.")
                continue
            try:
                values[name] = _READERS[name](said[name])
            except (ValueError, InvalidOperation, TypeError):
                errors[name] = str(_FAULTS.get(name, _("This cannot be read.")))
        found = cls(**values)
        errors |= {name: text for name, text in found.faults().items() if name not in errors}
        if errors:
            raise BadFrame(errors)
        return found

    def faults(self) -> dict[str, str]:
        """What contradicts itself, by filter."""
        found: dict[str, str] = {}
        if self.issued_from and self.issued_to and self.issued_to < self.issued_from:
            found["issued_to"] = _("The last day lies before the first.")
        if self.issued_within_days is not None and not 1 <= self.issued_within_days <= MOST_DAYS:
            found["issued_within_days"] = _("A number of days from 1 on.")
        lowest, highest = self.premium_from, self.premium_to
        if lowest is not None and highest is not None and highest < lowest:
            found["premium_to"] = _("The highest premium is below the lowest.")
        return found


def read_strata(said: Any, purpose: str) -> list[str]:
    """Each key once, in the order given; raises BadFrame for one that this purpose does not know."""
    known = [key.value for key in STRATA[subject_of(purpose)]]
    found = list(dict.fromkeys(str(one) for one in said or ()))
    if any(one not in known for one in found):
        raise BadFrame({"strata": _("What this purpose draws has no such stratum.")})
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return (
        value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, Decimal) else value
    )


def _texts(value: Any) -> tuple[str, ...]:
    several = [value] if isinstance(value, str) else list(value or ())
    return tuple(dict.fromkeys(text for text in (str(one).strip() for one in several) if text))


def _channels(value: Any) -> tuple[str, ...]:
    return tuple(Channel(one).value for one in _texts(value))


def _day(value: Any) -> date | None:
    if isinstance(value, date) or value in (None, ""):
        return value or None
    return date.fromisoformat(str(value))


def _number(value: Any) -> int | None:
    return None if value in (None, "") else int(value)


def _money(value: Any) -> Decimal | None:
    if value in (None, ""):
        return None
    amount = Decimal(str(value))
    if not amount.is_finite() or amount < 0:
        raise ValueError
    return amount


def _truth(value: Any) -> bool:
    return value in (True, "on", "true", "True", "1", 1)


def _one_of(choices: type[TextChoices]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        return "" if value in (None, "") else str(choices(str(value)).value)

    return read


_READERS: dict[str, Callable[[Any], Any]] = {
    "branches": _texts,
    "channels": _channels,
    "agencies": _texts,
    "products": _texts,
    "cohort": _one_of(Cohort),
    "issued_from": _day,
    "issued_to": _day,
    "issued_within_days": _number,
    "premium_from": _money,
    "premium_to": _money,
    "grey_list": _truth,
    "risk": _one_of(Risk),
}
_FAULTS = {
    "channels": gettext_lazy("There is no such channel."),
    "cohort": gettext_lazy("New or historical."),
    "issued_from": gettext_lazy("A day such as 2026-11-23."),
    "issued_to": gettext_lazy("A day such as 2026-11-23."),
    "issued_within_days": gettext_lazy("A number of days from 1 on."),
    "premium_from": gettext_lazy("An amount from 0 on."),
    "premium_to": gettext_lazy("An amount from 0 on."),
    "risk": gettext_lazy("There is no such choice."),
}
