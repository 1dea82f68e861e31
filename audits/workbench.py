"""What one rectification's page shows: each faulty field with its findings, its input, its draft."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from agents.models import Branch
from audits.catalogue import rule_of
from audits.choices import DisputeState, ExemptionState, FindingState
from audits.models import Exemption, Finding, Rectification, RuleDispute
from audits.operations.limits import Limit
from audits.rulebook.legal import Library, province_of, provinces_of_branches
from audits.sample_subjects import row_part
from audits.sight import Sight
from audits.transitions import origin_of
from audits.wording import field_label, finding_remedy, finding_text, tags_of
from audits.worklists import WORST_FIRST
from authenticity.masking import mask
from authenticity.models import Article
from policies.choices import PartyRole
from policies.models import Policy, PolicyParty
from workplace.correctable import Correctable, CorrectableField, correctable, is_correctable
from workplace.models import Correction, Staff
from workplace.operations.corrections import PENDING, Proposal, stood

LEVELS = ("seller", "outlet", "agency_branch", "agency")
SHARES = ("share", "order")
OF_POLICY = ("number", "status", "applied_on", "product__name", "branch__name", "agency__name")


@dataclass(frozen=True)
class Place:
    """One field of one record, as an input names it."""

    kind: str
    pk: int
    field: str

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.pk}:{self.field}"

    @property
    def anchor(self) -> str:
        return f"{self.kind}-{self.pk}-{self.field}"

    @property
    def spot(self) -> tuple[str, int, str]:
        return (self.kind, self.pk, self.field)

    @classmethod
    def parse(cls, text: str) -> Place | None:
        parts = text.split(":")
        if len(parts) != 3 or not parts[1].isdecimal():
            return None
        return cls(parts[0], int(parts[1]), parts[2])


@dataclass
class Input:
    """A field that can be typed: what stands there, what the draft says."""

    place: Place
    field: CorrectableField
    written: str
    shown: str
    normal: str
    draft: Correction | None = None
    whose: str = ""
    limit: Limit | None = None

    @property
    def value(self) -> str:
        return self.draft.new_raw if self.draft else ""

    @property
    def seen(self) -> str:
        return stood(self.draft.new_raw if self.draft else None)

    @property
    def channel(self) -> str:
        return self.draft.source_channel if self.draft else ""

    @property
    def cleared(self) -> bool:
        return self.draft is not None and self.draft.new_raw == ""

    @property
    def asks(self) -> str:
        return _("New: %(field)s") % {"field": self.field.label}

    @property
    def past(self) -> str:
        return _("History of this field: %(field)s") % {"field": self.field.label}

    @property
    def differs(self) -> bool:
        """Raw value and normal form are worth showing side by side."""
        return bool(self.written) and self.field.shape != "choice" and self.written != self.normal


@dataclass(frozen=True)
class Law:
    """A law or notice with the articles of it that a rule stands on."""

    name: str
    numbers: list[str]
    text: str


@dataclass
class Fault:
    """One finding with its words and the inputs that mend it."""

    finding: Finding
    text: str
    remedy: str
    label: str
    articles: list[Law] = field(default_factory=list)
    inputs: list[Input] = field(default_factory=list)
    disputes: list[RuleDispute] = field(default_factory=list)
    exemption: Exemption | None = None
    tags: list[str] = field(default_factory=list)
    whose: str = ""

    @property
    def disputed(self) -> bool:
        """Compliance has been told already and has not answered."""
        return any(one.state == DisputeState.OPEN for one in self.disputes)


@dataclass
class Bench:
    """Everything on the left of the page."""

    faults: list[Fault]
    others: list[Input]

    @property
    def inputs(self) -> list[Input]:
        return [one for fault in self.faults for one in fault.inputs] + self.others


class Builder:
    """Reads each record once.

    `sight` shows the values that a finding reads as they are to whom they are given to mend; every other
    field stays masked.
    """

    def __init__(self, rectification: Rectification, sight: Sight) -> None:
        self.rectification, self.sight = rectification, sight
        pending = Correction.objects.filter(origin=origin_of(rectification), state__in=PENDING)
        self._drafts = {Place(row.record_kind, row.record_id, row.field): row for row in pending}
        self._records: dict[tuple[str, int], object] = {}
        self._parties = list(_parties_of(rectification))
        self._used: set[Place] = set()
        self._read: set[str] = set()

    def build(self) -> Bench:
        found = self.rectification.findings.filter(state=FindingState.OPEN)
        findings = sorted(
            found.prefetch_related("answering_policy"),
            key=lambda one: (WORST_FIRST.get(one.severity, 9), one.pk),
        )
        disputes = list(
            RuleDispute.objects.filter(finding__in=findings).select_related("raised_by", "answered_by")
        )
        proposed = Exemption.objects.filter(finding__in=findings, state=ExemptionState.PROPOSED)
        exemptions = {one.finding_id: one for one in proposed.select_related("proposed_by")}
        articles = _articles(findings, self.rectification.branch, self.sight.today)
        self._read = {name for one in findings for name in fields_read(one)}
        faults = [self._fault(one, articles, disputes) for one in findings]
        for fault in faults:
            fault.exemption = exemptions.get(fault.finding.pk)
        return Bench(faults, self._others())

    def _fault(
        self, finding: Finding, articles: dict[str, list[Law]], disputes: Sequence[RuleDispute]
    ) -> Fault:
        places = [place for place in places_of(finding, self._parties) if place not in self._used]
        self._used.update(places)
        return Fault(
            finding=finding,
            text=finding_text(finding),
            remedy=finding_remedy(finding),
            label=field_label(finding),
            articles=articles.get(finding.rule, []),
            tags=tags_of(finding.rule),
            inputs=[self._input(place) for place in places],
            disputes=[one for one in disputes if one.finding_id == finding.pk],
            whose=self._whose(finding),
        )

    def _whose(self, finding: Finding) -> str:
        row = row_part(finding.part)
        found = next((party for party in self._parties if part_of(party) == row), None)
        return party_label(found) if found else ""

    def _record(self, kind: Correctable, pk: int) -> object:
        if (kind.kind, pk) not in self._records:
            known = next((one for one in self._parties if kind.kind == "party" and one.pk == pk), None)
            own = {"customer": self.rectification.customer, "policy": self.rectification.policy}
            self._records[kind.kind, pk] = known or own.get(kind.kind) or kind.find(pk, False)
        return self._records[kind.kind, pk]

    def _input(self, place: Place) -> Input:
        kind = correctable(place.kind)
        record = self._record(kind, place.pk)
        form_field = kind.fields[place.field]
        written = kind.written(record, place.field)
        shown = {str(key): str(label) for key, label in form_field.choices}.get(written, written)
        revealed = place.field in self._read and self.sight.shows(record)
        if not revealed and form_field.mask:
            written = shown = mask(form_field.mask, written)
        whose = party_label(record) if isinstance(record, PolicyParty) else ""
        normal = kind.normal(record, place.field) if revealed else written
        draft = self._drafts.get(place)
        return Input(place, form_field, written, shown, normal, draft, whose)

    def _others(self) -> list[Input]:
        """Fields without a finding that may be the wrong half of a pair, such as the number behind a date."""
        places: list[Place] = []
        if self.rectification.customer_id:
            pk = self.rectification.customer_id
            places = [Place("customer", pk, name) for name in correctable("customer").fields]
        elif self.rectification.policy_id:
            pk = self.rectification.policy_id
            places = [Place("policy", pk, name) for name in correctable("policy").fields]
        places += [place for place in self._drafts if place not in places]
        return [self._input(place) for place in places if place not in self._used]


def places_of(finding: Finding, parties: Sequence[PolicyParty]) -> list[Place]:
    """The fields that mend it; a finding about a party is mended on the party."""
    plain = finding.field.rpartition(".")[2]
    if finding.customer_id:
        wanted = [Place("customer", finding.customer_id, plain)]
    elif finding.policy_id and "." in finding.field:
        wanted = [Place("party", party.pk, plain) for party in _parties_meant(finding, plain, parties)]
    elif finding.policy_id:
        level = next((one for one in LEVELS if plain in (f"{one}_no", f"{one}_name")), "")
        names = (f"{level}_no", f"{level}_name") if level else (plain,)
        wanted = [Place("policy", finding.policy_id, name) for name in names]
    else:
        wanted = []
    return [place for place in wanted if is_correctable(place.kind, place.field)]


def _parties_meant(finding: Finding, plain: str, parties: Sequence[PolicyParty]) -> list[PolicyParty]:
    row = row_part(finding.part)
    exact = [party for party in parties if part_of(party) == row]
    if plain not in SHARES or not exact:
        return exact
    benefit = exact[0].benefit
    return [one for one in parties if one.role == PartyRole.BENEFICIARY and one.benefit == benefit]


def _parties_of(rectification: Rectification) -> Iterable[PolicyParty]:
    if not rectification.policy_id:
        return ()
    return PolicyParty.objects.filter(policy_id=rectification.policy_id).select_related("policy", "customer")


def part_of(party: PolicyParty) -> str:
    """As hits name one row of a policy's parties."""
    return ":".join(str(one) for one in (party.role, party.benefit, party.position) if one != "")


def party_label(party: PolicyParty) -> str:
    role = PartyRole(party.role).label
    return f"{role} {party.position} {mask('name', party.name)}"


def _articles(findings: Sequence[Finding], branch: Branch, today: date) -> dict[str, list[Law]]:
    """By rule, what it stands on where the rectification's branch is."""
    known = {one.rule: rule_of(one.rule) for one in findings}
    rules = {code: rule for code, rule in known.items() if rule is not None}
    library = Library(today, rules)
    province = ""
    if library.has_local:
        province = province_of(branch.province_code) or provinces_of_branches().get(branch.pk, "")
    return {code: _laws(library.of(rule, province)) for code, rule in rules.items()}


def _laws(articles: Sequence[Article]) -> list[Law]:
    by_law: dict[str, list[Article]] = {}
    for article in articles:
        by_law.setdefault(article.law, []).append(article)
    return [
        Law(law, [one.number for one in rows if one.number], "\n".join(one.text for one in rows if one.text))
        for law, rows in by_law.items()
    ]


def fields_read(finding: Finding) -> frozenset[str]:
    plain = finding.field.rpartition(".")[2]
    rule = rule_of(finding.rule)
    return rule.concerns(plain) if rule else frozenset({plain})


def policies_beside(rectification: Rectification, staff: Staff) -> list[Policy]:
    """The subject's policies that the reader may see, newest first, with what the page shows of them."""
    rows = Policy.objects.visible_to(staff).select_related("product", "branch", "agency").only(*OF_POLICY)
    if rectification.policy_id:
        return list(rows.filter(pk=rectification.policy_id))
    if rectification.customer_id:
        mine = PolicyParty.objects.filter(customer_id=rectification.customer_id).values("policy")
        return list(rows.filter(pk__in=mine).order_by("-applied_on", "-pk")[:20])
    return []


def proposals_of(posted: Mapping[str, str]) -> list[Proposal]:
    """`v:<kind>:<pk>:<field>` is a value, `c:…` where it comes from, `n:…` that there is none, `s:…` what
    the draft said when the page was opened.

    An empty input takes an earlier draft back.
    """
    found: list[Proposal] = []
    for name, value in posted.items():
        place = Place.parse(name.removeprefix("v:")) if name.startswith("v:") else None
        if place is None or not is_correctable(place.kind, place.field):
            continue
        cleared = f"n:{place.name}" in posted and correctable(place.kind).fields[place.field].clearable
        raw = "" if cleared else value.strip()[:400] or None
        channel = posted.get(f"c:{place.name}", "")[:20]
        seen = posted.get(f"s:{place.name}")
        found.append(Proposal(place.kind, place.pk, place.field, raw, channel, seen=seen))
    return found
