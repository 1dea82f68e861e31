"""Whether a number can be one of its type of document, and the type one of its holder."""

from __future__ import annotations

from functools import partial

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from authenticity.choices import DocumentType, Kind, Severity, Tag
from authenticity.documents import FOREIGN_TYPES, NATIONALITIES
from authenticity.rule import Case, Rule, RuleValues, marked
from customers.rules.roles import BLANK_PERSON, PERSONS

CHINESE = ("CHN", "HKG", "MAC", "TWN")


def _another_type(values: RuleValues) -> Q:
    return Q(id_marks__contains=["ID-012"])


def _another_nationality(values: RuleValues) -> Q:
    """Types that ask for the same nationalities are one comparison; the usual pair is let pass first."""
    types_of: dict[frozenset[str], list[str]] = {}
    for document, countries in NATIONALITIES.items():
        types_of.setdefault(countries, []).append(document)
    wrong = Q(nationality__in=CHINESE, id_type__in=sorted(FOREIGN_TYPES))
    for countries, documents in types_of.items():
        wrong |= ~Q(nationality__in=sorted(countries)) & Q(id_type__in=sorted(documents))
    usual = Q(nationality="CHN", id_type=DocumentType.RESIDENT_ID)
    return ~usual & ~Q(nationality="") & wrong


_rule = partial(
    Rule,
    severity=Severity.ERROR,
    kind=Kind.FALSE,
    subject="customer",
    target="person",
    articles=("82-15", "coding-id"),
    tags=(Tag.AML, Tag.REAL_NAME),
    roles=PERSONS,
)
_number = partial(
    _rule,
    remedy=_("Compare number and type with the document and attach its image."),
    reads=("id_type",),
    yields_to=("ID-012", "ID-013", *BLANK_PERSON),
)

DOCUMENTS = (
    _rule(
        code="ID-012",
        message=_("The document type does not fit the number"),
        remedy=_("Look at the document: choose its type, or retype its number."),
        finds=_(
            "The number plainly belongs to another type: a residence permit's or foreign card's on a "
            "resident ID, a citizen number on a passport."
        ),
        reads=("id_no",),
        yields_to=BLANK_PERSON,
        cases=(Case("id_type", _another_type, guard="id_marks"),),
    ),
    _number(
        code="ID-020",
        message=_("No residence permit has this number"),
        finds=_("The number of a residence permit has not its shape, birth date or check character."),
        cases=(marked("id_no", "ID-020"),),
    ),
    _number(
        code="ID-021",
        message=_("No foreign permanent residence card has this number"),
        finds=_(
            "The 18-character number of a foreign permanent residence card has not its shape, province, "
            "birth date or check character."
        ),
        cases=(marked("id_no", "ID-021"),),
    ),
    _number(
        code="ID-022",
        message=_("No foreign permanent residence card of the old kind has this number"),
        finds=_(
            "The 15-character number of a foreign permanent residence card has not its shape or check digit."
        ),
        cases=(marked("id_no", "ID-022"),),
    ),
    _number(
        code="ID-023",
        message=_("No permit for Hong Kong and Macau residents has this number"),
        finds=_(
            "The number of a mainland travel permit is not H or M with 8 or 10 digits; one with C, which is "
            "the permit of the other direction, is to be judged."
        ),
        cases=(marked("id_no", "ID-023"), marked("id_no", "ID-023?", severity=Severity.WARN)),
    ),
    _number(
        code="ID-024",
        message=_("No permit for Taiwan residents has this number"),
        finds=_("The number of a mainland travel permit for Taiwan residents has neither 8 nor 10 digits."),
        cases=(marked("id_no", "ID-024"),),
    ),
    _number(
        code="ID-025",
        message=_("Check the number of the passport"),
        finds=_(
            "The number of a Chinese passport has not 8 or 9 letters and digits; one of another series than "
            "E and G is to be judged."
        ),
        cases=(marked("id_no", "ID-025"), marked("id_no", "ID-025?", severity=Severity.WARN)),
    ),
    _number(
        code="ID-026",
        message=_("No passport has this number"),
        finds=_("The number of a foreign passport is not 5 to 18 letters and digits."),
        cases=(marked("id_no", "ID-026"),),
    ),
    _number(
        code="ID-027",
        severity=Severity.WARN,
        message=_("Check the number of the military document"),
        remedy=_(
            "Compare it with the document; people on service also hold a resident ID: ask for that one."
        ),
        finds=_(
            "The number of a military document is not one or two signs, 字第 and 6 to 8 letters or digits."
        ),
        articles=("military-11", "coding-id"),
        cases=(marked("id_no", "ID-027?"),),
    ),
    _rule(
        code="ID-030",
        message=_("The nationality does not fit the document"),
        remedy=_("Look at the document: correct the nationality, or the type of the document."),
        finds=_(
            "The nationality is not one that the document is given to, such as a foreign one on a resident "
            "ID."
        ),
        reads=("id_type",),
        yields_to=("ID-012",),
        cases=(Case("nationality", _another_nationality),),
    ),
)
