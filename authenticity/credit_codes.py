"""The unified social credit code (GB 32100)."""

import re
from dataclasses import dataclass

from stdnum.cn import uscc

from authenticity.texts import compact

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SHAPE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_PILOT = re.compile(r"9135....M000.*")
_CATEGORY = re.compile(
    r"1[1239]|2[19]|3[169]|4[19]|5[0-9A-Z]|6[0-9A-Z]|7[129]|79|8[129]|9[1239]|[AGJY]1|[AGJ]9|[NQ][1239]"
)
_INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class CreditCodeFacts:
    normal: str
    shape_ok: bool = False
    check_ok: bool = False
    pilot: bool = False
    inner_ok: bool = False
    category_ok: bool = False


def normalise(raw: str | None) -> str:
    return compact(compact(raw).upper().replace("-", ""))


def facts(raw: str | None) -> CreditCodeFacts:
    """`pilot` marks early codes of one province that are registered although their check fails."""
    normal = normalise(raw)
    if not _SHAPE.fullmatch(normal):
        return CreditCodeFacts(normal)
    return CreditCodeFacts(
        normal=normal,
        shape_ok=True,
        check_ok=uscc.calc_check_digit(normal[:17]) == normal[17],
        pilot=_PILOT.fullmatch(normal) is not None,
        inner_ok=_inner_check(normal[8:16]) == normal[16],
        category_ok=_CATEGORY.fullmatch(normal[:2]) is not None,
    )


def _inner_check(eight: str) -> str:
    """GB 11714: letters count from A = 10, without the gaps of the outer alphabet."""
    total = sum(weight * int(sign, 36) for weight, sign in zip(_INNER_WEIGHTS, eight, strict=True))
    return "0123456789X0"[(11 - total % 11) % 11]
