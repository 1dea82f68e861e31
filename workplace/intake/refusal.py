"""Why a whole file is refused."""

from __future__ import annotations


class Refused(Exception):
    """`code` and `params` are put into words when shown; no personal data in either."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
