"""By which code and lists facts are read: their version, and the prefixes that phones are read without.

Known to processes that have no models; one that has them asks where `follow` told it to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from authenticity import phones

FACTS_VERSION = 3
# Room for the version of the code below the editions of the lists; a column of two bytes holds both.
_EDITION, _EDITIONS = 100, 320


@dataclass(frozen=True)
class Reading:
    """The prefixes that phones are read without, and the edition of that list; as delivered unless told."""

    prefixes: tuple[str, ...] = phones.DEFAULT_STRIP_PREFIXES
    edition: int = 1

    @property
    def version(self) -> int:
        return FACTS_VERSION + _EDITION * ((self.edition - 1) % _EDITIONS)


DELIVERED = Reading()
_told: dict[str, Any] = {}


def follow(source: Callable[[], Reading]) -> None:
    """From now on this process asks there how to read."""
    _told["source"] = source


def hold(reading: Reading | None) -> None:
    """This process reads so, whatever its source says: for one that was made to derive, and asks nobody."""
    _told["held"] = reading


def present() -> Reading:
    held: Reading | None = _told.get("held")
    if held is None and "source" in _told:
        found: Reading = _told["source"]()
        return found
    return held or DELIVERED


class _Prefixes:
    """Asked for only where a number is not written plainly."""

    def __iter__(self) -> Iterator[str]:
        return iter(present().prefixes)


_PREFIXES = _Prefixes()


def phone_of(text: str) -> phones.PhoneFacts:
    """As this process reads phones."""
    return phones.facts(text, strip_prefixes=_PREFIXES)
