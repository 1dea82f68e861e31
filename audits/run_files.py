"""The frame of a draw as a file: written once while it is taken, and read again to draw."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from audits.models import SamplingRun
from audits.sampling.selection import NoFrame, blocks_of, counts_of

READ = 1 << 20


@dataclass(frozen=True)
class WrittenFrame:
    """`counts` is by stratum, counted from the very bytes that the digest covers."""

    file: IO[bytes]
    digest: str
    size: int
    counts: dict[str, int]


@contextmanager
def written_frame(text: Iterable[bytes]) -> Iterator[WrittenFrame]:
    """The file goes when the block ends; raises NoFrame for a number that would break its line."""
    digest = hashlib.sha256()
    with tempfile.TemporaryFile(prefix="zhenxin-frame-") as file:

        def kept() -> Iterator[bytes]:
            for block in text:
                digest.update(block)
                file.write(block)
                yield block

        counts = counts_of(kept())
        file.flush()
        file.seek(0)
        yield WrittenFrame(file, digest.hexdigest(), sum(counts.values()), counts)


def frame_blocks(run: SamplingRun) -> Callable[[], Iterator[bytes]]:
    """The sealed frame, begun anew each time; raises NoFrame where the file is another than was sealed."""
    file = run.frame_file
    if file is None or file.removed_at is not None:
        raise NoFrame("its file is gone")
    if digest_of_file(file.content.open("rb")) != run.frame_digest:
        raise NoFrame("its file is another one than was sealed")

    def blocks() -> Iterator[bytes]:
        with file.content.open("rb") as content:
            yield from blocks_of(content)

    return blocks


def digest_of_file(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    with content:
        while block := content.read(READ):
            digest.update(block)
    return digest.hexdigest()
