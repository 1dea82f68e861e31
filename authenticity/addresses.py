"""Reads province, city and district off the front of an address; the rest is its detail."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from authenticity.divisions import (
    CITIES_WITHOUT_DISTRICTS,
    MUNICIPALITIES,
    ONE_LEVEL,
    DivisionIndex,
    Entry,
    Scope,
    default_index,
)
from authenticity.hashing import stable_hash
from authenticity.texts import compact

DetailGrade = Literal["missing", "doubtful", "fine"]

MAX_CHARS = 300
# AD-007: words that name an outlet or a company; compliance edits the list that rules read.
OUTLET_WORDS = (
    "邮政", "邮局", "邮储", "营业所", "支局$", "支行$", "分理处", "营业部", "保险公司", "营销服务部",
)  # fmt: skip

_SKIP = re.compile(
    "(?:中国|中华人民共和国|市辖区|(?:省|自治区)直辖县级行政(?:区划|单位)"
    "|(?:邮编|邮政编码)?:?[0-9]{6}(?=[\u4e00-\u9fff])(?!号)"
    r"|生产建设兵团(?:第[一二三四五六七八九十0-9]{1,3}师)?)?[,;/.、_\-]*"
)
# A short name followed by one of these belongs to a road, a town or another division.
_NOT_AFTER_SHORT = frozenset("省市县区旗州盟路街道大镇乡村巷里弄桥站门湾广东南西北中新一二三四五老小花公医学")
_SIGNS = re.compile("[ ,;:/.、·_()\\[\\]\"'-]+")
_LEADING = " ,;/.、_-"
_DIGIT = re.compile("[0-9]")
_NUMBER = re.compile("[零〇一二三四五六七八九十百]+(?:号|弄|巷|栋|幢|座|楼|室|单元|组|队|社|户|层|#)")
_VILLAGE = re.compile("村|屯|庄|寨|围|垸|埠|嘎查|苏木|社区|牧场|农场|林场")
_ROAD_ENDS = ("路", "街", "道", "镇", "乡", "县", "附近", "对面", "旁边")
_PLACE_ENDS = ("里", "巷", "园", "区")
# Stands for the end of a text of which only the beginning is known; no name holds it.
_END = "\ue000"
_SKIPPED_SIGNS = frozenset("中市省自邮生0123456789:" + _LEADING)
_HAN_ONLY = re.compile("[\u4e00-\u9fff]+")
# What most such words have in them: without one an address is compared with the other words alone.
_OUTLET_STEM = re.compile("[邮营支险银司储]|分理")
_CJK = re.compile("[\u3400-\u9fff\U00020000-\U000323af]")
_FOUR_EQUAL = re.compile(r"([^0-9])\1{3}")


class AddressFacts(NamedTuple):
    normal: str
    province_code: str | None = None
    city_code: str | None = None
    district_code: str | None = None
    historical: str = ""
    successor: str = ""
    mismatch: bool = False
    detail: str = ""
    detail_grade: DetailGrade = "missing"
    has_number: bool = False
    numbered: bool = False
    ends_at_road: bool = False
    too_short: bool = True
    malformed: bool = False
    length: int = 0
    complete: bool = False


@dataclass(slots=True)
class _Reading:
    """Codes found so far and what is left to read."""

    rest: str
    province: str = ""
    city: str = ""
    district: str = ""
    historical: str = ""
    successor: str = ""
    mismatch: bool = False
    # A former prefecture that is a district today: the county behind it is the one meant.
    was_city: bool = False
    # Where wanted: the characters that, standing right behind the text, could change what is read.
    open_to: set[str] | None = None


class Beginning(NamedTuple):
    """What the divisions at the front of an address come to, and what may not follow for that to hold."""

    province: str
    city: str
    district: str
    historical: str
    successor: str
    mismatch: bool
    names: str
    complete: bool
    repeats: tuple[str, ...]
    open_to: frozenset[str] = frozenset()


def parse(raw: str | None, index: DivisionIndex | None = None) -> AddressFacts:
    """Former names lead to their successor; a city or district of another parent is taken and flagged."""
    text = compact(raw, MAX_CHARS)
    if index is None:
        known = _beginnings.find(text)
        if known is not None:
            return _facts(text, text[known[1] :], known[0])
    known_index = index or default_index()
    reading = _read(text, known_index)
    beginning = _beginning(reading, known_index)
    if index is None and reading.district and text.endswith(reading.rest):
        _beginnings.learn(text[: len(text) - len(reading.rest)], beginning, known_index)
    return _facts(text, reading.rest.lstrip(_LEADING), beginning)


def _read(text: str, index: DivisionIndex, open_to: set[str] | None = None) -> _Reading:
    reading = _Reading(text, open_to=open_to)
    _skip(reading)
    _read_top(reading, index)
    if reading.province:
        _read_below(reading, index)
    return reading


def _beginning(reading: _Reading, index: DivisionIndex) -> Beginning:
    codes = (reading.province, reading.city, reading.district)
    return Beginning(
        *codes,
        reading.historical,
        reading.successor,
        reading.mismatch,
        "".join(index.name(code) for code in codes if code and not code.endswith("9000")),
        levels_complete(*codes),
        tuple([name for code in codes[:2] if code and (name := index.name(code))]),
    )


class _Beginnings:
    """Beginnings of addresses met before, with the divisions that the parser read from each.

    What it reads depends on what follows only through one character; those that could change it are kept
    with the beginning (`open_to`), so that an answer from here is the parser's own.
    """

    MOST = 20_000
    HEAD = 4

    def __init__(self) -> None:
        self._known: dict[str, Beginning | None] = {}
        self._lengths: dict[str, tuple[int, ...]] = {}
        self._shared: dict[frozenset[str], frozenset[str]] = {}

    def find(self, text: str) -> tuple[Beginning, int] | None:
        for length in self._lengths.get(text[: self.HEAD], ()):
            known = self._known.get(text[:length])
            if known is None:
                continue
            sign = text[length : length + 1]
            if sign in known.open_to or (sign in _SKIPPED_SIGNS and _skipped_at(text, length) > length):
                continue
            return known, length
        return None

    def learn(self, written: str, beginning: Beginning, index: DivisionIndex) -> None:
        if written in self._known or len(self._known) >= self.MOST or len(written) < self.HEAD:
            return
        open_to = {"第"} if written.endswith("兵团") else set()
        probe = _read(written + _END, index, open_to) if _HAN_ONLY.fullmatch(written) else None
        if probe is None or probe.rest != _END or _beginning(probe, index) != beginning:
            self._known[written] = None
            return
        signs = frozenset(open_to)
        self._known[written] = beginning._replace(open_to=self._shared.setdefault(signs, signs))
        head = written[: self.HEAD]
        self._lengths[head] = tuple({*self._lengths.get(head, ()), len(written)})


_beginnings = _Beginnings()


def _facts(text: str, rest: str, beginning: Beginning) -> AddressFacts:
    normal = (beginning.names + rest)[:MAX_CHARS]
    detail = normal[len(beginning.names) :]
    numbered = _DIGIT.search(detail) is not None or _NUMBER.search(detail) is not None
    has_number = numbered or _VILLAGE.search(detail) is not None
    ends_at_road = detail.endswith(_ROAD_ENDS) or (not has_number and detail.endswith(_PLACE_ENDS))
    too_short = len(normal) <= 6 or len(detail) < 4
    sound = has_number and not ends_at_road and not too_short
    return AddressFacts(
        normal,
        beginning.province or None,
        beginning.city or None,
        beginning.district or None,
        beginning.historical,
        beginning.successor,
        beginning.mismatch,
        detail,
        "missing" if not detail else "fine" if sound else "doubtful",
        has_number,
        numbered,
        ends_at_road,
        too_short,
        bool(text) and _malformed(text, detail, beginning),
        len(normal),
        beginning.complete,
    )


def key(read: AddressFacts) -> int | None:
    """The same for two spellings of one place; None where many live at what is written (no number)."""
    if not read.numbered or read.too_short:
        return None
    return stable_hash(_SIGNS.sub("", read.normal).casefold())


def levels_complete(province: str | None, city: str | None, district: str | None) -> bool:
    """AD-001: every level that the place has is given."""
    if province in ONE_LEVEL or city in CITIES_WITHOUT_DISTRICTS:
        return True
    if province in MUNICIPALITIES:
        return bool(district)
    return bool(province and city and district)


def names_outlet(detail: str, words: Iterable[str] = OUTLET_WORDS) -> bool:
    """AD-007: an outlet word; one with `$` behind counts at the end only."""
    return any(
        detail.endswith(word[:-1]) if word.endswith("$") else word in detail
        for word in words
        if word.strip("$")
    )


def may_name_outlet(detail: str) -> bool:
    """A stem of outlet words is in it; compliance's list decides."""
    return _OUTLET_STEM.search(detail) is not None


def _skipped_at(text: str, place: int) -> int:
    found = _SKIP.match(text, place)
    return found.end() if found else place


def _skip(reading: _Reading) -> None:
    while (found := _SKIP.match(reading.rest)) and found.end():
        reading.rest = reading.rest[found.end() :]


def _longest(
    scope: Scope, text: str, index: DivisionIndex, open_to: set[str] | None
) -> tuple[str, Entry | None]:
    """The longest name at the start of the text; a short name only where no road or town is meant."""
    names = scope.names
    if open_to is not None and text.endswith(_END):
        open_to |= scope.following(text[:-1])
    for length in range(min(scope.longest, len(text)), 1, -1):
        found = names.get(text[:length])
        if found and (found.full or _may_stand_short(found, text[length:], index, open_to)):
            return text[:length], found
    return "", None


def _may_stand_short(entry: Entry, rest: str, index: DivisionIndex, open_to: set[str] | None) -> bool:
    if open_to is not None and rest == _END:
        open_to |= _NOT_AFTER_SHORT
    if rest[:1] not in _NOT_AFTER_SHORT:
        return True
    below = index.scopes.get(entry.code)
    return below is not None and _longest(below, rest, index, open_to)[1] is not None


def _take(reading: _Reading, scope: Scope | None, index: DivisionIndex) -> str:
    """Consumes the longest name of the scope and returns its code of today, noting a former name."""
    name, entry = _longest(scope, reading.rest, index, reading.open_to) if scope else ("", None)
    if entry is None:
        return ""
    heir = index.living(entry.code)
    division = index.get(heir)
    if entry.former:
        reading.historical = name
        reading.successor = heir if division and not division.valid_to else ""
        reading.was_city = entry.code.endswith("00") and not heir.endswith("00")
    reading.rest = reading.rest[len(name) :]
    _skip(reading)
    return heir


def _place(reading: _Reading, code: str, index: DivisionIndex) -> None:
    """Fills in the levels above the code as well; a municipality may be written twice (北京市北京市)."""
    for step in index.path(code):
        if step.level == "province":
            reading.province = step.code
        elif step.level == "city":
            reading.city = step.code
        else:
            reading.district = step.code
    if reading.province in MUNICIPALITIES and not reading.district:
        name = index.name(reading.province)
        if reading.open_to is not None and name.startswith(reading.rest.removesuffix(_END)):
            reading.open_to |= set(name)
        while reading.rest.startswith(name):
            reading.rest = reading.rest[len(name) :]
            _skip(reading)


def _read_top(reading: _Reading, index: DivisionIndex) -> None:
    code = _take(reading, index.scopes[""], index)
    if code:
        _place(reading, code, index)


def _read_below(reading: _Reading, index: DivisionIndex) -> None:
    for _ in range(4):
        if reading.district and not reading.was_city:
            return
        above = index.scopes.get(reading.city or reading.province)
        wider = index.scopes.get(reading.province) if reading.was_city else None
        reading.was_city = False
        code = (
            _take(reading, above, index)
            or _take(reading, wider, index)
            or _take_with_shared_sign(reading, above, index)
            or ("" if reading.district else _elsewhere(reading, index))
        )
        if not code:
            return
        _place(reading, code, index)


def _take_with_shared_sign(reading: _Reading, scope: Scope | None, index: DivisionIndex) -> str:
    """济南市中区 is 济南 + 市中区: the 市 was read as the city's. Whole names only."""
    shared = "市" + reading.rest
    if not scope or not index.name(reading.city).endswith("市"):
        return ""
    entry = _longest(scope, shared, index, reading.open_to)[1]
    if entry is None or not entry.full:
        return ""
    reading.rest = shared
    return _take(reading, scope, index)


def _elsewhere(reading: _Reading, index: DivisionIndex) -> str:
    """AD-002: a full name that stands under another city or province."""
    scopes = [index.scopes[reading.province]] if reading.city else []
    for scope in (*scopes, index.scopes[""]):
        name, entry = _longest(scope, reading.rest, index, reading.open_to)
        division = index.get(entry.code) if entry else None
        deeper = division is not None and division.level == ("district" if reading.city else "city")
        if deeper and division is not None and name == division.name:
            reading.mismatch = True
            return _take(reading, scope, index)
    return ""


def _malformed(text: str, detail: str, beginning: Beginning) -> bool:
    """AD-010: the province or city written twice, no Chinese character, or one repeated four times."""
    if not _CJK.search(text) or _FOUR_EQUAL.search(text):
        return True
    return bool(beginning.repeats) and detail.startswith(beginning.repeats)
