"""Folding of text that people typed, and shapes of digits that look invented."""

import re
import unicodedata
from collections.abc import Collection
from itertools import pairwise

MAX_CHARS = 4000
PLACEHOLDER_WORDS = ("无", "不详", "未知", "暂无", "待补", "NULL", "N/A", "NA", "none", "test")

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
_FILLER = re.compile(r"[-/.*_?]+|0+|1+|[xX]+")
_BLANK = re.compile(r"\s+")
# Characters that folding leaves alone: no space, no sign, nothing that NFKC composes.
_SOLID = re.compile("[!-~\u3400-\u9fff]+")


def has_invisible(text: str) -> bool:
    return _INVISIBLE.search(text[:MAX_CHARS]) is not None


def fold(text: str | None) -> str:
    """NFKC, no control or zero-width characters, single inner spaces; at most MAX_CHARS; case is kept."""
    if not text:
        return ""
    if len(text) <= MAX_CHARS and _SOLID.fullmatch(text):
        return text
    cut = text.strip()[:MAX_CHARS]
    if not cut.isascii() or not cut.isprintable():
        cut = unicodedata.normalize("NFKC", _INVISIBLE.sub("", cut))[:MAX_CHARS]
    return _BLANK.sub(" ", cut).strip()


def compact(text: str | None, limit: int = 200) -> str:
    """The folded text without any space, at most `limit` characters."""
    if text and len(text) <= limit and _SOLID.fullmatch(text):
        return text
    folded = fold(text).replace(" ", "")
    if not folded.isascii():
        folded = unicodedata.normalize("NFKC", folded)
    return folded[:limit]


def is_filler(text: str | None) -> bool:
    """The part of REQ-008 that no list decides: a run of one filler sign, or of nothing but signs."""
    return bool(text) and _FILLER.fullmatch(compact(text)) is not None


def is_placeholder(text: str | None, words: Collection[str] = PLACEHOLDER_WORDS) -> bool:
    """REQ-008: the whole value is one of `words` (any case) or a filler; blank is not."""
    folded = compact(text)
    if not folded:
        return False
    if _FILLER.fullmatch(folded):
        return True
    lowered = folded.casefold()
    return any(lowered == word.casefold() for word in words)


def longest_run(digits: str) -> int:
    """Length of the longest run of equal characters."""
    best = current = 0
    previous = ""
    for character in digits:
        current = current + 1 if character == previous else 1
        previous = character
        best = max(best, current)
    return best


def digit_pattern(digits: str) -> tuple[int, int]:
    """(longest run, longest sequence) of ASCII digits, told from their nibbles without a loop over them."""
    count = len(digits) - 1
    if not 0 < count < 20:
        return longest_run(digits), longest_sequence(digits)
    ones = _ONES[count]
    number = int(digits, 16)
    left = number >> 4
    number &= ones * 15
    equal = _zero_nibbles(number ^ left, ones)
    rising = _zero_nibbles(number ^ (left + ones), ones)
    falling = _zero_nibbles((number + ones) ^ left, ones)
    return (
        _longest_of(equal) if equal else 1,
        max(_longest_of(rising), _longest_of(falling)) if rising or falling else 1,
    )


_ONES = tuple(int("1" * count or "0", 16) for count in range(20))


def _zero_nibbles(number: int, ones: int) -> int:
    number |= number >> 2
    return ~(number | number >> 1) & ones


def _longest_of(steps: int) -> int:
    count = 1
    while steps:
        steps &= steps >> 4
        count += 1
    return count


def longest_sequence(digits: str) -> int:
    """Length of the longest run in which each digit is one more, or each one less, than the last."""
    if not digits:
        return 0
    best = current = 1
    direction = 0
    for left, right in pairwise(digits):
        step = ord(right) - ord(left)
        if step in (1, -1):
            current = current + 1 if step == direction else 2
        else:
            current = 1
        direction = step
        best = max(best, current)
    return best


def distinct_last(digits: str, count: int = 8) -> int:
    """How many different characters the last `count` hold."""
    return len(set(digits[-count:]))
