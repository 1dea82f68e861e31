from audits.models.dispute import RuleDispute
from audits.models.evidence import Evidence
from audits.models.exemption import Exemption
from audits.models.finding import Finding, FindingEpisode
from audits.models.gate import GateAnswer, GateOverride
from audits.models.merge import Merge, MovedRow
from audits.models.rectification import Rectification, TimelineEntry
from audits.models.rule_change import RuleChange
from audits.models.sweep import Sweep

__all__ = [
    "Evidence",
    "Exemption",
    "Finding",
    "FindingEpisode",
    "GateAnswer",
    "GateOverride",
    "Merge",
    "MovedRow",
    "Rectification",
    "RuleChange",
    "RuleDispute",
    "Sweep",
    "TimelineEntry",
]
