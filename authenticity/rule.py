"""What a rule is: an object that names its defect and finds it by a predicate over stored facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import Any, Literal, Protocol

from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower
from django.db.models.lookups import In, LessThanOrEqual
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from authenticity.choices import Kind, NoteState, Severity, Stage, Tag

# What the predicate's columns stand on. "person": customers and parties that stand as written alone;
# "party": one row of a policy's parties, "policy": the policy. The last two make the policy the subject.
Target = Literal["person", "customer", "party", "policy", "seller", "agency"]
Subject = Literal["customer", "policy", "seller", "agency"]
Text = str | Promise

EVERYWHERE = frozenset(Stage)
# No rule: its versions count the editions of the lists by which values are read when they are stored.
FACTS = "FACTS"
SLA = "SLA"
# Fifteen working days at the most (保险公司服务管理办法: 人身保险业务基本服务规定 18); what blocks sooner.
SLA_DAYS = {Severity.BLOCK.value: 5, Severity.ERROR.value: 15, Severity.WARN.value: 15}
PLACEHOLDER_SHAPE = r"^([-/.*_?]+|0+|1+|[xX]+)$"
PLACEHOLDER = "REQ-008"
# Longer words are looked for in the spellings that people use; all of `test` are sixteen.
MANY_LETTERS = 5

# Fields whose marks say whether they hold a filler by its shape alone.
MARKS_OF = {
    "name": "name",
    "id_no": "id",
    "mobile": "mobile",
    "landline": "landline",
    "address": "address",
    "postcode": "postcode",
    "account_no": "account",
    "uscc": "uscc",
}

FIELD_LABELS: dict[str, Text] = {
    "name": pgettext_lazy("of a person", "Name"),
    "sex": _("Sex"),
    "birth_date": _("Birth date"),
    "id_type": _("Document type"),
    "id_no": _("Document number"),
    "id_valid_from": _("Document valid from"),
    "id_valid_to": _("Document valid until"),
    "mobile": _("Mobile"),
    "landline": _("Landline"),
    "address": _("Address"),
    "postcode": _("Postcode"),
    "email": _("E-mail"),
    "nationality": _("Nationality"),
    "identity_checked_on": _("Identity checked on"),
    "contact_confirmed_on": _("Contact data confirmed on"),
    "relation": _("Relation"),
    "share": _("Share in percent"),
    "order": _("Order of benefit"),
    "designation": _("Way of designation"),
    "phone": _("Phone"),
    "occupation": _("Occupation"),
    "guardian_phone": _("Guardian's phone"),
    "death_cover": _("Sum payable on death"),
    "account_no": _("Account number"),
    "account_holder_name": _("Account holder"),
    "uscc": _("Unified social credit code"),
    "registration_no": _("Registration number"),
    "seller_no": _("Seller number"),
    "seller_name": _("Seller name"),
    "outlet_no": _("Outlet number"),
    "outlet_name": _("Outlet name"),
    "agency_branch_no": _("Agency branch number"),
    "agency_branch_name": _("Agency branch name"),
    "agency_no": _("Agency number"),
    "agency_name": _("Agency name"),
}


@dataclass(frozen=True)
class Setting:
    """What compliance decided about one rule; a blank severity leaves the rule's own."""

    enabled: bool = True
    severity: str = ""
    version: int = 1


Keys = QuerySet[Any] | RawSQL


class Sharing(Protocol):
    """What several holders have in common, as rules compare it: live for some rows, as swept for the book."""

    def keys(
        self, kind: str, *, at_least: int, below: int | None = None, one_seller: bool | None = None
    ) -> Keys:
        """One column of keys of that kind, held by so many different persons; for the right side of IN."""


@dataclass(frozen=True)
class RuleValues:
    """Everything editable that predicates compare with, read once for one run."""

    today: date
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)
    thresholds: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    settings: Mapping[str, Setting] = field(default_factory=dict)
    sharing: Sharing | None = None
    whole: bool = False
    """Whether very many rows are asked about at once."""
    span: Callable[[str], Q] = lambda column: Q()
    """Which of them, as a condition on a column that holds their ids: for conditions that look elsewhere."""

    def shared(
        self, kind: str, *, at_least: int, below: int | None = None, one_seller: bool | None = None
    ) -> Keys:
        """Keys shared by that many; RuntimeError where nobody said which rows are asked about."""
        if self.sharing is None:
            raise RuntimeError("shared keys need the rows that are asked about")
        return self.sharing.keys(kind, at_least=at_least, below=below, one_seller=one_seller)

    def one_of(self, column: str, rows: QuerySet[Any], name: str) -> Q:
        """Whether other rows have the value in that column: hashed once for many, looked up for a few."""
        if self.whole:
            return Q(**{f"{column}__in": rows.order_by().values(name)})
        return Q(Exists(rows.order_by().filter(**{name: OuterRef(column)})))

    def list(self, name: str) -> frozenset[str]:
        return self.words.get(name, frozenset())

    def threshold(self, code: str, name: str) -> int:
        return int(self.thresholds[code][name])

    def setting(self, code: str) -> Setting:
        return self.settings.get(code, Setting())

    def blank(self, column: str) -> Q:
        """Empty, or a text that only fills the field (REQ-008)."""
        return Q(**{column: ""}) | self.filler(column)

    def filler(self, column: str) -> Q:
        """Not empty, and nobody's value: only signs, zeros or ones, or a listed word."""
        marks = f"{MARKS_OF[column]}_marks" if column in MARKS_OF else ""
        shape = {f"{marks}__contains": [PLACEHOLDER]} if marks else {f"{column}__regex": PLACEHOLDER_SHAPE}
        return Q(**shape) | self.listed(column, "placeholder")

    def listed(self, column: str, *names: str) -> Q:
        """The whole value is a word of one of these lists, in any case; none of an empty list."""
        words = {word.lower() for name in names for word in self.list(name)}
        short = {word for word in words if sum(map(_has_case, word)) <= MANY_LETTERS}
        found = Q(**{f"{column}__in": sorted(each for word in short for each in _spellings(word))})
        if words - short:
            found |= Q(In(Lower(F(column)), sorted(words - short)))
        return Q(LessThanOrEqual(Octets(column), _octets(words))) & found


class Octets(Func):
    """The bytes of a text: the cheapest that can be asked of one, before it is compared with many words."""

    function = "octet_length"
    output_field = IntegerField()


Predicate = Callable[[RuleValues], Q]


def _octets(words: Iterable[str]) -> int:
    """At most so many bytes has any spelling of them."""
    return max((len(each.encode()) for word in words for each in (word, word.upper())), default=0)


def _has_case(sign: str) -> bool:
    return sign.lower() != sign.upper()


def _spellings(word: str) -> Iterator[str]:
    return ("".join(signs) for signs in product(*({sign, sign.upper()} for sign in word)))


@dataclass(frozen=True)
class Case:
    """One field that a rule looks at; a finding names it.

    `part` tells apart what one field cannot (the level of the seller); `severity` overrules the rule's.
    `guard` is what must hold wherever the predicate does, cheap and the same for many cases, and is asked
    first: the name of a marks column that is never empty then, or a condition.
    `written` is asked instead of a party that stands as written alone, where a customer's is not its own.
    `mark` is the code in that marks column which alone decides.
    """

    field: str
    predicate: Predicate
    part: str = ""
    severity: Severity | None = None
    guard: str | Predicate = ""
    written: Predicate | None = None
    mark: str = ""


def marked(field: str, code: str, *, part: str = "", severity: Severity | None = None) -> Case:
    """The value alone breaks the code by fixed standards, as its marks column says (`mobile_marks`)."""
    column = f"{MARKS_OF[field]}_marks"
    said: Predicate = lambda values: Q(**{f"{column}__contains": [code]})
    return Case(field, said, part, severity, guard=column, mark=code)


@dataclass(frozen=True, eq=False)
class Rule:
    """A code is permanent: a retired one is never given to another defect.

    It yields to a code in `yields_to` when that one hits the same subject in a field that this one reads.
    `finds` is the predicate in words, `unasked` why a stage does not ask. `historical` is the severity of
    findings on old business, where it is another (SCP-002).
    """

    code: str
    severity: Severity
    kind: Kind
    subject: Subject
    target: Target
    message: Text
    remedy: Text
    cases: tuple[Case, ...]
    articles: tuple[str, ...] = ()
    stages: frozenset[Stage] = EVERYWHERE
    yields_to: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    thresholds: Mapping[str, int] = field(default_factory=dict)
    finds: Text = ""
    unasked: Text = ""
    tags: tuple[Tag, ...] = ()
    historical: Severity | None = None

    def text(self, field_name: str = "") -> str:
        """The message in the language of the moment."""
        return str(self.message).replace("{field}", label_of(field_name))

    def remedy_text(self, field_name: str = "") -> str:
        return str(self.remedy).replace("{field}", label_of(field_name))

    def severity_of(self, case: Case, values: RuleValues) -> Severity:
        if case.severity is not None:
            return case.severity
        return Severity(values.setting(self.code).severity or self.severity)

    def concerns(self, case_field: str) -> frozenset[str]:
        return frozenset({case_field, *self.reads})


@dataclass(frozen=True, eq=False)
class CatalogueNote:
    """A code of the catalogue that is no rule: what becomes of it, and in words what it asks."""

    code: str
    state: NoteState
    finds: Text
    severity: Severity | None = None
    articles: tuple[str, ...] = ()
    thresholds: Mapping[str, Any] = field(default_factory=dict)


def label_of(field_name: str) -> str:
    """`beneficiary.id_no` is told by its last word."""
    plain = field_name.rpartition(".")[2]
    return str(FIELD_LABELS.get(plain, plain))
