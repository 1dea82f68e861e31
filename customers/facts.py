"""What is stored of a person, derived once from what was written: raw text, normal form, attributes.

Nothing here depends on a setting or on today, so a stored fact stays true until FACTS_VERSION changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from authenticity import addresses, documents, emails, names, phones, postcodes, resident_id, validity
from authenticity.choices import DocumentType
from customers.written import country_of, document_type_of, sex_of
from workplace.intake.shapes import Misshapen, written_text

FACTS_VERSION = 1

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
_NORMAL_LIMITS = {"mobile": 60, "landline": 60}


def derive(values: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of Customer for the given source fields; raises Misshapen for a value that has no shape.

    The number is read in the light of its type: give `id_type` together with `id_no`.
    """
    columns: dict[str, Any] = {}
    for field, derive_field in _DERIVE.items():
        if field in values:
            columns |= derive_field(_text(field, values[field]), values)
    if columns:
        columns["facts_version"] = FACTS_VERSION
    return columns


def derive_person(values: Mapping[str, Any]) -> dict[str, Any]:
    """As `derive`, for the columns that a policy party has too."""
    return derive({field: values[field] for field in PERSON_FIELDS if field in values})


def derive_changes(record: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Columns to set on `record` when `values` replace some of its source fields."""
    linked = {"id_type": written_of(record, "id_type"), "id_no": written_of(record, "id_no")}
    return derive({**linked, **values} if linked.keys() & values.keys() else values)


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
    text = written_text(value)
    if len(text) > _LIMITS.get(field, 200):
        raise Misshapen("too_long", field=field, limit=_LIMITS.get(field, 200))
    return text


def _date(field: str, text: str) -> date | None:
    parsed = validity.parse_date(text)
    if parsed.problem in ("format", "impossible"):
        raise Misshapen(f"date_{parsed.problem}", field=field, value=text)
    return parsed.value


def _name(text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    read = names.facts(text)
    return {
        "name_raw": text,
        "name": read.normal,
        "name_class": read.klass,
        "name_has_digit": read.has_digit,
        "name_illegal": read.illegal_chars,
    }


def _sex(text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {"sex": sex_of(text)}


def _birth_date(text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {"birth_date": _date("birth_date", text)}


def _id_type(text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {"id_type": document_type_of(text)}


def _id_no(text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    kind = document_type_of(written_text(values.get("id_type", "")))
    read = resident_id.facts(text)
    normal = documents.normalise(kind, text)
    numbered = read.shape in ("18", "15")
    return {
        "id_no_raw": text,
        "id_no": normal,
        "id_shape": read.shape,
        "id_check_ok": documents.facts(kind, text).check_ok if kind == DocumentType.USCC else read.check_ok,
        "id_birth_date": read.birth_date,
        "id_birth_ok": read.birth_date is not None if numbered else None,
        "id_sex": read.sex or "",
        "id_division": read.division,
        "id_division_known": read.county_known if numbered else None,
    }


def _id_valid_from(text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {"id_valid_from": _date("id_valid_from", text)}


def _id_valid_to(text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    end, long_term, problem = validity.parse_valid_to(text)
    if problem in ("format", "impossible"):
        raise Misshapen(f"date_{problem}", field="id_valid_to", value=text)
    return {"id_valid_to": end, "id_long_term": long_term}


def _nationality(text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {"nationality": country_of(text)}


def _mobile(text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    read = phones.facts(text)
    given = bool(read.normal)
    return {
        "mobile_raw": text,
        "mobile": _cut("mobile", read.normal),
        "mobile_kind": read.kind,
        "mobile_shape_ok": read.mobile_shape_ok if given else None,
        "mobile_allocated": read.allocated if given else None,
        "mobile_run": read.longest_run,
        "mobile_sequence": read.longest_sequence,
        "mobile_distinct": read.distinct_last8,
    }


def _landline(text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    read = phones.facts(text)
    given = bool(read.normal)
    return {
        "landline_raw": text,
        "landline": _cut("landline", read.normal),
        "landline_kind": read.kind,
        "landline_area_ok": read.area_known if given else None,
        "landline_valid": read.landline_valid if given else None,
        "landline_run": read.longest_run,
        "landline_sequence": read.longest_sequence,
        "landline_distinct": read.distinct_last8,
    }


def _address(text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    read = addresses.parse(text)
    return {
        "address_raw": text,
        "address": read.normal,
        "province_code": read.province_code or "",
        "city_code": read.city_code or "",
        "district_code": read.district_code or "",
        "address_complete": read.complete if read.normal else None,
        "address_detail": read.detail,
        "address_grade": read.detail_grade if read.normal else "",
    }


def _postcode(text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {"postcode": postcodes.normalise(text)}


def _email(text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {"email": emails.normalise(text)}


def _cut(field: str, normal: str) -> str:
    """A text that is no number may grow when its signs are folded; the raw column keeps it whole."""
    return normal[: _NORMAL_LIMITS[field]]


_DERIVE: dict[str, Callable[[str, Mapping[str, Any]], dict[str, Any]]] = {
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
