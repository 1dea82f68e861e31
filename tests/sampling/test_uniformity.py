"""Every member of a frame is as likely as every other, alone and together with its neighbours."""

from __future__ import annotations

import hashlib
import io
import random
from collections import Counter
from itertools import pairwise

import pytest
from scipy.stats import chi2

from audits.sampling.selection import NoFrame, blocks_of, counts_of, draw, in_order

MEMBERS, TAKEN, DRAWS, LEVEL = 1_000, 100, 2_000, 0.001
KEYS = [f"ZX{number:010}" for number in range(MEMBERS)]
FRAME = "".join(f"{key}\tall\n" for key in KEYS).encode()


def seed_of_turn(turn: int) -> str:
    return hashlib.sha256(f"turn {turn}".encode()).hexdigest()


def drawn_keys(turn: int) -> list[str]:
    found = draw(
        lambda: iter([FRAME]), seed=seed_of_turn(turn), quotas={"all": TAKEN}, sizes={"all": MEMBERS}
    )
    return found["all"]


def from_a_fixed_ring(turn: int) -> list[str]:
    """The control: on from where the last draw ended, one after the other in an order that stays."""
    start = turn * TAKEN
    return [KEYS[(start + place) % MEMBERS] for place in range(TAKEN)]


@pytest.fixture(scope="module")
def draws() -> list[set[str]]:
    return [set(drawn_keys(turn)) for turn in range(DRAWS)]


@pytest.fixture(scope="module")
def ring_draws() -> list[set[str]]:
    return [set(from_a_fixed_ring(turn)) for turn in range(DRAWS)]


def inclusion_chance(draws: list[set[str]]) -> float:
    """Of counts so uneven or more; drawing without replacement, they vary by p(1−p)·N/(N−1)."""
    counts = Counter(key for one in draws for key in one)
    share = TAKEN / MEMBERS
    spread = len(draws) * share * (1 - share) * MEMBERS / (MEMBERS - 1)
    found = sum((counts[key] - len(draws) * share) ** 2 for key in KEYS) / spread
    return float(chi2.sf(found, MEMBERS - 1))


def pair_chance(draws: list[set[str]], order: list[str]) -> float:
    """Of joint inclusions of neighbours so uneven or more; pairs that share nobody, so nearly independent."""
    pairs = list(zip(order[::2], order[1::2], strict=True))
    both = TAKEN * (TAKEN - 1) / (MEMBERS * (MEMBERS - 1))
    counts = [sum(a in one and b in one for one in draws) for a, b in pairs]
    found = sum((count - len(draws) * both) ** 2 for count in counts) / (len(draws) * both * (1 - both))
    return float(chi2.sf(found, len(pairs)))


def shuffled(seed: int) -> list[str]:
    order = list(KEYS)
    random.Random(seed).shuffle(order)
    return order


def test_every_member_is_as_likely_as_every_other(draws):
    assert inclusion_chance(draws) > LEVEL


ORDERS = {"of keys": KEYS, "one off": [*KEYS[1:], KEYS[0]], "as stored": shuffled(1), "reloaded": shuffled(2)}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())
def test_neighbours_in_any_stored_order_come_together_as_often_as_others(draws, order):
    assert pair_chance(draws, order) > LEVEL


def test_a_fixed_ring_passes_the_first_test_and_fails_the_second(ring_draws):
    assert inclusion_chance(ring_draws) > LEVEL
    assert pair_chance(ring_draws, KEYS) < 1e-12


def test_quotas_of_strata_are_exact():
    sizes = {"a": 700, "b": 250, "c": 49, "d": 1}
    rows = [name for name, size in sizes.items() for _one in range(size)]
    frame = "".join(f"{key}\t{name}\n" for key, name in zip(KEYS, rows, strict=True)).encode()
    quotas = {"a": 3, "b": 250, "c": 0, "d": 1}
    for turn in range(200):
        found = draw(lambda: iter([frame]), seed=seed_of_turn(turn), quotas=quotas, sizes=sizes)
        assert {name: len(keys) for name, keys in found.items()} == {"a": 3, "b": 250, "d": 1}
        assert all(rows[KEYS.index(key)] == name for name, keys in found.items() for key in keys)


def test_more_of_a_stratum_is_the_same_order_longer():
    few = drawn_keys(7)
    many = draw(lambda: iter([FRAME]), seed=seed_of_turn(7), quotas={"all": 999}, sizes={"all": MEMBERS})
    assert many["all"][:TAKEN] == few


def test_who_else_is_in_the_frame_changes_nobodys_order():
    half = "".join(f"{key}\tall\n" for key in KEYS[::2]).encode()
    found = draw(lambda: iter([half]), seed=seed_of_turn(3), quotas={"all": 500}, sizes={"all": 500})["all"]
    whole = draw(lambda: iter([FRAME]), seed=seed_of_turn(3), quotas={"all": 1000}, sizes={"all": 1000})[
        "all"
    ]
    assert found == [key for key in whole if key in set(KEYS[::2])]


def test_wrong_sizes_change_nothing_but_the_time():
    found = draw(lambda: iter([FRAME]), seed=seed_of_turn(1), quotas={"all": TAKEN}, sizes={"all": 10**9})
    assert found["all"] == drawn_keys(1)


def test_the_order_is_the_hash_of_seed_and_key_and_nothing_else():
    seed = seed_of_turn(5)
    by_hash = sorted(
        KEYS, key=lambda key: hashlib.sha256(bytes.fromhex(seed) + b"\x00" + key.encode()).digest()
    )
    assert drawn_keys(5) == by_hash[:TAKEN]


def test_a_frame_is_read_in_whole_lines_whatever_the_size_of_a_part():
    for size in (16, 17, 1000, 10**6):
        blocks = list(blocks_of(io.BytesIO(FRAME), size))
        assert b"".join(blocks) == FRAME
        assert all(block.endswith(b"\n") for block in blocks)


@pytest.mark.parametrize("text", [b"a\tx\nb\n", b"a\tx\ty\n", b"\n"])
def test_a_line_of_another_shape_is_no_frame(text):
    with pytest.raises(NoFrame):
        counts_of(iter([text]))


def test_keys_stand_once_and_in_the_order_of_their_bytes():
    lines = [f"{key}\tall\n".encode() for key in KEYS]
    assert in_order(iter([FRAME]))
    assert not in_order(iter([lines[1] + lines[0]]))
    assert not in_order(iter([lines[0], lines[0]]))
    assert all(one < other for one, other in pairwise(KEYS))


def test_too_few_of_a_stratum_is_no_draw():
    with pytest.raises(NoFrame):
        draw(lambda: iter([FRAME]), seed=seed_of_turn(1), quotas={"all": 1001}, sizes={"all": 1001})
