"""The draw itself: nothing but the seed, the algorithm and the keys of the frame decides who is in a sample.

Standard library only and Python 3.8 on: the verifier of an evidence pack holds this text word for word.
A frame is text, `key<TAB>stratum<LF>` a line, in the order of the strata's bytes, then of the keys'.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

ALGORITHM = "zx-1"
BLOCK = 1 << 20
_OTHERS = bytes(set(range(256)) - set(b"\t\n"))


class NoFrame(ValueError):
    """The text is no frame: a line of another shape or out of order; or it has too few to draw."""


def seal_of(machine_part: str) -> str:
    """What is sealed of the machine's part before the frame is taken."""
    return hashlib.sha256(machine_part.encode("utf-8")).hexdigest()


def seed_of(*, machine_part: str, approver_part: str, frame_digest: str, algorithm: str = ALGORITHM) -> str:
    """Of both parts and the frame, so that neither part alone can choose; a zero byte stands between."""
    parts = (algorithm, machine_part, approver_part, frame_digest)
    return hashlib.sha256(b"\x00".join(part.encode("utf-8") for part in parts)).hexdigest()


def blocks_of(file: IO[bytes], size: int = BLOCK) -> Iterator[bytes]:
    """Parts of about that size, each of whole lines."""
    rest = b""
    while True:
        part = file.read(size)
        if not part:
            break
        whole, cut, left = (rest + part).rpartition(b"\n")
        if cut:
            yield whole + cut
        rest = left
    if rest:
        raise NoFrame("the last line does not end")


def runs_of(blocks: Iterable[bytes]) -> Iterator[tuple[bytes, list[bytes]]]:
    """Stratum and keys of lines that follow each other; a stratum may go on in the next block.

    Raises NoFrame for a line of another shape, or out of the order of strata.
    """
    for block in blocks:
        if block.translate(None, _OTHERS) != b"\t\n" * block.count(b"\n"):
            raise NoFrame("a line has another shape")
        parts = block.replace(b"\t", b"\n").split(b"\n")
        keys, strata = parts[:-1:2], parts[1::2]
        begin = 0
        while begin < len(keys):
            stratum = strata[begin]
            end = bisect_right(strata, stratum, begin)
            if end <= begin or strata[begin:end].count(stratum) != end - begin:
                raise NoFrame("a stratum stands elsewhere")
            yield stratum, keys[begin:end]
            begin = end


def counts_of(blocks: Iterable[bytes]) -> dict[str, int]:
    """How many of each stratum; raises NoFrame where a line has another shape."""
    found: Counter[bytes] = Counter()
    for stratum, keys in runs_of(blocks):
        found[stratum] += len(keys)
    return {key.decode("utf-8"): count for key, count in found.items()}


def in_order(blocks: Iterable[bytes]) -> bool:
    """Whether each stratum and in it each key stands once, after all whose bytes come before."""
    last, before = b"", b""
    for stratum, keys in runs_of(blocks):
        if stratum < last:
            return False
        if stratum != last:
            last, before = stratum, b""
        if keys[0] <= before or keys != sorted(set(keys)):
            return False
        before = keys[-1]
    return True


def draw(
    blocks: Any, *, seed: str, quotas: Mapping[str, int], sizes: Mapping[str, int]
) -> dict[str, list[str]]:
    """Of each stratum the `quota` keys whose SHA-256 with the seed comes first, in that order.

    `blocks()` begins the frame anew each time it is called. More of a stratum is the same list, longer.
    """
    wanted = {stratum: quota for stratum, quota in quotas.items() if quota}
    found = _below(blocks(), seed, {one: _likely(wanted[one], sizes.get(one, 0)) for one in wanted})
    short = [one for one in wanted if len(found[one]) < wanted[one]]
    if short:
        found.update(_below(blocks(), seed, dict.fromkeys(short, _ALL)))
    for one in short:
        if len(found[one]) < wanted[one]:
            raise NoFrame(f"stratum {one} has only {len(found[one])}")
    return {one: [key.decode("utf-8") for _order, key in sorted(found[one])[: wanted[one]]] for one in wanted}


_ALL = b"\xff" * 33


def _likely(quota: int, size: int) -> bytes:
    """Below this, there are all but surely enough of a stratum; which ones come first it does not change."""
    share = (quota + 8.0 * quota**0.5 + 16.0) / size if size else 1.0
    return _ALL if share >= 1.0 else int(share * 2**64).to_bytes(8, "big")


def _below(
    blocks: Iterable[bytes], seed: str, limits: Mapping[str, bytes]
) -> dict[str, list[tuple[bytes, bytes]]]:
    """(order, key) of all whose order lies below the limit of their stratum."""
    found: dict[str, list[tuple[bytes, bytes]]] = {stratum: [] for stratum in limits}
    begun = hashlib.sha256(bytes.fromhex(seed) + b"\x00").copy
    for name, keys in runs_of(blocks):
        stratum = name.decode("utf-8")
        if stratum not in limits:
            continue
        limit, keep = limits[stratum], found[stratum].append
        for key in keys:
            one = begun()
            one.update(key)
            order = one.digest()
            if order < limit:
                keep((order, key))
    return found
