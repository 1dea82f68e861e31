"""Names as a document could have them."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Length, Right
from django.db.models.lookups import GreaterThan, In, LessThan
from django.utils.translation import gettext_lazy as _

from authenticity.choices import DocumentType, Kind, Severity, Tag
from authenticity.models.word import WordList
from authenticity.names import TITLE_ENDS
from authenticity.rule import Case, Rule, RuleValues, marked
from customers.models import CustomerImage
from customers.rules.roles import BLANK_PERSON, PERSONS

NOBODY = Q(pk__isnull=True)
HAN_ON_IT = (DocumentType.RESIDENT_ID, DocumentType.HOUSEHOLD_REGISTER)


def _short(values: RuleValues) -> Q:
    return Q(LessThan(Length("name"), values.threshold("NM-002", "shortest"))) & ~Q(name="")


def _on_an_image(values: RuleValues) -> Q:
    """Names of one character exist; the image of the document shows it."""
    return _short(values) & Q(Exists(CustomerImage.objects.filter(customer=OuterRef("pk"))))


def _short_without_image(values: RuleValues) -> Q:
    return _short(values) & ~Q(Exists(CustomerImage.objects.filter(customer=OuterRef("pk"))))


def _of_nobody(values: RuleValues) -> Q:
    """A party that stands as written has no images."""
    return NOBODY


def _long(values: RuleValues) -> Q:
    return Q(GreaterThan(Length("name"), values.threshold("NM-002", "longest")))


def _usual_title(values: RuleValues) -> Q:
    """One that ends as titles do; names that end so have a mark."""
    usual = [title for title in values.list(WordList.TITLE) if title[-1:] in TITLE_ENDS]
    return Q(name_marks__contains=["NM-005?"]) & _ends_with(usual)


def _other_title(values: RuleValues) -> Q:
    return _ends_with([title for title in values.list(WordList.TITLE) if title[-1:] not in TITLE_ENDS])


def _ends_with(words: Collection[str]) -> Q:
    """By the last characters, so that each length is cut off once."""
    found = Q()
    for size in sorted({len(word) for word in words if word}):
        found |= Q(In(Right("name", size), sorted(word for word in words if len(word) == size)))
    return found & ~Q(name="") if found else NOBODY


def _test_name(values: RuleValues) -> Q:
    return values.listed("name", WordList.TEST_NAME) & ~_of_examples(values)


def _of_examples(values: RuleValues) -> Q:
    return values.listed("name", WordList.EXAMPLE_NAME)


def _latin_on_a_resident_id(values: RuleValues) -> Q:
    return Q(name_class="latin", id_type__in=HAN_ON_IT)


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

NAMES = (
    _rule(
        code="NM-001",
        message=_("The name holds a character that no Chinese name has"),
        remedy=_("Type the name as on the document; only the middle dot may stand between characters."),
        finds=_(
            "A Chinese name holds a sign that is neither a Chinese character nor a middle dot between them."
        ),
        yields_to=("NM-004", "NM-007", "NM-009", *BLANK_PERSON),
        cases=(marked("name", "NM-001"),),
    ),
    _rule(
        code="NM-002",
        message=_("The name is too short or too long"),
        remedy=_(
            "Compare the name with the document; a name of one character needs the image of the document."
        ),
        finds=_(
            "The name has fewer or more characters than names have; a short one whose document's image is "
            "there is to be judged."
        ),
        yields_to=("NM-004", *BLANK_PERSON),
        thresholds={"shortest": 2, "longest": 50},
        cases=(
            Case("name", _long),
            Case("name", _short_without_image, written=_short),
            Case("name", _on_an_image, severity=Severity.WARN, written=_of_nobody),
        ),
    ),
    _rule(
        code="NM-004",
        message=_("The name holds a digit"),
        remedy=_("Type the name as on the document, without digits."),
        finds=_("The name holds a digit, half or full width."),
        yields_to=BLANK_PERSON,
        cases=(marked("name", "NM-004"),),
    ),
    _rule(
        code="NM-005",
        message=_("A title stands in the place of the name"),
        remedy=_("Type the full name as on the document, without a title."),
        finds=_("The name ends with a listed title such as 先生."),
        yields_to=BLANK_PERSON,
        cases=(Case("name", _usual_title, guard="name_marks"), Case("name", _other_title)),
    ),
    _rule(
        code="NM-006",
        message=_("A name that people type to test"),
        remedy=_("Compare the name with the document; delete the record when nobody stands behind it."),
        finds=_("The name is a listed test name; a name of textbook examples such as 张三 is to be judged."),
        yields_to=BLANK_PERSON,
        cases=(Case("name", _test_name), Case("name", _of_examples, severity=Severity.WARN)),
    ),
    _rule(
        code="NM-007",
        message=_("Latin letters in a name that a resident ID has in Chinese"),
        remedy=_("Type the name in Chinese characters as on the document, or correct the document's type."),
        finds=_(
            "Latin letters and Chinese characters in one name, or a Latin name on a resident ID or register."
        ),
        articles=("82-15", "coding-id", "id-card-law-4"),
        reads=("id_type",),
        yields_to=("NM-004", *BLANK_PERSON),
        cases=(marked("name", "NM-007"), Case("name", _latin_on_a_resident_id)),
    ),
    _rule(
        code="NM-008",
        severity=Severity.WARN,
        message=_("Check the Latin name"),
        remedy=_(
            "Compare the name with the document: letters, spaces, commas, dots, apostrophes and hyphens."
        ),
        finds=_(
            "A Latin name holds another sign than letters, spaces, commas, dots, apostrophes and hyphens."
        ),
        yields_to=("NM-002", "NM-004", "NM-006", "NM-007", "NM-009", *BLANK_PERSON),
        cases=(marked("name", "NM-008"),),
    ),
    _rule(
        code="NM-009",
        message=_("A space or an invisible sign in the name"),
        remedy=_("Type the name again, without spaces."),
        finds=_("A space inside a Chinese name, or an invisible sign; spaces at the ends are to be judged."),
        yields_to=BLANK_PERSON,
        cases=(marked("name", "NM-009"), marked("name", "NM-009?", severity=Severity.WARN)),
    ),
    _rule(
        code="NM-010",
        message=_("The name repeats one character"),
        remedy=_("Type the name as on the document."),
        finds=_("The name is one character three times or more."),
        yields_to=BLANK_PERSON,
        cases=(marked("name", "NM-010"),),
    ),
)
