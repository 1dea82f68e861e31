"""E-mail addresses: one normal form and a plain look at the shape."""

import re

from authenticity.texts import compact

_SHAPE = re.compile(r"[^@\s\"(),:;<>\[\]\\]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,62})\.){1,8}[a-z]{2,24}")


def normalise(raw: str | None) -> str:
    """Folded; the domain in lower case."""
    local, at, domain = compact(raw, 254).rpartition("@")
    return local + at + domain.lower() if at else domain


def is_valid(raw: str | None) -> bool:
    normal = normalise(raw)
    return _SHAPE.fullmatch(normal) is not None and ".." not in normal
