"""What a review asks, how its answers make an outcome, and which items are reviewed twice."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import ceil

from audits.sampling.choices import ErrorKind, FieldVerdict, ItemOutcome, SamplePurpose, TruthResult
from authenticity.choices import DocumentType

# In this order they are typed: nothing that is shown after comparing one tells another of the same person.
OF_INSURED = ("name", "sex", "birth_date", "id_type", "id_no", "id_valid_to")
OF_HOLDER = (*OF_INSURED, "mobile", "landline", "address", "postcode")
OF_SELLER = ("seller_name", "seller_no")
# A form may leave these out, and a customer may have none.
MAY_BE_LEFT_OUT = frozenset({"landline", "postcode"})
CONTACT = frozenset({"mobile", "landline", "address", "postcode"})

TOLD = "told"
"""The role of what the customer says in a call; the form's roles are those of its parties."""
IDENTITY = ((TOLD, "birth_date"),)

# What an image shows is typed before anything of the system is shown.
BLIND = frozenset({SamplePurpose.CONSISTENCY, SamplePurpose.SELLER, SamplePurpose.IMAGES})
BY_CONTACT = frozenset({SamplePurpose.TRUTH, SamplePurpose.HANDLED, SamplePurpose.CLOSED})

REQUIRED_IMAGES: Mapping[str, tuple[str, ...]] = {
    DocumentType.RESIDENT_ID: ("front", "back"),
    DocumentType.RESIDENCE_PERMIT: ("front", "back"),
    DocumentType.FOREIGN_PR: ("front", "back"),
    DocumentType.HK_MACAU_PERMIT: ("front", "back"),
    DocumentType.TAIWAN_PERMIT: ("front", "back"),
    DocumentType.HOUSEHOLD_REGISTER: ("page",),
    DocumentType.BIRTH_CERTIFICATE: ("page",),
    DocumentType.MILITARY: ("page",),
    DocumentType.PASSPORT: ("page",),
    DocumentType.FOREIGN_PASSPORT: ("page",),
}
IMAGE = "image_"
"""Begins the field of a required image, such as `image_front`."""
REGISTERED_ON = "registered_on"
"""The registration date on a page of the household register, where its validity begins (requirement 92)."""

# What weighs more when rounds or answers differ.
_WORST = (ErrorKind.FALSE, ErrorKind.MISSING, ErrorKind.CHANGED, ErrorKind.RIGHT)
SAID: Mapping[str, str] = {
    TruthResult.TRUE: ErrorKind.RIGHT,
    TruthResult.FALSE: ErrorKind.FALSE,
    TruthResult.CHANGED: ErrorKind.CHANGED,
    TruthResult.UNREACHABLE: "",
    TruthResult.REFUSED: "",
}


def image_fields(document: str) -> tuple[str, ...]:
    """What must be there of a document, as fields of a review."""
    sides = tuple(f"{IMAGE}{side}" for side in REQUIRED_IMAGES.get(document, ("page",)))
    return (*sides, REGISTERED_ON) if document == DocumentType.HOUSEHOLD_REGISTER else sides


def compared(*, typed: str, held: str) -> FieldVerdict:
    """Both in normal form."""
    return FieldVerdict.SAME if typed == held else FieldVerdict.DIFFERS


def error_of(*, verdict: str, field: str, held: str, changed: bool) -> ErrorKind:
    """`changed`: the book has a recorded change from what the form says to what is held now.

    Contact data that no form says are another's (requirement 149); what nobody can read proves nothing.
    """
    if verdict == FieldVerdict.SAME:
        return ErrorKind.RIGHT
    if verdict == FieldVerdict.ILLEGIBLE:
        return ErrorKind.MISSING
    if changed:
        return ErrorKind.CHANGED
    if verdict == FieldVerdict.ABSENT:
        if not held:
            return ErrorKind.RIGHT if field in MAY_BE_LEFT_OUT else ErrorKind.MISSING
        return ErrorKind.FALSE if field in CONTACT else ErrorKind.MISSING
    return ErrorKind.FALSE if held else ErrorKind.MISSING


def worst(kinds: Iterable[str]) -> str:
    """Nothing where nothing was judged."""
    known = set(kinds)
    return next((str(kind) for kind in _WORST if kind in known), "")


def outcome_of(reviews: Sequence[str]) -> str:
    """Of an item, from the outcomes of its rounds; who reached nobody says nothing against the other."""
    return worst(reviews) or ItemOutcome.NO_CONTACT.value


def twice(*, seed: str, keys: Collection[str], share: float) -> set[str]:
    """Which items a second person reviews too: the seed decides, as it decided who is in the sample."""
    count = min(ceil(share * len(keys) - 1e-9), len(keys))
    return set(sorted(keys, key=lambda key: _order(seed, key))[:count])


def _order(seed: str, key: str) -> bytes:
    return hashlib.sha256(bytes.fromhex(seed) + b"\x00second round\x00" + key.encode("utf-8")).digest()
