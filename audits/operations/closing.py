"""Why findings no longer hold, as far as the records tell: asked for many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from audits.catalogue import catalogue
from audits.choices import EpisodeEnd
from audits.judging import Judge
from audits.models import Finding
from authenticity.rule import Rule, RuleValues
from policies.models import Policy
from policies.rules.scope import in_scope
from workplace.choices import CorrectionState
from workplace.models import Correction

Place = tuple[str, int, str]


@dataclass(frozen=True)
class Causes:
    """`told` is what the caller knows; `exempted` are findings that an exemption keeps quiet, and how."""

    told: EpisodeEnd | None
    values: RuleValues
    judge: Judge
    exempted: Mapping[int, EpisodeEnd] = field(default_factory=dict)

    def of(self, findings: Sequence[Finding]) -> dict[int, EpisodeEnd]:
        alive = self._alive({finding.policy_id for finding in findings if finding.policy_id})
        corrected = _corrected(findings) if self.told is None else {}
        return {finding.pk: self._cause(finding, alive, corrected) for finding in findings}

    def _alive(self, policy_ids: Collection[int]) -> set[int]:
        if not policy_ids:
            return set()
        return set(Policy.objects.filter(in_scope(), pk__in=policy_ids).values_list("pk", flat=True))

    def _cause(self, finding: Finding, alive: set[int], corrected: dict[Place, datetime]) -> EpisodeEnd:
        rule = catalogue().get(finding.rule)
        setting = self.values.setting(finding.rule)
        if finding.pk in self.exempted:
            return self.exempted[finding.pk]
        if rule is None or not setting.enabled:
            return EpisodeEnd.RULE_OFF
        if finding.customer_id and self.judge.answering.ended(finding.customer_id, rule.roles):
            return EpisodeEnd.POLICY_ENDED
        if finding.policy_id and finding.policy_id not in alive:
            return EpisodeEnd.POLICY_ENDED
        if self.told is not None:
            return self.told
        if _put_right(finding, rule, corrected):
            return EpisodeEnd.CORRECTED
        return EpisodeEnd.RULE_OFF if setting.version != finding.rule_version else EpisodeEnd.OTHER_ROAD


def _corrected(findings: Sequence[Finding]) -> dict[Place, datetime]:
    """When each field of these subjects was last put right by an accepted correction."""
    subjects: defaultdict[str, set[int]] = defaultdict(set)
    for finding in findings:
        subjects[finding.subject_kind].add(finding.subject_id)
    last: dict[Place, datetime] = {}
    for kind, ids in subjects.items():
        accepted = Correction.objects.filter(
            record_kind=kind, record_id__in=ids, state=CorrectionState.ACCEPTED, decided_at__isnull=False
        )
        for pk, name, decided_at in accepted.values_list("record_id", "field", "decided_at"):
            if decided_at is not None:
                last[kind, pk, name] = max(decided_at, last.get((kind, pk, name), decided_at))
    return last


def _put_right(finding: Finding, rule: Rule, corrected: dict[Place, datetime]) -> bool:
    """Somebody's accepted correction of a field that the rule reads, since the finding was last seen."""
    for name in rule.concerns(finding.field.rpartition(".")[2]):
        decided_at = corrected.get((finding.subject_kind, finding.subject_id, name))
        if decided_at is not None and decided_at >= finding.last_seen_at:
            return True
    return False
