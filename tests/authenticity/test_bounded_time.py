"""A hundred kilobytes of malice cost at most in proportion to ten: no pattern runs away."""

import time
from collections.abc import Callable
from datetime import date

import pytest

from authenticity import emails, marks, names, relations, texts, validity
from authenticity.inspection import KINDS, inspect
from authenticity.masking import KINDS as MASKED
from authenticity.masking import mask

TODAY = date(2026, 11, 22)
SEEDS = {
    "digits": "1", "zeros": "0", "dashes": "-", "blanks": " ", "city": "北京市", "district": "市辖区",
    "dots": "·", "signs": "a@", "listed": "1,", "mobiles": "13812340987", "combining": "\u0301",
    "long_fold": "\ufdfa", "extension": "转1", "nul": "\x00", "han_numbers": "一百", "letters": "aA",
    "almost_id": "11010119800215123", "road": "路附近", "post": "邮编100022", "people": "阿·",
    "plus": "+86", "brackets": "(010)", "invisible": "\u200b", "astral": "𠮷", "surrogate": "\ud800",
    "half": "ﾊﾟ", "domain": "a.", "spaces_between": "王 ", "date": "2026-01-",
    "corps": "生产建设兵团第一师", "villages": "嘎查苏木", "wide": "１", "titles": "先生",
}  # fmt: skip

WORK: dict[str, Callable[[str], object]] = {
    **{f"inspect {kind}": (lambda text, kind=kind: inspect(kind, text, today=TODAY)) for kind in KINDS},
    **{f"mask {kind}": (lambda text, kind=kind: mask(kind, text)) for kind in MASKED},
    "fold": texts.fold,
    "compact": texts.compact,
    "placeholder": texts.is_placeholder,
    "valid_to": validity.parse_valid_to,
    "relation": relations.parse_relation,
    "email": emails.is_valid,
    "same name": lambda text: names.same_name(text, text + "x"),
    "account": marks.account_marks,
}  # type: ignore[misc]


def best_of(work: Callable[[str], object], text: str, times: int = 3) -> float:
    spent = []
    for _ in range(times):
        start = time.process_time()
        work(text)
        spent.append(time.process_time() - start)
    return min(spent)


@pytest.mark.parametrize("name", WORK)
def test_ten_times_the_text_costs_no_more_than_its_share(name: str) -> None:
    """Fifteen times the tenth, with half a millisecond for what a clock cannot tell."""
    work = WORK[name]
    for seed in SEEDS.values():
        short = (seed * 10_000)[:10_000]
        long = (seed * 100_000)[:100_000]
        assert best_of(work, long) <= 15 * best_of(work, short) + 0.0005, (name, seed)
