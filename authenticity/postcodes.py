"""Chinese postcodes (AD-011)."""

import re

from authenticity.texts import compact

_VALID = re.compile(
    r"(?:0[1-7]|1[0-356]|2[0-7]|3[0-6]|4[0-7]|5[0-7]|6[0-7]|7[0-5]|8[0-9]|9[0-8])[0-9]{4}|99907[78]"
)


def normalise(raw: str | None) -> str:
    return compact(raw)


def is_valid(raw: str | None) -> bool:
    return _VALID.fullmatch(normalise(raw)) is not None
