"""Administrative divisions (GB/T 2260), today's and former, indexed for reading addresses and numbers."""

import csv
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

from authenticity.texts import fold

DATA = Path(__file__).parent / "data"
MUNICIPALITIES = frozenset({"110000", "120000", "310000", "500000"})
CITIES_WITHOUT_DISTRICTS = frozenset({"441900", "442000", "460400", "620200"})
# Hong Kong, Macau and Taiwan: the list stops at their first level.
ONE_LEVEL = frozenset({"710000", "810000", "820000"})
GENERIC_NAMES = frozenset(
    {
        "市辖区", "县", "市", "省直辖县级行政区划", "自治区直辖县级行政区划",
        "省直辖县级行政单位", "自治区直辖县级行政单位", "省直辖行政单位",
    }
)  # fmt: skip

_ONE_SIGN = "回藏苗彝壮满侗瑶白傣黎佤畲水土羌怒京"
_PEOPLES = (
    "蒙古|维吾尔|布依|朝鲜|土家|哈尼|哈萨克|傈僳|拉祜|东乡|纳西|景颇|柯尔克孜|达斡尔|仫佬|布朗|撒拉|毛南|仡佬|锡伯|"
    "阿昌|普米|塔吉克|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺|各"
)
_AUTONOMOUS = {
    "内蒙古自治区": "内蒙古", "广西壮族自治区": "广西", "西藏自治区": "西藏",
    "宁夏回族自治区": "宁夏", "新疆维吾尔自治区": "新疆",
}  # fmt: skip
_STEM = re.compile(
    f"(?:(?:[{_ONE_SIGN}]族|(?:{_PEOPLES})族?)+自治[州县旗]|特别行政区|自治[区州县旗]|地区|林区|特区|"
    "[省市县区旗盟])$"
)


@dataclass(frozen=True, slots=True)
class Division:
    code: str
    name: str
    level: str
    parent: str = ""
    valid_from: str = ""
    valid_to: str = ""
    successor: str = ""


@dataclass(frozen=True, slots=True)
class FormerName:
    code: str
    name: str
    valid_from: str = ""
    valid_to: str = ""


def stem(name: str) -> str:
    """The name without its kind (朝阳区 → 朝阳); the whole name when less than two signs would be left."""
    short = _AUTONOMOUS.get(name) or _STEM.sub("", name)
    return short if len(short) >= 2 else name


def aliases(name: str) -> set[str]:
    """The stem and, for autonomous units, the stem with the plain kind (恩施州)."""
    short = stem(name)
    found = {short} - {name}
    if found and "自治" in name:
        found.add(short + name[-1])
        if name.endswith("区"):
            found.add(short + "省")
    if name.endswith("新区") and len(name) >= 4:
        found.add(name[:-2])
    return found


@dataclass(frozen=True, slots=True)
class Entry:
    """A name in a scope; `full` means that anything may follow it."""

    code: str
    full: bool
    former: bool


class Scope:
    """Names that may stand at one place of an address; those of several divisions are left out."""

    __slots__ = ("_sorted", "longest", "names")

    def __init__(self) -> None:
        self.names: dict[str, Entry] = {}
        self.longest = 0
        self._sorted: list[str] = []

    def following(self, text: str) -> set[str]:
        """The characters that would carry the text on towards a name; the scope is complete by then."""
        if len(self._sorted) != len(self.names):
            self._sorted = sorted(self.names)
        found = set()
        for name in islice(self._sorted, bisect_left(self._sorted, text), None):
            if not name.startswith(text):
                break
            if len(name) > len(text):
                found.add(name[len(text)])
        return found

    def offer(self, found: Iterable[tuple[str, str]], *, full: bool, former: bool = False) -> None:
        """Adds (name, code) pairs that have one code each and whose name is not taken."""
        codes: dict[str, set[str]] = defaultdict(set)
        for name, code in found:
            codes[name].add(code)
        for name, owners in codes.items():
            if len(owners) == 1 and len(name) >= 2 and name not in self.names:
                self.names[name] = Entry(owners.pop(), full, former)
                self.longest = max(self.longest, len(name))


class DivisionIndex:
    """Everything the parser asks; built once from rows, never changed."""

    def __init__(self, rows: Iterable[Division], former: Iterable[FormerName] = ()) -> None:
        self.by_code = {row.code: row for row in rows}
        self.current = [row for row in self.by_code.values() if not row.valid_to]
        self.former = tuple(former)
        codes = self.by_code
        self._provinces = frozenset(code[:2] for code in codes)
        self._prefectures = frozenset(code[:4] for code in codes if code[2:] != "0000")
        self._counties = frozenset(
            code for code in codes if code[4:] != "00" or code in CITIES_WITHOUT_DISTRICTS
        )
        self.scopes: dict[str, Scope] = defaultdict(Scope)
        self._fill_scopes()
        self._paths = [
            (self.path_text(row.code), row) for row in self.current if row.name not in GENERIC_NAMES
        ]

    def knows_province(self, two: str) -> bool:
        return two in self._provinces

    def knows_prefecture(self, four: str) -> bool:
        return four in self._prefectures

    def knows_county(self, six: str) -> bool:
        return six in self._counties

    def get(self, code: str) -> Division | None:
        return self.by_code.get(code)

    def name(self, code: str) -> str:
        found = self.by_code.get(code)
        return found.name if found else ""

    def living(self, code: str) -> str:
        """Follows successors to a division of today; the code itself when none is known."""
        for _ in range(4):
            found = self.by_code.get(code)
            if found is None or not found.valid_to or not found.successor:
                break
            code = found.successor
        return code

    def path(self, code: str) -> list[Division]:
        """From the province down; the nameless level of directly governed counties is kept."""
        path: list[Division] = []
        found = self.by_code.get(code)
        while found is not None and len(path) < 3:
            path.insert(0, found)
            found = self.by_code.get(found.parent)
        return path

    def path_text(self, code: str) -> str:
        return "".join(step.name for step in self.path(code) if step.name not in GENERIC_NAMES)

    def children(self, code: str) -> list[Division]:
        """Today's divisions right below `code`; the provinces for an empty code."""
        return [row for row in self.current if row.parent == code]

    def search(self, text: str, limit: int = 20) -> list[Division]:
        """Divisions whose whole path holds every typed word; names that start with the last word first."""
        words = fold(text)[:60].split()
        if not words or limit <= 0:
            return []
        hits = [(path, row) for path, row in self._paths if all(word in path for word in words)]
        last = words[-1]
        hits.sort(key=lambda hit: (not hit[1].name.startswith(last), last not in hit[1].name, hit[1].code))
        return [row for _, row in hits[:limit]]

    def _fill_scopes(self) -> None:
        """Full names before short ones, near before far, today's before former."""
        named = [row for row in self.current if row.name not in GENERIC_NAMES]
        short = [(alias, row) for row in named for alias in aliases(row.name)]
        old = [(row.valid_to, row.name, row.code) for row in self.by_code.values() if row.valid_to]
        old += [(former.valid_to, former.name, former.code) for former in self.former]
        upper = ("province", "city")
        self.scopes[""].offer(((row.name, row.code) for row in named if row.level in upper), full=True)
        self.scopes[""].offer(((a, row.code) for a, row in short if row.level == "province"), full=False)
        self.scopes[""].offer(((a, row.code) for a, row in short if row.level == "city"), full=False)
        self.scopes[""].offer(((row.name, row.code) for row in named), full=True)
        self._offer_below([(row.name, row) for row in named], full=True)
        self._offer_below(short, full=False)
        self._offer_old([entry for entry in sorted(old, reverse=True) if entry[1] not in GENERIC_NAMES])

    def _offer_below(self, pairs: list[tuple[str, Division]], *, full: bool) -> None:
        near: dict[str, list[tuple[str, str]]] = defaultdict(list)
        far: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for name, row in pairs:
            if row.parent:
                near[row.parent].append((name, row.code))
            if row.level == "district" and (full or row.parent.endswith("9000")):
                far[row.code[:2] + "0000"].append((name, row.code))
        for found in (near, far):
            for parent, offered in found.items():
                self.scopes[parent].offer(offered, full=full)

    def _offer_old(self, old: list[tuple[str, str, str]]) -> None:
        """Latest first: where two divisions bore a name at different times, the later one is meant."""
        for _, name, code in old:
            heir = self.living(code)
            for scope in {code[:4] + "00", code[:2] + "0000", heir[:4] + "00", heir[:2] + "0000"} - {
                code,
                heir,
            }:
                self.scopes[scope].offer([(name, code)], full=True, former=True)


def read_divisions(path: Path = DATA / "divisions.csv") -> list[Division]:
    with path.open(encoding="utf-8", newline="") as lines:
        return [Division(**row) for row in csv.DictReader(lines)]


def read_former_names(path: Path = DATA / "former_names.csv") -> list[FormerName]:
    with path.open(encoding="utf-8", newline="") as lines:
        return [FormerName(**row) for row in csv.DictReader(lines)]


@lru_cache(maxsize=1)
def default_index() -> DivisionIndex:
    return DivisionIndex(read_divisions(), read_former_names())


def search(text: str, limit: int = 20) -> list[Division]:
    return default_index().search(text, limit)
