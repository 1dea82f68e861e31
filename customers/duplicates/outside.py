"""A file from outside compared with the book: who in it is probably one of our customers, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from authenticity.texts import fold
from customers.duplicates.candidates import CONTACTS, TABLE, persons
from customers.duplicates.comparing import Comparison, Crowds, Person, compare
from customers.duplicates.searching import Thresholds
from customers.facts import SOURCE_FIELDS, derive
from customers.models import Customer
from workplace.intake.parsing import Sheet
from workplace.intake.refusal import Refused
from workplace.intake.shapes import Misshapen
from workplace.models import Staff

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": ("编号", "客户号", "客户编号", "序号"),
    "name": ("姓名", "客户姓名"),
    "sex": ("性别",),
    "birth_date": ("出生日期", "生日"),
    "id_type": ("证件类型",),
    "id_no": ("证件号码", "身份证号", "身份证号码", "证件号"),
    "mobile": ("手机号", "手机", "手机号码", "电话", "联系电话"),
    "landline": ("固定电话", "固话"),
    "address": ("联系地址", "地址"),
    "email": ("电子邮箱", "邮箱", "电子邮件"),
}
NAMED_BY = ("name", "id_no", "mobile", "landline", "email")
ROWS_AT_ONCE = 1_000
BEST = 3


@dataclass(frozen=True)
class Match:
    """One row of the file and one customer; `reference` is the row's own number in the file."""

    line: int
    reference: str
    customer_id: int
    comparison: Comparison


@dataclass
class Compared:
    """`unread` are lines that hold a value without shape, with the code of the reason."""

    rows: int = 0
    matches: list[Match] = field(default_factory=list)
    unread: list[tuple[int, str]] = field(default_factory=list)

    @property
    def people(self) -> int:
        return len({match.line for match in self.matches})


def compare_sheet(sheet: Sheet, *, staff: Staff, thresholds: Thresholds) -> Compared:
    """Only with customers that this person sees; raises Refused for a file without columns to compare by."""
    places = _places(sheet.header)
    compared = Compared(rows=len(sheet.rows))
    for start in range(0, len(sheet.rows), ROWS_AT_ONCE):
        people = list(_people(sheet.rows[start : start + ROWS_AT_ONCE], places, compared))
        compared.matches += _matches(people, staff, thresholds)
    return compared


def _places(header: Sequence[str]) -> dict[str, int]:
    names = {
        fold(name).casefold(): code
        for code, words in COLUMNS.items()
        for name in (code, *words, *(f"{code} {word}" for word in words))
    }
    places: dict[str, int] = {}
    for place, cell in enumerate(header):
        if code := names.get(fold(cell).casefold()):
            places.setdefault(code, place)
    if not places.keys() & set(NAMED_BY):
        raise Refused("missing_column", column="name 姓名")
    return places


def _people(
    rows: Sequence[tuple[int, list[str]]], places: Mapping[str, int], compared: Compared
) -> Iterable[tuple[int, str, Person]]:
    for line, cells in rows:
        values = {code: cells[place].strip() if place < len(cells) else "" for code, place in places.items()}
        reference = values.pop("number", "")
        if values.get("id_no") and not values.get("id_type"):
            values["id_type"] = "resident_id"
        try:
            columns = derive({name: values[name] for name in SOURCE_FIELDS if name in values})
        except Misshapen as error:
            compared.unread.append((line, error.code))
            continue
        yield line, reference[:60], _person(columns)


def _person(columns: Mapping[str, Any]) -> Person:
    born = columns.get("birth_date") or columns.get("id_birth_date")
    return Person(
        name=columns.get("name", ""),
        sex=columns.get("sex", "") or columns.get("id_sex", ""),
        birth_date=born.isoformat() if born else "",
        id_type=columns.get("id_type", ""),
        id_key=columns.get("id_key", "") if "REQ-008" not in columns.get("id_marks", ()) else "",
        id_valid=columns.get("id_check_ok") is True,
        mobile=columns.get("mobile", ""),
        landline=columns.get("landline", ""),
        email=columns.get("email", ""),
        address_key=columns.get("address_key"),
    )


_BY_KEYS = f"""
    SELECT id FROM {TABLE} WHERE merged_into_id IS NULL AND id_key = ANY(%(id_key)s)
     UNION SELECT id FROM {TABLE} WHERE merged_into_id IS NULL AND mobile = ANY(%(mobile)s)
     UNION SELECT id FROM {TABLE} WHERE merged_into_id IS NULL AND landline = ANY(%(landline)s)
     UNION SELECT id FROM {TABLE} WHERE merged_into_id IS NULL AND email <> '' AND email = ANY(%(email)s)
     UNION SELECT id FROM {TABLE} WHERE merged_into_id IS NULL AND (name, birth_date) IN
           (SELECT * FROM unnest(%(name)s::text[], %(birth_date)s::date[]) named)
"""  # noqa: S608 - a table name of our own


def _candidates(people: Sequence[Person]) -> list[int]:
    values: dict[str, list[str]] = {
        name: sorted({value for person in people if (value := getattr(person, name))})
        for name in ("id_key", "mobile", "landline", "email")
    }
    named = sorted(
        {(person.name, person.birth_date) for person in people if person.name and person.birth_date}
    )
    values["name"], values["birth_date"] = [one[0] for one in named], [one[1] for one in named]
    with connection.cursor() as cursor:
        cursor.execute(_BY_KEYS, values)
        return [row[0] for row in cursor.fetchall()]


def _matches(people: Sequence[tuple[int, str, Person]], staff: Staff, thresholds: Thresholds) -> list[Match]:
    found = _candidates([person for _line, _reference, person in people])
    seen = Customer.objects.visible_to(staff).filter(pk__in=found).values_list("pk", flat=True)
    known = persons(seen)
    crowds = _crowds(known.values(), thresholds)
    by_key = _by_key(known)
    matches = []
    for line, reference, person in people:
        near = {pk for key in _keys(person) for pk in by_key.get(key, ())}
        alike = [Match(line, reference, pk, compare(person, known[pk], crowds)) for pk in sorted(near)]
        good = [match for match in alike if match.comparison.score >= thresholds.review_from]
        matches += sorted(good, key=lambda match: (-match.comparison.score, match.customer_id))[:BEST]
    return matches


def _keys(person: Person) -> list[tuple[str, ...]]:
    keys = [(name, str(getattr(person, name))) for name in ("id_key", "mobile", "landline", "email")]
    keys.append(("named", person.name and person.birth_date and f"{person.name}|{person.birth_date}"))
    return [key for key in keys if key[1]]


def _by_key(known: Mapping[int, Person]) -> dict[tuple[str, ...], list[int]]:
    by_key: dict[tuple[str, ...], list[int]] = {}
    for pk, person in known.items():
        for key in _keys(person):
            by_key.setdefault(key, []).append(pk)
    return by_key


def _crowds(known: Iterable[Person], thresholds: Thresholds) -> Crowds:
    """Contacts that more of our customers hold than say anything; counted among those in sight."""
    counts: dict[tuple[str, str], int] = {}
    for person in known:
        for name in CONTACTS:
            if value := getattr(person, name):
                counts[name, value] = counts.get((name, value), 0) + 1
    held = {
        name: frozenset(value for (kind, value), n in counts.items() if kind == name and n > thresholds.crowd)
        for name in CONTACTS
    }
    return Crowds(**held)
