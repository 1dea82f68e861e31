"""Verdicts on account numbers and unified social credit codes (GB 32100, GB 11714), made from RULES alone."""

from __future__ import annotations

import re

from tests.oracle.texts import folded


def account_of(text: str) -> str:
    return re.sub(r"[\s\-]", "", folded(text)).upper()


def luhn_fails(number: str) -> bool:
    total = 0
    for place, sign in enumerate(reversed(number)):
        doubled = int(sign) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 != 0


CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CATEGORIES = frozenset(
    [
        "11",
        "12",
        "13",
        "19",
        "21",
        "29",
        "31",
        "36",
        "39",
        "41",
        "49",
        "71",
        "72",
        "79",
        "81",
        "82",
        "89",
        "91",
        "92",
        "93",
        "99",
        "A1",
        "A9",
        "G1",
        "G9",
        "J1",
        "J9",
        "N1",
        "N2",
        "N3",
        "N9",
        "Q1",
        "Q2",
        "Q3",
        "Q9",
        "Y1",
    ]
) | {first + second for first in "56" for second in CREDIT_SIGNS}


def credit_codes(text: str) -> set[str]:
    code = re.sub(r"[\s\-]", "", folded(text)).upper()
    if not code:
        return set()
    if not re.fullmatch(f"[{CREDIT_SIGNS}]{{2}}[0-9]{{6}}[{CREDIT_SIGNS}]{{10}}", code):
        return {"ORG-001"}
    total = sum(CREDIT_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(code[:17]))
    found = {"ORG-002"} if CREDIT_SIGNS[(31 - total % 31) % 31] != code[17] else set()
    signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    rest = 11 - sum(w * signs.index(c) for w, c in zip(weights, code[8:16], strict=True)) % 11
    wrong = {10: "X", 11: "0"}.get(rest, str(rest)) != code[16]
    return found | ({"ORG-003"} if wrong or code[:2] not in CATEGORIES else set())
