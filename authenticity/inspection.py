"""What `inspect` answers: the marks of one value, and what the editable lists and today add to them."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from authenticity import addresses, bank_cards, credit_codes, documents, marks, names, phones, postcodes
from authenticity import resident_id as resident
from authenticity.texts import PLACEHOLDER_WORDS, is_placeholder
from authenticity.validity import age_on

Verdict = Literal["ok", "warn", "error"]
Found = dict[str, Verdict]

OLDEST_AGE = 120
_INFORMS = frozenset({"PH-004", "PH-011", "AD-003"})
_DOUBTS = frozenset({"PH-002", "PH-007", "PH-012", "ID-006", "BK-002", "ORG-003", "AD-011", "NM-008"})


@dataclass(frozen=True, slots=True)
class Lists:
    """What compliance may edit, as values; the defaults are those that the product comes with."""

    samples: Collection[str] = resident.SAMPLE_NUMBERS
    strip_prefixes: tuple[str, ...] = phones.DEFAULT_STRIP_PREFIXES
    placeholder_numbers: Collection[str] = phones.PLACEHOLDER_NUMBERS
    placeholder_words: Collection[str] = PLACEHOLDER_WORDS
    titles: Collection[str] = names.TITLES
    test_names: Collection[str] = names.TEST_NAMES
    common_test_names: Collection[str] = names.COMMON_TEST_NAMES
    outlet_words: Collection[str] = addresses.OUTLET_WORDS


DEFAULT_LISTS = Lists()


@dataclass(frozen=True, slots=True)
class Inspection:
    value: str
    normal: str
    verdict: Verdict
    codes: tuple[str, ...]


def inspect(kind: str, value: str, *, today: date, lists: Lists = DEFAULT_LISTS) -> Inspection:
    """KeyError for a kind outside KINDS; codes that only inform leave the verdict at ok."""
    normal, found = _INSPECTORS[kind](value, today, lists)
    if normal and is_placeholder(value, lists.placeholder_words):
        found = {"REQ-008": "error"}
    verdicts = set(found.values())
    worst: Verdict = "error" if "error" in verdicts else "warn" if "warn" in verdicts else "ok"
    return Inspection(value, normal, worst, tuple(sorted(found)))


def severity_of(mark: str) -> Verdict:
    """How a mark weighs when nothing else is known; a one-character name needs an image that nobody has."""
    if mark in _INFORMS:
        return "ok"
    doubtful = mark in _DOUBTS or (mark.endswith("?") and mark != "NM-002?")
    return "warn" if doubtful else "error"


def _weighed(found: Iterable[str]) -> Found:
    faults = (mark for mark in found if mark not in marks.MAY_BE_LISTED)
    return {mark.removesuffix("?"): severity_of(mark) for mark in faults}


def is_sample(number: str, samples: Collection[str] = resident.SAMPLE_NUMBERS) -> bool:
    """ID-013: in the list, where an entry that ends in * stands for all numbers with that beginning."""
    return any(
        number.startswith(sample[:-1]) if sample.endswith("*") else number == sample for sample in samples
    )


def _outside_a_life(born: date | None, today: date) -> bool:
    return born is not None and (born > today or age_on(born, today) > OLDEST_AGE)


def _resident_id(value: str, today: date, lists: Lists) -> tuple[str, Found]:
    read = resident.facts(value)
    if read.shape == "empty":
        return "", {"REQ-001": "error"}
    found = _weighed(marks.citizen_marks(read))
    if "ID-007" not in found and _outside_a_life(read.birth_date, today):
        found["ID-007"] = "error"
    if read.shape != "other" and is_sample(read.normal, lists.samples):
        found["ID-013"] = "error"
    return read.normal, found


def _of_type(document_type: str, code: str) -> Callable[[str, date, Lists], tuple[str, Found]]:
    def inspector(value: str, today: date, lists: Lists) -> tuple[str, Found]:
        read = documents.facts(document_type, value)
        if read.fit == "empty":
            return "", {"REQ-001": "error"}
        found = _weighed(marks.document_marks(document_type, read.normal))
        if read.birth_state == "ok" and _outside_a_life(read.birth_date, today):
            found[code] = "error"
        return read.normal, found

    return inspector


def _mobile(value: str, today: date, lists: Lists) -> tuple[str, Found]:
    return _line(phones.facts(value, strip_prefixes=lists.strip_prefixes), marks.mobile_marks, lists)


def _landline(value: str, today: date, lists: Lists) -> tuple[str, Found]:
    return _line(phones.facts(value, strip_prefixes=lists.strip_prefixes), marks.landline_marks, lists)


def _phone(value: str, today: date, lists: Lists) -> tuple[str, Found]:
    read = phones.facts(value, strip_prefixes=lists.strip_prefixes)
    mobile = read.kind in ("mobile", "iot") or (read.kind == "unknown" and read.normal[:1] != "0")
    return _line(read, marks.mobile_marks if mobile else marks.landline_marks, lists)


def _line(
    read: phones.PhoneFacts, marks_of: Callable[[phones.PhoneFacts], marks.Marks], lists: Lists
) -> tuple[str, Found]:
    if read.kind == "empty":
        return "", {"REQ-002": "error"}
    found = _weighed(marks_of(read))
    if read.normal in lists.placeholder_numbers:
        found = {code: verdict for code, verdict in found.items() if code not in ("PH-001", "PH-005")}
        found["PH-009"] = "error"
    elif read.kind in ("mobile", "landline") and (pattern := pattern_verdict(read)) != "ok":
        found["PH-010"] = pattern
    return read.normal, found


def pattern_verdict(read: phones.PhoneFacts) -> Verdict:
    """PH-010 with its usual thresholds: 7 is a defect, 6 or two digits in eight is a doubt."""
    longest = max(read.longest_run, read.longest_sequence)
    if longest >= 7 or read.distinct_last8 == 1:
        return "error"
    return "warn" if longest == 6 or read.distinct_last8 == 2 else "ok"


def _name(value: str, today: date, lists: Lists) -> tuple[str, Found]:
    read = names.facts(value)
    if read.klass == "empty":
        return "", {"REQ-001": "error"}
    found = _weighed(marks.name_marks(read))
    if names.is_title(read.normal, lists.titles):
        found["NM-005"] = "error"
    if read.normal.casefold() in lists.test_names:
        found["NM-006"] = "error"
    elif read.normal in lists.common_test_names:
        found["NM-006"] = "warn"
    return read.normal, found


def _address(value: str, today: date, lists: Lists) -> tuple[str, Found]:
    read = addresses.parse(value)
    if not read.normal:
        return "", {"REQ-003": "error"}
    found = _weighed(marks.address_marks(read))
    if addresses.names_outlet(read.detail, lists.outlet_words):
        found["AD-007"] = "error"
    return read.normal, found


def _uscc(value: str, today: date, lists: Lists) -> tuple[str, Found]:
    normal = credit_codes.normalise(value)
    return normal, _weighed(marks.uscc_marks(normal) if normal else ("ORG-001",))


def _bank_card(value: str, today: date, lists: Lists) -> tuple[str, Found]:
    normal = bank_cards.normalise(value)
    return normal, _weighed(marks.account_marks(normal) if normal else ("BK-001",))


def _postcode(value: str, today: date, lists: Lists) -> tuple[str, Found]:
    normal = postcodes.normalise(value)
    return normal, _weighed(marks.postcode_marks(normal))


_INSPECTORS: dict[str, Callable[[str, date, Lists], tuple[str, Found]]] = {
    "resident_id": _resident_id,
    "residence_permit": _of_type(documents.RESIDENCE_PERMIT, "ID-020"),
    "foreign_pr": _of_type(documents.FOREIGN_PR, "ID-021"),
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
