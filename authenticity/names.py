"""Personal names: one normal form, and what they are made of."""

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from authenticity.texts import compact, fold, has_invisible

NameClass = Literal["empty", "han", "latin", "mixed", "other"]

TEST_NAMES = (
    "测试", "测试一", "测试员", "test", "某某", "无名", "客户",
    "投保人", "被保险人", "受益人", "本人", "匿名", "不详", "无名氏",
)  # fmt: skip
COMMON_TEST_NAMES = ("张三", "李四", "王五", "赵六")
# Last characters of such words: a name that ends otherwise is compared with the other words alone.
TITLE_ENDS = frozenset("生士姐太师理总")
TITLES = ("先生", "女士", "小姐", "太太", "老师", "经理", "总")

LATIN = "A-Za-z\u00c0-\u024f\u1e00-\u1eff"
# 〇 (U+3007) stands among the signs, but people are called by it.
HAN = "\u3007\u3400-\u9fff\U00020000-\U000323af"
# Where a character is left out, it is written so: a name hidden, not a name.
_LEFT_OUT = re.compile("〇〇|^〇")
_PLAIN = re.compile("[\u4e00-\u9fff]{2,4}")
_HAN_NAME = re.compile(f"[{HAN}]+(?:·[{HAN}]+)*")
_HAN = re.compile(f"[{HAN}]")
_LATIN = re.compile(f"[{LATIN}]")
_LATIN_NAME = re.compile(rf"[{LATIN}][{LATIN} ,.'’\-]{{1,98}}[{LATIN}.]")
_DOTS = re.compile(r" ?[•‧∙・･⋅᛫·．.。] ?")
_DOT_RUN = re.compile(r"·{2,}")
_DIGIT = re.compile(r"[0-9]")


class NameFacts(NamedTuple):
    normal: str
    klass: NameClass
    has_digit: bool = False
    has_space_inside: bool = False
    trimmed: bool = False
    has_invisible: bool = False
    length: int = 0
    repeated: bool = False
    illegal_chars: bool = False
    latin_ok: bool = True


def normalise(raw: str | None) -> str:
    """Folded and trimmed; in a Chinese name one middle dot (U+00B7), none at the ends (NM-003)."""
    folded = fold(raw)[:200].strip()
    if _HAN.search(folded):
        folded = _DOT_RUN.sub("·", _DOTS.sub("·", folded)).strip("· ")
    return folded


def is_plain(text: str) -> bool:
    """Two to four characters of the basic plane, not all the same: normal as it stands, without a mark."""
    fit = _PLAIN.fullmatch(text) is not None and text[-1] not in TITLE_ENDS
    return fit and text.count(text[0]) != len(text)


def facts(raw: str | None) -> NameFacts:
    """`illegal_chars` is NM-001, never of a Latin name; `latin_ok` is NM-008; digits break both."""
    text = raw or ""
    normal = normalise(text)
    if not normal:
        return NameFacts("", "empty", trimmed=bool(text))
    han, latin = _HAN.search(normal) is not None, _LATIN.search(normal) is not None
    klass: NameClass = "mixed" if han and latin else "han" if han else "latin" if latin else "other"
    solid = normal.replace(" ", "")
    return NameFacts(
        normal=normal,
        klass=klass,
        has_digit=_DIGIT.search(normal) is not None,
        has_space_inside=klass != "latin" and " " in normal,
        trimmed=text[:1].isspace() or text[-1:].isspace(),
        has_invisible=has_invisible(text),
        length=len(normal),
        repeated=len(solid) >= 3 and len(set(solid)) == 1,
        illegal_chars=klass != "latin"
        and (_HAN_NAME.fullmatch(normal) is None or _LEFT_OUT.search(normal) is not None),
        latin_ok=klass != "latin" or _LATIN_NAME.fullmatch(normal) is not None,
    )


def is_title(normal: str, titles: Iterable[str] = TITLES) -> bool:
    """NM-005: ends with a word that addresses a person."""
    return any(title and normal.endswith(title) and len(normal) > 1 for title in titles)


def same_name(left: str | None, right: str | None) -> bool:
    """Equal after normalising, spaces and case aside."""
    return compact(normalise(left)).casefold() == compact(normalise(right)).casefold()
