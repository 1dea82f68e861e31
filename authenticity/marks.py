"""The codes of the catalogue that a value alone breaks by fixed standards: no editable list, no today.

A mark with a question mark is the doubtful variant of its code, or tells that a list of words may know
the value. A text that only fills the field is told by REQ-008 alone; a blank one breaks nothing here.
"""

from authenticity import bank_cards, credit_codes, documents, postcodes, resident_id
from authenticity.addresses import AddressFacts, may_name_outlet
from authenticity.names import TITLE_ENDS, NameFacts
from authenticity.phones import PhoneFacts
from authenticity.resident_id import ResidentIdFacts
from authenticity.texts import is_filler

Marks = tuple[str, ...]

NONE: Marks = ()
FILLER: Marks = ("REQ-008",)
# No faults: a list that compliance edits decides, and is looked through only for these.
MAY_BE_LISTED = frozenset({"NM-005?", "AD-007?"})
VIRTUAL_PREFIXES = frozenset({"162", "165", "167", "170", "171"})

_DOCUMENT_CODES = {
    documents.RESIDENCE_PERMIT: "ID-020",
    documents.FOREIGN_PR: "ID-021",
    documents.HK_MACAU_PERMIT: "ID-023",
    documents.TAIWAN_PERMIT: "ID-024",
    documents.PASSPORT: "ID-025",
    documents.FOREIGN_PASSPORT: "ID-026",
    documents.MILITARY: "ID-027",
    documents.HOUSEHOLD_REGISTER: "ID-028",
    documents.BIRTH_CERTIFICATE: "ID-029",
}


def name_marks(read: NameFacts) -> Marks:
    """`NM-002?` is a name of one Chinese character: rare, and to be seen on the document's image."""
    if is_filler(read.normal):
        return FILLER
    if read.klass == "empty":
        return NONE
    told_apart = read.has_digit or read.klass == "mixed" or read.has_space_inside
    single = read.length == 1 and read.klass == "han"
    return _broken(
        ("NM-001", not told_apart and read.illegal_chars),
        ("NM-002?", single),
        ("NM-002", not single and not 2 <= read.length <= 50),
        ("NM-004", read.has_digit),
        ("NM-005?", read.normal[-1] in TITLE_ENDS),
        ("NM-007", read.klass == "mixed"),
        ("NM-008", not told_apart and not read.latin_ok),
        ("NM-009", read.has_space_inside or read.has_invisible),
        ("NM-009?", read.trimmed and not (read.has_space_inside or read.has_invisible)),
        ("NM-010", read.repeated),
    )


def document_marks(document_type: str, raw: str | None) -> Marks:
    """Of a number in the light of its type; of an unknown or other type only what plainly is another's."""
    normal = documents.normalise(document_type, raw)
    if not normal or not document_type:
        return FILLER if is_filler(normal) else NONE
    if is_filler(normal):
        return FILLER
    if document_type == documents.RESIDENT_ID:
        return citizen_marks(resident_id.facts(normal))
    if document_type == documents.USCC:
        return uscc_marks(normal)
    return _other_marks(document_type, normal)


def citizen_marks(read: ResidentIdFacts) -> Marks:
    if read.shape in ("other", "empty"):
        return ("ID-001",) if read.shape == "other" else NONE
    another = read.is_residence_permit or read.is_foreign_pr
    if read.check_ok and read.county_known and read.birth_state == "ok" and not another:
        return NONE
    return _broken(
        ("ID-002", read.shape == "15"),
        ("ID-003", not another and not read.province_known),
        ("ID-004", read.check_ok is False),
        ("ID-005", not another and read.province_known and not read.prefecture_known),
        ("ID-006", not another and read.prefecture_known and not read.county_known),
        ("ID-007", read.birth_state == "impossible"),
        ("ID-007?", read.birth_state == "ancient"),
        ("ID-012", another),
    )


def _other_marks(document_type: str, normal: str) -> Marks:
    read = documents.facts(document_type, normal)
    code = _DOCUMENT_CODES.get(document_type, "")
    if document_type == documents.FOREIGN_PR and len(normal) == 15:
        code = "ID-022"
    county = document_type == documents.HOUSEHOLD_REGISTER and read.fit == "ok"
    return _broken(
        (code, bool(code) and read.fit == "wrong"),
        (code + "?", bool(code) and read.fit == "doubtful"),
        ("ID-006", county and not resident_id.facts(normal).county_known),
        ("ID-007?", read.birth_state == "ancient"),
        ("ID-012", not documents.type_fits_number(document_type, normal)),
    )


def mobile_marks(read: PhoneFacts) -> Marks:
    """Of what stands in the field for mobiles."""
    if read.kind == "empty":
        return NONE
    if read.mobile_shape_ok and read.allocated and not read.changed:
        return ("PH-004",) if read.normal[:3] in VIRTUAL_PREFIXES else NONE
    if is_filler(read.normal):
        return FILLER
    field = _line_marks(read)
    if read.mobile_shape_ok:
        found = _broken(
            ("PH-002", not read.allocated), ("PH-004", read.normal[:3] in VIRTUAL_PREFIXES), *field
        )
    else:
        told = any(broken for code, broken in field if code != "PH-011")
        found = _broken(("PH-001", read.has_letters or not told), *field)
    return found


def landline_marks(read: PhoneFacts) -> Marks:
    """Of what stands in the field for landlines."""
    if read.kind == "empty":
        return NONE
    if read.landline_valid and not (read.changed or read.area_abolished):
        return NONE
    if is_filler(read.normal):
        return FILLER
    field = _line_marks(read)
    if read.kind == "landline" and read.area_known:
        short = not read.area_abolished and not read.landline_valid
        return _broken(("PH-006", short), ("PH-007", read.area_abolished), *field)
    told = any(broken for code, broken in field if code != "PH-011")
    return _broken(("PH-005", read.has_letters or not told), *field)


def _line_marks(read: PhoneFacts) -> tuple[tuple[str, bool], ...]:
    return (
        ("PH-003", read.kind == "iot"),
        ("PH-008", read.kind == "hotline"),
        ("PH-011", read.changed),
        ("PH-012", read.kind in ("several", "foreign") or read.has_letters),
    )


def address_marks(read: AddressFacts) -> Marks:
    if not read.normal:
        return NONE
    spotless = read.complete and read.detail_grade == "fine" and not may_name_outlet(read.detail)
    if spotless and not (read.mismatch or read.historical or read.malformed):
        return NONE
    if is_filler(read.normal):
        return FILLER
    return _broken(
        ("AD-001", not read.complete),
        ("AD-002", read.mismatch),
        ("AD-003", bool(read.historical)),
        ("AD-004", not read.has_number),
        ("AD-005", read.ends_at_road),
        ("AD-006", read.too_short),
        ("AD-007?", may_name_outlet(read.detail)),
        ("AD-010", read.malformed),
    )


def postcode_marks(raw: str | None) -> Marks:
    normal = postcodes.normalise(raw)
    if is_filler(normal):
        return FILLER
    return _broken(("AD-011", bool(normal) and not postcodes.is_valid(normal)))


def account_marks(raw: str | None) -> Marks:
    """Of a bank account's number."""
    read = bank_cards.facts(raw)
    if is_filler(raw):
        return FILLER
    return _broken(
        ("BK-001", bool(read.normal) and not read.shape_ok), ("BK-002", read.shape_ok and not read.luhn_ok)
    )


def uscc_marks(raw: str | None) -> Marks:
    """`ORG-002?` is an early code of one province, registered although its check character fails."""
    read = credit_codes.facts(raw)
    if is_filler(raw):
        return FILLER
    wrong = read.shape_ok and not read.check_ok
    return _broken(
        ("ORG-001", bool(read.normal) and not read.shape_ok),
        ("ORG-002", wrong and not read.pilot),
        ("ORG-002?", wrong and read.pilot),
        ("ORG-003", read.shape_ok and not (read.inner_ok and read.category_ok)),
    )


def _broken(*checks: tuple[str, bool]) -> Marks:
    return tuple([code for code, broken in checks if broken])
