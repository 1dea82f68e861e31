"""Identity documents of each type: shapes, check digits, and which type a number fits."""

import re
from collections.abc import Callable
from datetime import date
from typing import Literal, NamedTuple

from authenticity import credit_codes, resident_id
from authenticity.resident_id import BirthState, Sex
from authenticity.texts import compact

Fit = Literal["ok", "doubtful", "wrong", "empty"]

RESIDENT_ID = "resident_id"
RESIDENCE_PERMIT = "residence_permit"
FOREIGN_PR = "foreign_pr"
HK_MACAU_PERMIT = "hk_macau_permit"
TAIWAN_PERMIT = "taiwan_permit"
PASSPORT = "passport"
FOREIGN_PASSPORT = "foreign_passport"
HOUSEHOLD_REGISTER = "household_register"
BIRTH_CERTIFICATE = "birth_certificate"
MILITARY = "military"
USCC = "uscc"
OTHER = "other"

# Those that carry the citizen number.
CITIZEN_TYPES = frozenset({RESIDENT_ID, HOUSEHOLD_REGISTER})
# Those whose validity has an end; a register and a birth certificate have none.
DATED_TYPES = frozenset(
    {RESIDENT_ID, RESIDENCE_PERMIT, FOREIGN_PR, HK_MACAU_PERMIT, TAIWAN_PERMIT, PASSPORT, FOREIGN_PASSPORT}
)
# ID-030: nationalities (ISO alpha-3) that each type demands; the foreign ones exclude all of these.
NATIONALITIES = {
    RESIDENT_ID: frozenset({"CHN"}),
    PASSPORT: frozenset({"CHN"}),
    HOUSEHOLD_REGISTER: frozenset({"CHN"}),
    MILITARY: frozenset({"CHN"}),
    HK_MACAU_PERMIT: frozenset({"HKG", "MAC"}),
    TAIWAN_PERMIT: frozenset({"TWN"}),
    RESIDENCE_PERMIT: frozenset({"HKG", "MAC", "TWN"}),
}
FOREIGN_TYPES = frozenset({FOREIGN_PR, FOREIGN_PASSPORT})
_CHINESE = frozenset({"CHN", "HKG", "MAC", "TWN"})

_FOREIGN_PR_15 = re.compile(r"[A-Z]{3}[0-9]{12}")
_HK_MACAU = re.compile(r"[HM](?:[0-9]{8}|[0-9]{10})")
_REVERSE_PERMIT = re.compile(r"C[0-9A-Z][0-9]{7}")
_TAIWAN = re.compile(r"[0-9]{8}|[0-9]{10}")
_PASSPORT = re.compile(r"[EG][0-9]{8}|E[A-HJ-NP-Z][0-9]{7}")
_PASSPORT_LENGTH = re.compile(r"[0-9A-Z]{8,9}")
_FOREIGN_PASSPORT = re.compile(r"[A-Z0-9]{5,18}")
_MILITARY = re.compile(r".{1,2}字第[0-9A-Za-z]{6,8}号?")
_BIRTH_CERTIFICATE = re.compile(r"[A-Z][0-9]{9}|(?:19|20)[0-9]{6}")


class DocumentFacts(NamedTuple):
    type: str
    normal: str
    fit: Fit
    check_ok: bool | None = None
    birth_date: date | None = None
    birth_state: BirthState = "none"
    sex: Sex | None = None


def normalise(document_type: str, raw: str | None) -> str:
    if document_type == USCC:
        return credit_codes.normalise(raw)
    return compact(compact(raw).upper())


def key(document_type: str, normal: str) -> str:
    """The number by which persons are compared: the 15 digits of a citizen count as the 18 they became."""
    if document_type in CITIZEN_TYPES and len(normal) == 15:
        return resident_id.upgrade_15(normal) or normal
    return normal


def citizen_key(raw: str | None) -> str:
    """The same of a citizen's number as it was written."""
    return key(RESIDENT_ID, normalise(RESIDENT_ID, raw))


def facts(document_type: str, raw: str | None) -> DocumentFacts:
    """`fit` says whether the number can be one of its type; an unknown type is treated as `other`."""
    normal = normalise(document_type, raw)
    if not normal:
        return DocumentFacts(document_type, "", "empty")
    return _READERS.get(document_type, _other)(document_type, normal)


def _resident(document_type: str, normal: str) -> DocumentFacts:
    read = resident_id.facts(normal)
    sound = (
        read.shape == "18"
        and read.check_ok is True
        and read.birth_date is not None
        and read.province_known
        and read.prefecture_known
    )
    plain = not (read.is_residence_permit or read.is_foreign_pr)
    return _from_number(document_type, read, sound and plain)


def _permit(document_type: str, normal: str) -> DocumentFacts:
    read = resident_id.facts(normal)
    sound = read.is_residence_permit and read.check_ok is True and read.birth_date is not None
    return _from_number(document_type, read, sound)


def _foreign_pr(document_type: str, normal: str) -> DocumentFacts:
    if len(normal) == 15:
        return DocumentFacts(document_type, normal, _fit(_foreign_pr_15_ok(normal)))
    read = resident_id.facts(normal)
    sound = (
        read.is_foreign_pr and read.check_ok is True and read.birth_date is not None and read.province_known
    )
    return _from_number(document_type, read, sound)


def _from_number(document_type: str, read: resident_id.ResidentIdFacts, sound: bool) -> DocumentFacts:
    return DocumentFacts(
        document_type, read.normal, _fit(sound), read.check_ok, read.birth_date, read.birth_state, read.sex
    )


def _foreign_pr_15_ok(normal: str) -> bool:
    """ID-022: nationality, region, YYMMDD of either century, and a 7-3-1 check digit."""
    if not _FOREIGN_PR_15.fullmatch(normal):
        return False
    total = sum(int(sign, 36) * (7, 3, 1)[place % 3] for place, sign in enumerate(normal[:14]))
    return total % 10 == int(normal[14]) and any(_is_date(century + normal[7:13]) for century in ("19", "20"))


def _is_date(eight: str) -> bool:
    try:
        date(int(eight[:4]), int(eight[4:6]), int(eight[6:]))
    except ValueError:
        return False
    return True


def _fit(sound: bool) -> Fit:
    return "ok" if sound else "wrong"


def _by_shape(shape: re.Pattern[str], otherwise: Fit) -> Callable[[str, str], DocumentFacts]:
    def read(document_type: str, normal: str) -> DocumentFacts:
        return DocumentFacts(document_type, normal, "ok" if shape.fullmatch(normal) else otherwise)

    return read


def _hk_macau(document_type: str, normal: str) -> DocumentFacts:
    """A C-number is the permit of the reverse direction: doubtful."""
    otherwise: Fit = "doubtful" if _REVERSE_PERMIT.fullmatch(normal) else "wrong"
    return DocumentFacts(document_type, normal, "ok" if _HK_MACAU.fullmatch(normal) else otherwise)


def _passport(document_type: str, normal: str) -> DocumentFacts:
    otherwise: Fit = "doubtful" if _PASSPORT_LENGTH.fullmatch(normal) else "wrong"
    return DocumentFacts(document_type, normal, "ok" if _PASSPORT.fullmatch(normal) else otherwise)


def _uscc(document_type: str, normal: str) -> DocumentFacts:
    read = credit_codes.facts(normal)
    fit: Fit = "ok" if read.check_ok else "doubtful" if read.shape_ok and read.pilot else "wrong"
    return DocumentFacts(document_type, read.normal, fit, read.check_ok if read.shape_ok else None)


def _other(document_type: str, normal: str) -> DocumentFacts:
    return DocumentFacts(document_type, normal, "ok")


_READERS: dict[str, Callable[[str, str], DocumentFacts]] = {
    RESIDENT_ID: _resident,
    HOUSEHOLD_REGISTER: _resident,
    RESIDENCE_PERMIT: _permit,
    FOREIGN_PR: _foreign_pr,
    HK_MACAU_PERMIT: _hk_macau,
    TAIWAN_PERMIT: _by_shape(_TAIWAN, "wrong"),
    PASSPORT: _passport,
    FOREIGN_PASSPORT: _by_shape(_FOREIGN_PASSPORT, "wrong"),
    BIRTH_CERTIFICATE: _by_shape(_BIRTH_CERTIFICATE, "doubtful"),
    MILITARY: _by_shape(_MILITARY, "doubtful"),
    USCC: _uscc,
    OTHER: _other,
}
TYPES = tuple(_READERS)


def types_of(number: str | None) -> frozenset[str]:
    """Types that the number points at so clearly that another is wrong; empty when it points at none."""
    normal = compact(compact(number).upper())
    read = resident_id.facts(normal)
    if read.is_residence_permit:
        return frozenset({RESIDENCE_PERMIT})
    if read.is_foreign_pr:
        return frozenset({FOREIGN_PR})
    if read.shape == "18" and read.check_ok and read.birth_date and read.province_known:
        return frozenset({RESIDENT_ID, HOUSEHOLD_REGISTER, MILITARY})
    if _HK_MACAU.fullmatch(normal):
        return frozenset({HK_MACAU_PERMIT, PASSPORT, FOREIGN_PASSPORT, BIRTH_CERTIFICATE, MILITARY, OTHER})
    if _PASSPORT.fullmatch(normal):
        return frozenset({PASSPORT, FOREIGN_PASSPORT, BIRTH_CERTIFICATE, MILITARY, OTHER})
    return frozenset()


def type_fits_number(document_type: str, number: str | None) -> bool:
    """ID-012: false when the number plainly belongs to another type of document."""
    pointed = types_of(number)
    if document_type == USCC:
        return not (pointed & {RESIDENT_ID}) or credit_codes.facts(number).check_ok
    return not pointed or document_type in pointed


def type_fits_nationality(document_type: str, nationality: str | None) -> bool:
    """ID-030; an unknown nationality fits."""
    country = compact(nationality, 10).upper()
    if not country:
        return True
    if document_type in FOREIGN_TYPES:
        return country not in _CHINESE
    return document_type not in NATIONALITIES or country in NATIONALITIES[document_type]
