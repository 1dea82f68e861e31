"""What is stored of a person, derived once from what was written: raw text, normal form, attributes.

Nothing here depends on today, and of settings on the Reading alone; the version of both is stored with the
facts, which stay true until it changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from authenticity import addresses, documents, emails, marks, names, phones, postcodes, resident_id, validity
from authenticity.choices import DocumentType
from customers.editions import FACTS_VERSION, phone_of, present
from customers.written import country_of, document_type_of, sex_of
from workplace.intake.shapes import Misshapen, written_text

PERSON_FIELDS = (
    "name",
    "sex",
    "birth_date",
    "id_type",
    "id_no",
    "id_valid_from",
    "id_valid_to",
    "nationality",
)
CONTACT_FIELDS = ("mobile", "landline", "address", "postcode", "email")
SOURCE_FIELDS = PERSON_FIELDS + CONTACT_FIELDS

# Lengths of the columns that keep what was written.
_LIMITS = {
    "name": 200,
    "id_no": 60,
    "mobile": 100,
    "landline": 100,
    "address": 400,
    "postcode": 12,
    "email": 200,
}
_NORMAL_LIMITS = {"id_no": 60, "mobile": 60, "landline": 60, "postcode": 12, "email": 200}


def version_for(record: Any) -> int:
    """A party has no phones that are read."""
    return present().version if hasattr(record, "mobile_raw") else FACTS_VERSION


# The columns that each source field decides, in the order in which they are derived.
COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("name_raw", "name", "name_class", "name_marks"),
    "sex": ("sex",),
    "birth_date": ("birth_date",),
    "id_type": ("id_type",),
    "id_no": (
        "id_no_raw", "id_no", "id_shape", "id_check_ok", "id_birth_date", "id_sex", "id_key", "id_marks",
    ),
    "id_valid_from": ("id_valid_from",),
    "id_valid_to": ("id_valid_to", "id_long_term"),
    "nationality": ("nationality",),
    "mobile": (
        "mobile_raw", "mobile", "mobile_run", "mobile_sequence", "mobile_distinct", "mobile_marks",
        "mobile_province",
    ),
    "landline": (
        "landline_raw", "landline", "landline_run", "landline_sequence", "landline_distinct",
        "landline_marks",
    ),
    "address": (
        "address_raw", "address", "province_code", "city_code", "district_code", "address_detail",
        "address_grade", "address_key", "address_marks",
    ),
    "postcode": ("postcode", "postcode_marks"),
    "email": ("email",),
}  # fmt: skip
PERSON_COLUMNS = tuple(column for field in PERSON_FIELDS for column in COLUMNS[field])
FACT_COLUMNS = (*PERSON_COLUMNS, *(column for field in CONTACT_FIELDS for column in COLUMNS[field]))

# Codes and days: the same come again and again, and nothing beside them decides.
_OFTEN = frozenset({"sex", "birth_date", "id_type", "id_valid_from", "id_valid_to", "nationality"})
# A reader of cells gives one field at a time, and a number with its type: then nothing is walked through.
_FEW = 2
Derived = tuple[Any, ...]
Read = TypeVar("Read")


def derive(values: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of Customer for the given source fields; raises Misshapen for a value that has no shape.

    The number is read in the light of its type: give `id_type` together with `id_no`.
    """
    columns: dict[str, Any] = {}
    for field in COLUMNS if len(values) > _FEW else values:
        if field in values and field in COLUMNS:
            columns |= zip(COLUMNS[field], _DERIVE[field](values[field], values), strict=True)
    if columns:
        columns["facts_version"] = present().version
    return columns


def derive_one(field: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """As `derive` for this field alone, without the version."""
    if field in _OFTEN:
        return {**_alone(field, values[field])}
    return dict(zip(COLUMNS[field], _DERIVE[field](values[field], values), strict=True))


@lru_cache(maxsize=32_768)
def _alone(field: str, value: str) -> dict[str, Any]:
    return dict(zip(COLUMNS[field], _DERIVE[field](value, {}), strict=True))


def derive_row(values: Mapping[str, Any]) -> Derived:
    """All FACT_COLUMNS, a field that is not given counting as blank; else as `derive`."""
    given = values.get
    return tuple([part for field, read in _IN_ORDER for part in read(given(field, ""), values)])


def derive_many(rows: Iterable[Mapping[str, Any]]) -> list[Derived | Misshapen]:
    """As `derive_row` for each, the error in the place of a row that has one; what a process pool runs."""
    done: list[Derived | Misshapen] = []
    for row in rows:
        try:
            done.append(derive_row(row))
        except Misshapen as error:
            done.append(error)
    return done


# What a record keeps as text of those fields that have more columns than one, to derive them again.
PERSON_READS = ("name_raw", "name", "id_type", "id_no_raw", "id_no")
CUSTOMER_READS = (
    *PERSON_READS, "mobile_raw", "mobile", "landline_raw", "landline", "address_raw", "address", "postcode",
    "email",
)  # fmt: skip
PERSON_WRITES = (*COLUMNS["name"], *COLUMNS["id_no"])
CUSTOMER_WRITES = (*PERSON_WRITES, *(column for field in CONTACT_FIELDS for column in COLUMNS[field]))


def derive_persons_again(rows: Iterable[Sequence[Any]]) -> list[Derived]:
    """PERSON_WRITES of rows of PERSON_READS."""
    return [_person_again(row) for row in rows]


def derive_customers_again(rows: Iterable[Sequence[Any]]) -> list[Derived]:
    """CUSTOMER_WRITES of rows of CUSTOMER_READS."""
    return [
        (
            *_person_again(row), *_mobile(row[5] or row[6], {}), *_landline(row[7] or row[8], {}),
            *_address(row[9] or row[10], {}), *_postcode(row[11], {}), *_email(row[12], {}),
        )
        for row in rows
    ]  # fmt: skip


def _person_again(row: Sequence[Any]) -> Derived:
    return (*_name(row[0] or row[1], {}), *_id_no(row[3] or row[4], {"id_type": row[2]}))


def derive_person(values: Mapping[str, Any]) -> dict[str, Any]:
    """As `derive`, for the columns that a policy party has too."""
    columns = derive({field: values[field] for field in PERSON_FIELDS if field in values})
    return {**columns, "facts_version": FACTS_VERSION} if columns else columns


def derive_changes(record: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Columns to set on `record` when `values` replace some of its source fields.

    A record whose other facts are of another version keeps that version, so that they are refreshed.
    """
    linked = {"id_type": written_of(record, "id_type"), "id_no": written_of(record, "id_no")}
    columns = derive({**linked, **values} if linked.keys() & values.keys() else values)
    if "facts_version" in columns:
        columns["facts_version"] = version_for(record)
    if record.pk and record.facts_version != version_for(record):
        columns.pop("facts_version", None)
    return columns


def normal_of(field: str, raw: Any) -> str:
    """The normal form as text, by which two values of a field count as the same; Misshapen as in `derive`."""
    columns = derive({field: raw})
    if field == "id_valid_to":
        return _printed_end(columns["id_valid_to"], columns["id_long_term"])
    value = columns[field]
    return value.isoformat() if isinstance(value, date) else str(value or "")


def written_of(record: Any, field: str) -> str:
    """What the record holds of a source field, as text that `derive` reads back to the same columns."""
    if field == "id_valid_to":
        return _printed_end(record.id_valid_to, record.id_long_term)
    value = getattr(record, f"{field}_raw", None)
    if value is None or value == "":
        value = getattr(record, field)
    return value.isoformat() if isinstance(value, date) else str(value or "")


def normal_in(record: Any, field: str) -> str:
    """The normal form that the record holds, comparable with `normal_of`."""
    if field == "id_valid_to":
        return _printed_end(record.id_valid_to, record.id_long_term)
    value = getattr(record, field)
    return value.isoformat() if isinstance(value, date) else str(value or "")


def _printed_end(value: date | None, long_term: bool) -> str:
    return validity.LONG_TERM_TEXT if long_term else value.isoformat() if value else ""


def _text(field: str, value: Any) -> str:
    text: str = value.strip() if type(value) is str else written_text(value)
    if len(text) > 12 and len(text) > _LIMITS.get(field, 200):
        raise Misshapen("too_long", field=field, limit=_LIMITS.get(field, 200))
    return text


@lru_cache(maxsize=32_768)
def _day(text: str) -> date | None:
    parsed = validity.parse_date(text)
    if parsed.problem in ("format", "impossible"):
        raise Misshapen(f"date_{parsed.problem}", value=text)
    return parsed.value


@lru_cache(maxsize=32_768)
def _last_day(text: str) -> tuple[date | None, bool]:
    end, long_term, problem = validity.parse_valid_to(text)
    if problem in ("format", "impossible"):
        raise Misshapen(f"date_{problem}", value=text)
    return end, long_term


def _name(value: Any, values: Mapping[str, Any]) -> Derived:
    """Blanks around a name stay in what was written: they are a finding (NM-009)."""
    if type(value) is str and names.is_plain(value):
        return value, value, "han", []
    text = _text("name", value)
    if text and type(value) is str and len(value) <= _LIMITS["name"]:
        text = value
    read = names.facts(text)
    return text, read.normal, read.klass, [*marks.name_marks(read)]


def _sex(value: Any, values: Mapping[str, Any]) -> Derived:
    return (sex_of(_text("sex", value)),)


def _birth_date(value: Any, values: Mapping[str, Any]) -> Derived:
    return (_dated("birth_date", _day, value),)


def _id_type(value: Any, values: Mapping[str, Any]) -> Derived:
    return (document_type_of(_text("id_type", value)),)


def _id_no(value: Any, values: Mapping[str, Any]) -> Derived:
    text = _text("id_no", value)
    if not text:
        return "", "", "empty", None, None, "", "", []
    kind = document_type_of(_text("id_type", values.get("id_type", "")))
    read = resident_id.facts(text)
    if kind == DocumentType.RESIDENT_ID and read.shape == "18":
        return (
            text, read.normal, "18", read.check_ok, read.birth_date, read.sex, read.normal,
            [*marks.citizen_marks(read)],
        )  # fmt: skip
    normal = _cut("id_no", documents.normalise(kind, text))
    return (
        text,
        normal,
        read.shape,
        documents.facts(kind, text).check_ok if kind == DocumentType.USCC else read.check_ok,
        read.birth_date,
        read.sex or "",
        documents.key(kind, normal),
        [*marks.document_marks(kind, normal)],
    )


def _id_valid_from(value: Any, values: Mapping[str, Any]) -> Derived:
    return (_dated("id_valid_from", _day, value),)


def _id_valid_to(value: Any, values: Mapping[str, Any]) -> Derived:
    return _dated("id_valid_to", _last_day, value)


def _dated(field: str, read: Callable[[str], Read], value: Any) -> Read:
    try:
        return read(_text(field, value))
    except Misshapen as error:
        raise Misshapen(error.code, field=field, **error.params) from error


def _nationality(value: Any, values: Mapping[str, Any]) -> Derived:
    return (country_of(_text("nationality", value)),)


def _mobile(value: Any, values: Mapping[str, Any]) -> Derived:
    text = _text("mobile", value)
    if not text:
        return "", "", 0, 0, 0, [], ""
    read = phone_of(text)
    return (
        text,
        _cut("mobile", read.normal),
        read.longest_run,
        read.longest_sequence,
        read.distinct_last8,
        [*marks.mobile_marks(read)],
        phones.province_of(read.normal) if read.mobile_shape_ok else "",
    )


def _landline(value: Any, values: Mapping[str, Any]) -> Derived:
    text = _text("landline", value)
    if not text:
        return "", "", 0, 0, 0, []
    read = phone_of(text)
    return (
        text,
        _cut("landline", read.normal),
        read.longest_run,
        read.longest_sequence,
        read.distinct_last8,
        [*marks.landline_marks(read)],
    )


def _address(value: Any, values: Mapping[str, Any]) -> Derived:
    text = _text("address", value)
    read = addresses.parse(text)
    return (
        text,
        read.normal,
        read.province_code or "",
        read.city_code or "",
        read.district_code or "",
        read.detail,
        read.detail_grade if read.normal else "",
        addresses.key(read),
        [*marks.address_marks(read)],
    )


def _postcode(value: Any, values: Mapping[str, Any]) -> Derived:
    text = _text("postcode", value)
    if not text:
        return "", []
    normal, broken = _coded(text)
    return normal, [*broken]


@lru_cache(maxsize=32_768)
def _coded(text: str) -> tuple[str, marks.Marks]:
    normal = _cut("postcode", postcodes.normalise(text))
    return normal, marks.postcode_marks(normal)


def _email(value: Any, values: Mapping[str, Any]) -> Derived:
    return (_cut("email", emails.normalise(_text("email", value))),)


def _cut(field: str, normal: str) -> str:
    """A text that is no number may grow when its signs are folded; the raw column keeps it whole."""
    return normal[: _NORMAL_LIMITS[field]]


_DERIVE: dict[str, Callable[[Any, Mapping[str, Any]], Derived]] = {
    "name": _name,
    "sex": _sex,
    "birth_date": _birth_date,
    "id_type": _id_type,
    "id_no": _id_no,
    "id_valid_from": _id_valid_from,
    "id_valid_to": _id_valid_to,
    "nationality": _nationality,
    "mobile": _mobile,
    "landline": _landline,
    "address": _address,
    "postcode": _postcode,
    "email": _email,
}
_IN_ORDER = tuple((field, _DERIVE[field]) for field in SOURCE_FIELDS)
