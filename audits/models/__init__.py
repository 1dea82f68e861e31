from audits.models.dispute import RuleDispute
from audits.models.evidence import Evidence
from audits.models.finding import Finding, FindingEpisode
from audits.models.rectification import Rectification, TimelineEntry

__all__ = ["Evidence", "Finding", "FindingEpisode", "Rectification", "RuleDispute", "TimelineEntry"]
