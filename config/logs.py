"""The log names an error and the place of it, never its text: a database repeats the row that it refused."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType

ExcInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)  # as logging hands it over


class QuietFormatter(logging.Formatter):
    """With `texts` (while developing) errors are told in full."""

    def __init__(self, fmt: str | None = None, *, texts: bool = False) -> None:
        super().__init__(fmt)
        self.texts = texts

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None
        line = super().format(record)
        error = record.exc_info[1] if record.exc_info else None
        if self.texts or error is None:
            return line
        for one in _chain(error):
            line = line.replace(repr(one), type(one).__name__)
            line = line.replace(str(one), type(one).__name__) if str(one) else line
        return line

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - logging's own name
        if self.texts or ei[1] is None:
            return super().formatException(ei)
        return "\nthen\n".join(_told(error) for error in reversed(_chain(ei[1])))


def _chain(error: BaseException) -> list[BaseException]:
    """The error and what it came from, the last first."""
    found: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in found:
        found.append(following)
        context = None if following.__suppress_context__ else following.__context__
        following = following.__cause__ or context
    return found


def _told(error: BaseException) -> str:
    frames = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)))
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    diagnosis = getattr(error, "diag", None)
    facts = [getattr(diagnosis, name, None) for name in ("sqlstate", "constraint_name")]
    return f"{frames}{kind} {' '.join(str(fact) for fact in facts if fact)}".rstrip()
