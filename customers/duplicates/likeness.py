"""How alike two texts are: the same, one slip of the finger apart, or of the same sound. Pure."""

from __future__ import annotations

from functools import lru_cache


def one_slip(left: str, right: str) -> bool:
    """One character wrong, missing or too many, or two neighbours swapped; not the same text."""
    if left == right or abs(len(left) - len(right)) > 1:
        return False
    if len(left) != len(right):
        short, long = sorted((left, right), key=len)
        return any(long[:place] + long[place + 1 :] == short for place in range(len(long)))
    wrong = [place for place, pair in enumerate(zip(left, right, strict=True)) if pair[0] != pair[1]]
    if len(wrong) == 1:
        return True
    return len(wrong) == 2 and wrong[1] == wrong[0] + 1 and _swapped(left, right, wrong[0])


def _swapped(left: str, right: str, place: int) -> bool:
    return left[place] == right[place + 1] and left[place + 1] == right[place]


@lru_cache(maxsize=30_000)
def _sound_of_sign(sign: str) -> str:
    from pypinyin import Style, pinyin  # noqa: PLC0415 - dictionaries that hardly any process asks for

    return pinyin(sign, style=Style.NORMAL, errors=str.casefold)[0][0]


@lru_cache(maxsize=50_000)
def sound_of(name: str) -> str:
    """The syllables of a name without tones; other scripts in small letters. Each sign by itself, so that
    a name sounds the same whatever stands beside it."""
    return " ".join(_sound_of_sign(sign) for sign in name if not sign.isspace())


def same_sound(left: str, right: str) -> bool:
    return bool(left) and sound_of(left) == sound_of(right)


def near_date(left: str, right: str) -> bool:
    """ISO dates with one digit wrong or two swapped, or with day and month in each other's place."""
    if left == right:
        return False
    return one_slip(left.replace("-", ""), right.replace("-", "")) or _turned(left) == right


def _turned(text: str) -> str:
    year, month, day = text.split("-")
    return f"{year}-{day}-{month}"
