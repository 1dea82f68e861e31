"""Where the rows may be on which a condition holds, told from the condition alone.

A sweep asks a hundred conditions of millions of rows, and nearly all hold on none. What a condition implies
may be kept by an index: all rows out of the ordinary (`customers.odd`), or a column's values. A condition
that proves no such thing is asked of every row, as before.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import and_, eq, ge, gt, le, lt
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.db.models.expressions import Combinable, RawSQL
from django.db.models.functions import Lower
from django.db.models.lookups import BuiltinLookup

from authenticity.rule import PLACEHOLDER_SHAPE, Octets
from customers.odd import ODD, WRITTEN

LOWER_BOUNDS, UPPER_BOUNDS = ("gt", "gte"), ("lt", "lte")
# Columns that an index of customers answers, and what it asks besides.
INDEXED = {
    "pk": Q(),
    "name": Q(),
    "id_key": Q(),
    "mobile": Q(),
    "landline": Q(),
    "address_key": Q(),
    "email": ~Q(email=""),
    "id_valid_from": Q(id_valid_from__gt=WRITTEN),
    "id_valid_to": Q(),
    "identity_check_lapses_on": Q(),
    "contact_confirmed_on": Q(),
}
FITS: dict[str, Callable[[Any, Any], Any]] = {
    "gt": gt,
    "gte": ge,
    "lt": lt,
    "lte": le,
    "exact": eq,
    "in": lambda value, those: value in those,
}
ANSWERED = ("exact", "in", *LOWER_BOUNDS, *UPPER_BOUNDS)
SIX_DIGITS = re.compile(r"\d{6}")
LETTER = re.compile(r"[a-z]")


@dataclass(frozen=True)
class Leaf:
    """One comparison of a column, or of what is made of one."""

    column: Any
    lookup: str
    value: Any

    @property
    def plain(self) -> bool:
        """Compared with a constant."""
        return not isinstance(self.value, Combinable | QuerySet | RawSQL)


def places(test: Q) -> list[Q] | None:
    """Conditions that an index of customers answers, one of which holds wherever `test` does.

    None where no index is known to lead to all of its rows.
    """
    if implies(test, ODD):
        return [ODD]
    if test.negated:
        return None
    parts = children_of(test)
    if len(parts) == 1:
        child = test.children[0]
        return places(child) if isinstance(child, Q) else _places_of(test, leaf_of(child))
    found = [places(part) for part in parts]
    if test.connector == Q.OR:
        together = [each for part in found for each in part or ()]
        return None if None in found else together
    answered = [_with_filled(part, parts) for part in found if part is not None]
    return min([*answered, *_between(parts)], key=_effort, default=None)


def _with_filled(found: list[Q], parts: list[Q]) -> list[Q]:
    """With what the whole condition says besides: that the column is not empty, as a partial index asks."""
    filled = [part for part in parts if part.negated and columns_of(part) <= {"mobile", "landline", "email"}]
    return [
        each
        if each == ODD
        else reduce(and_, (part for part in filled if columns_of(part) == columns_of(each)), each)
        for each in found
    ]


def _between(parts: list[Q]) -> list[list[Q]]:
    """Both bounds of one column together: either alone may be most of the book."""
    bounds: dict[str, dict[bool, Q]] = {}
    for part in parts:
        leaf = leaf_of(single(part)) if single(part) is not None else None
        if leaf and leaf.column in INDEXED and leaf.lookup in (*LOWER_BOUNDS, *UPPER_BOUNDS):
            bounds.setdefault(leaf.column, {})[leaf.lookup in LOWER_BOUNDS] = part
    return [[both[True] & both[False]] for both in bounds.values() if len(both) > 1]


def _effort(found: list[Q]) -> tuple[bool, int, int]:
    """What is asked anyway costs nothing, and of two conditions the longer one finds less."""
    return found != [ODD], len(found), -sum(len(each.children) for each in found)


def _places_of(test: Q, leaf: Leaf | None) -> list[Q] | None:
    if leaf is None:
        return None
    if leaf.column == "pk" and leaf.lookup == "isnull" and leaf.value is True:
        return []
    if _known_odd(leaf):
        return [ODD]
    if leaf.column == "id_no" and leaf.plain:
        return _by_key(leaf)
    if not isinstance(leaf.column, str) or leaf.column not in INDEXED or leaf.lookup not in ANSWERED:
        return None
    besides = INDEXED[leaf.column]
    if leaf.column == "id_valid_from":
        return [test] if implies(test, besides) else None
    if leaf.plain and _values(leaf) == []:
        return []
    return [test & besides]


def _known_odd(leaf: Leaf) -> bool:
    """What follows from how facts are derived: a postcode of other than six digits has a mark, a name with a
    Latin letter another class than Chinese, and no filler's shape holds the sign of an e-mail."""
    values = _values(leaf) if leaf.plain else None
    if leaf.column == "postcode":
        return values is not None and not any(SIX_DIGITS.fullmatch(value) for value in values)
    if isinstance(leaf.column, Lower) and leaf.column.get_source_expressions() == [F("name")]:
        return values is not None and all(LETTER.search(value) for value in values)
    return leaf == Leaf("email", "regex", PLACEHOLDER_SHAPE)


def _by_key(leaf: Leaf) -> list[Q] | None:
    """A number of 18 signs on an ordinary resident ID is its own key."""
    if leaf.lookup == "startswith" and leaf.value.isascii() and leaf.value.isdigit():
        after = leaf.value[:-1] + chr(ord(leaf.value[-1]) + 1)
        return [ODD, Q(id_key__gte=leaf.value, id_key__lt=after)]
    values = _values(leaf)
    return None if values is None else [ODD, Q(id_key__in=values)]


def leaf_of(child: Any) -> Leaf | None:
    if isinstance(child, tuple):
        column, _, lookup = child[0].rpartition("__")
        if not column or lookup not in (*LOWER_BOUNDS, *UPPER_BOUNDS, "in", "isnull", "contains", "regex",
                                        "startswith", "exact"):  # fmt: skip
            return Leaf(child[0], "exact", child[1])
        return Leaf(column, lookup, child[1])
    if isinstance(child, BuiltinLookup):
        column = name_in(child.lhs) if isinstance(child.lhs, F) else child.lhs
        value = child.rhs.value if isinstance(child.rhs, Value) else child.rhs
        return Leaf(column, child.lookup_name or "", value)
    return None


def name_in(column: F) -> str:
    return str(column.name)  # type: ignore[attr-defined]  # the stubs do not know it


def node_of(child: Any) -> Q:
    return child if isinstance(child, Q) else Q(child)


def children_of(node: Q) -> list[Q]:
    return [node_of(child) for child in node.children]


def single(node: Q) -> Any:
    """What a node without a choice stands for; None where it has several parts."""
    return node.children[0] if len(node.children) == 1 and not node.negated else None


def implies(one: Q, other: Q, known: frozenset[str] = frozenset()) -> bool:
    """Whether every row on which `one` is true has `other` true; False where it cannot be told.

    `known` are columns that are not NULL there.
    """
    one, other = _bare(one), _bare(other)
    if one == other:
        return True
    if not one.negated and one.connector == Q.OR and len(one.children) > 1:
        return all(implies(child, other, known) for child in children_of(one))
    if not other.negated and other.connector == Q.AND and len(other.children) > 1:
        return all(implies(one, child, known) for child in children_of(other))
    if not one.negated and one.connector == Q.AND and len(one.children) > 1:
        parts = children_of(one)
        known |= {column for part in parts if (column := _not_null(part))}
        if any(implies(part, other, known) for part in parts):
            return True
    if not other.negated and other.connector == Q.OR and len(other.children) > 1:
        return any(implies(one, child, known) for child in children_of(other))
    if one.negated and other.negated:
        return columns_of(other) <= known and implies(_positive(other), _positive(one), known)
    return _leaf_implies(one, other)


def _bare(node: Q) -> Q:
    while isinstance(inner := single(node), Q):
        node = inner
    return node


def _not_null(node: Q) -> str:
    leaf = leaf_of(single(node)) if single(node) is not None else None
    return leaf.column if leaf and leaf.lookup == "isnull" and leaf.value is False else ""


def _positive(node: Q) -> Q:
    return Q(*node.children, _connector=node.connector)


def columns_of(node: Q) -> frozenset[str]:
    """Of a condition of comparisons; something that is in no set of columns where one is not understood."""
    found: set[str] = set()
    for child in node.children:
        if isinstance(child, Q):
            found |= columns_of(child)
        elif (leaf := leaf_of(child)) is None:
            found.add("?")
        elif isinstance(leaf.column, str):
            found.add(leaf.column)
        else:
            found |= _columns_in(leaf.column)
    return frozenset(found)


def _columns_in(expression: Any) -> set[str]:
    if isinstance(expression, F):
        return {name_in(expression)}
    found: set[str] = set()
    for part in expression.get_source_expressions():
        found |= _columns_in(part)
    return found


def _leaf_implies(one: Q, other: Q) -> bool:
    left = leaf_of(single(one)) if single(one) is not None else None
    if left is None or not left.plain:
        return False
    if other.negated and len(other.children) == 1:
        right = leaf_of(other.children[0])
        return right is not None and right.plain and _excludes(left, right)
    right = leaf_of(single(other)) if single(other) is not None else None
    if right is None or not right.plain:
        return False
    if isinstance(right.column, Octets) and right.column == Octets(left.column):
        values = _values(left)
        return values is not None and all(_fits(len(value.encode()), right) for value in values)
    return left.column == right.column and _within(left, right)


def _excludes(left: Leaf, right: Leaf) -> bool:
    """A row with the left one has not the right one's only value."""
    if right.lookup != "exact":
        return False
    values = _values(left)
    if isinstance(left.column, Lower) and left.column.get_source_expressions() == [F(right.column)]:
        return values is not None and right.value == "" and "" not in values
    if left.column != right.column:
        return False
    if left.lookup == "contains" and right.value == []:
        return bool(left.value)
    return values is not None and right.value not in values


def _values(leaf: Leaf) -> list[Any] | None:
    if leaf.lookup == "exact":
        return [leaf.value]
    return list(leaf.value) if leaf.lookup == "in" else None


def _within(left: Leaf, right: Leaf) -> bool:
    values = _values(left)
    if values is not None and right.lookup in (*LOWER_BOUNDS, *UPPER_BOUNDS, "exact", "in"):
        return all(_fits(value, right) for value in values)
    if left.lookup in LOWER_BOUNDS and right.lookup in LOWER_BOUNDS:
        strict = left.lookup == "gt" or right.lookup == "gte"
        return bool(left.value > right.value or (left.value == right.value and strict))
    if left.lookup in UPPER_BOUNDS and right.lookup in UPPER_BOUNDS:
        strict = left.lookup == "lt" or right.lookup == "lte"
        return bool(left.value < right.value or (left.value == right.value and strict))
    return False


def _fits(value: Any, bound: Leaf) -> bool:
    return bool(FITS[bound.lookup](value, bound.value))
