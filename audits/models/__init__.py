from audits.models.dispute import RuleDispute
from audits.models.evidence import Evidence
from audits.models.exemption import Exemption
from audits.models.finding import Finding, FindingEpisode
from audits.models.rectification import Rectification, TimelineEntry
from audits.models.rule_change import RuleChange
from audits.models.sweep import Sweep

__all__ = [
    "Evidence",
    "Exemption",
    "Finding",
    "FindingEpisode",
    "Rectification",
    "RuleChange",
    "RuleDispute",
    "Sweep",
    "TimelineEntry",
]
