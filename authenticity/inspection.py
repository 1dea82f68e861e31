"""Which rules a value alone breaks; rules that need another field, another record or a list stay silent."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from authenticity import addresses, bank_cards, credit_codes, documents, names, phones, postcodes
from authenticity import resident_id as resident
from authenticity.texts import compact, is_placeholder
from authenticity.validity import age_on

Verdict = Literal["ok", "warn", "error"]
Found = list[tuple[str, Verdict]]

OLDEST_AGE = 120
VIRTUAL_PREFIXES = ("162", "165", "167", "170", "171")
_PHONE_FIELD_RULES = ("PH-003", "PH-008", "PH-009", "PH-012")


@dataclass(frozen=True, slots=True)
class Inspection:
    value: str
    normal: str
    verdict: Verdict
    codes: tuple[str, ...]


def inspect(kind: str, value: str, *, today: date) -> Inspection:
    """KeyError for a kind outside KINDS; codes that only inform leave the verdict at ok."""
    normal, found = _INSPECTORS[kind](value, today)
    if normal and kind != "postcode" and is_placeholder(value):
        found = [("REQ-008", "error")]
    worst: Verdict = "ok"
    for _, severity in found:
        if severity == "error" or worst == "ok":
            worst = severity
    return Inspection(value, normal, worst, tuple(sorted({code for code, _ in found})))


def is_sample(number: str, samples: tuple[str, ...] = resident.SAMPLE_NUMBERS) -> bool:
    """ID-013: in the list, where an entry that ends in * stands for all numbers with that beginning."""
    return any(
        number.startswith(sample[:-1]) if sample.endswith("*") else number == sample for sample in samples
    )


def birth_verdict(read: resident.ResidentIdFacts, today: date) -> Verdict:
    """ID-007: impossible, ahead of today or older than 120 years; before 1900 only doubtful."""
    if read.birth_state == "ancient":
        return "warn"
    born = read.birth_date
    if born is None or born > today or age_on(born, today) > OLDEST_AGE:
        return "error"
    return "ok"


def _resident_id(value: str, today: date) -> tuple[str, Found]:
    read = resident.facts(value)
    if read.shape == "empty":
        return "", [("REQ-001", "error")]
    if read.shape == "other":
        return read.normal, [("ID-001", "error")]
    found: Found = [("ID-002", "error")] if read.shape == "15" else []
    if read.is_residence_permit or read.is_foreign_pr:
        found.append(("ID-012", "error"))
    elif not read.province_known:
        found.append(("ID-003", "error"))
    elif not read.prefecture_known:
        found.append(("ID-005", "error"))
    elif not read.county_known:
        found.append(("ID-006", "warn"))
    if read.check_ok is False:
        found.append(("ID-004", "error"))
    if (birth := birth_verdict(read, today)) != "ok":
        found.append(("ID-007", birth))
    if is_sample(read.normal):
        found.append(("ID-013", "error"))
    return read.normal, found


def _permit(value: str, today: date) -> tuple[str, Found]:
    return _document(documents.RESIDENCE_PERMIT, "ID-020", value, today)


def _foreign_pr(value: str, today: date) -> tuple[str, Found]:
    code = "ID-022" if len(compact(value)) == 15 else "ID-021"
    return _document(documents.FOREIGN_PR, code, value, today)


def _document(document_type: str, code: str, value: str, today: date) -> tuple[str, Found]:
    read = documents.facts(document_type, value)
    if read.fit == "empty":
        return "", [("REQ-001", "error")]
    if read.fit == "doubtful":
        return read.normal, [(code, "warn")]
    ahead = read.birth_date is not None and (
        read.birth_date > today or age_on(read.birth_date, today) > OLDEST_AGE
    )
    found: Found = [(code, "error")] if read.fit == "wrong" or ahead else []
    if not documents.type_fits_number(document_type, value):
        found.append(("ID-012", "error"))
    return read.normal, found


def _of_type(document_type: str, code: str) -> Callable[[str, date], tuple[str, Found]]:
    return lambda value, today: _document(document_type, code, value, today)


def _mobile(value: str, today: date) -> tuple[str, Found]:
    read = phones.facts(value)
    if read.kind == "empty":
        return "", [("REQ-002", "error")]
    found = _phone_field(read)
    if read.mobile_shape_ok:
        if not read.allocated:
            found.append(("PH-002", "warn"))
        if read.normal.startswith(VIRTUAL_PREFIXES):
            found.append(("PH-004", "ok"))
    elif read.has_letters or not any(code in _PHONE_FIELD_RULES for code, _ in found):
        found.append(("PH-001", "error"))
    return read.normal, found


def _landline(value: str, today: date) -> tuple[str, Found]:
    read = phones.facts(value)
    if read.kind == "empty":
        return "", [("REQ-002", "error")]
    found = _phone_field(read)
    if read.kind == "landline" and read.area_known:
        if read.area_abolished:
            found.append(("PH-007", "warn"))
        elif not read.landline_valid:
            found.append(("PH-006", "error"))
    elif read.has_letters or not any(code in _PHONE_FIELD_RULES for code, _ in found):
        found.append(("PH-005", "error"))
    return read.normal, found


def _phone(value: str, today: date) -> tuple[str, Found]:
    read = phones.facts(value)
    mobile = read.kind in ("mobile", "iot") or (read.kind == "unknown" and read.normal[:1] != "0")
    return (_mobile if mobile else _landline)(value, today)


def _phone_field(read: phones.PhoneFacts) -> Found:
    found: Found = []
    if read.kind == "iot":
        found.append(("PH-003", "error"))
    if read.kind == "hotline":
        found.append(("PH-008", "error"))
    if read.kind in ("several", "foreign") or read.has_letters:
        found.append(("PH-012", "warn"))
    if read.normal in phones.PLACEHOLDER_NUMBERS:
        found.append(("PH-009", "error"))
    elif read.kind in ("mobile", "landline") and (pattern := pattern_verdict(read)) != "ok":
        found.append(("PH-010", pattern))
    if read.changed:
        found.append(("PH-011", "ok"))
    return found


def pattern_verdict(read: phones.PhoneFacts) -> Verdict:
    """PH-010 with its usual thresholds: 7 is a defect, 6 or two digits in eight is a doubt."""
    longest = max(read.longest_run, read.longest_sequence)
    if longest >= 7 or read.distinct_last8 == 1:
        return "error"
    return "warn" if longest == 6 or read.distinct_last8 == 2 else "ok"


def _name(value: str, today: date) -> tuple[str, Found]:
    read = names.facts(value)
    if read.klass == "empty":
        return "", [("REQ-001", "error")]
    checks: tuple[tuple[str, bool, Verdict], ...] = (
        ("NM-002", not 2 <= read.length <= 50, "error"),
        ("NM-004", read.has_digit, "error"),
        ("NM-005", bool(read.title), "error"),
        ("NM-006", read.normal.casefold() in names.TEST_NAMES, "error"),
        ("NM-006", read.normal in names.COMMON_TEST_NAMES, "warn"),
        ("NM-007", read.klass == "mixed", "error"),
        ("NM-009", read.has_space_inside or read.has_invisible, "error"),
        ("NM-009", read.trimmed, "warn"),
        ("NM-010", read.repeated, "error"),
    )
    found: Found = [(code, severity) for code, broken, severity in checks if broken]
    told_apart = read.has_digit or read.klass == "mixed" or read.has_space_inside
    if not told_apart and read.illegal_chars:
        found.append(("NM-001", "error"))
    if not told_apart and not read.latin_ok:
        found.append(("NM-008", "warn"))
    return read.normal, found


def _address(value: str, today: date) -> tuple[str, Found]:
    read = addresses.parse(value)
    if not read.normal:
        return "", [("REQ-003", "error")]
    checks: tuple[tuple[str, bool, Verdict], ...] = (
        ("AD-001", not read.complete, "error"),
        ("AD-002", read.mismatch, "error"),
        ("AD-003", bool(read.historical), "ok"),
        ("AD-004", not read.has_number, "error"),
        ("AD-005", read.ends_at_road, "error"),
        ("AD-006", read.too_short, "error"),
        ("AD-007", addresses.names_outlet(read.detail), "error"),
        ("AD-010", read.malformed, "error"),
    )
    return read.normal, [(code, severity) for code, broken, severity in checks if broken]


def _uscc(value: str, today: date) -> tuple[str, Found]:
    read = credit_codes.facts(value)
    if not read.shape_ok:
        return read.normal, [("ORG-001", "error")]
    found: Found = []
    if not read.check_ok:
        found.append(("ORG-002", "warn" if read.pilot else "error"))
    if not (read.inner_ok and read.category_ok):
        found.append(("ORG-003", "warn"))
    return read.normal, found


def _bank_card(value: str, today: date) -> tuple[str, Found]:
    read = bank_cards.facts(value)
    if not read.shape_ok:
        return read.normal, [("BK-001", "error")]
    return read.normal, [] if read.luhn_ok else [("BK-002", "warn")]


def _postcode(value: str, today: date) -> tuple[str, Found]:
    normal = postcodes.normalise(value)
    return normal, [] if not normal or postcodes.is_valid(normal) else [("AD-011", "warn")]


_INSPECTORS: dict[str, Callable[[str, date], tuple[str, Found]]] = {
    "resident_id": _resident_id,
    "residence_permit": _permit,
    "foreign_pr": _foreign_pr,
    "hk_macau_permit": _of_type(documents.HK_MACAU_PERMIT, "ID-023"),
    "taiwan_permit": _of_type(documents.TAIWAN_PERMIT, "ID-024"),
    "passport": _of_type(documents.PASSPORT, "ID-025"),
    "foreign_passport": _of_type(documents.FOREIGN_PASSPORT, "ID-026"),
    "military": _of_type(documents.MILITARY, "ID-027"),
    "household_register": _of_type(documents.HOUSEHOLD_REGISTER, "ID-028"),
    "birth_certificate": _of_type(documents.BIRTH_CERTIFICATE, "ID-029"),
    "mobile": _mobile,
    "landline": _landline,
    "phone": _phone,
    "name": _name,
    "address": _address,
    "uscc": _uscc,
    "bank_card": _bank_card,
    "postcode": _postcode,
}
KINDS = tuple(_INSPECTORS)
