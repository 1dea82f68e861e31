from audits.models.appeal import Appeal, AppealMessage
from audits.models.assignment import (
    AgencyLetter,
    AssignmentMember,
    AssignmentRule,
    Escalation,
    EscalationStep,
    LetterLine,
)
from audits.models.bulk_action import BulkAction, BulkLine
from audits.models.change_request import ChangeRequest
from audits.models.clock import CorrectionLimit, Extension, Pause, RectificationSettings, ServiceLevel
from audits.models.dispute import RuleDispute
from audits.models.evidence import Evidence
from audits.models.exemption import Exemption
from audits.models.finding import Finding, FindingEpisode
from audits.models.gate import GateAnswer, GateOverride
from audits.models.merge import Merge, MovedRow
from audits.models.rectification import Rectification, TimelineEntry
from audits.models.rule_change import RuleChange
from audits.models.second_look import SecondLook
from audits.models.sweep import Sweep
from audits.models.worklist import WorklistLine

__all__ = [
    "AgencyLetter",
    "Appeal",
    "AppealMessage",
    "AssignmentMember",
    "AssignmentRule",
    "BulkAction",
    "BulkLine",
    "ChangeRequest",
    "CorrectionLimit",
    "Escalation",
    "EscalationStep",
    "Evidence",
    "Exemption",
    "Extension",
    "Finding",
    "FindingEpisode",
    "GateAnswer",
    "GateOverride",
    "LetterLine",
    "Merge",
    "MovedRow",
    "Pause",
    "Rectification",
    "RectificationSettings",
    "RuleChange",
    "RuleDispute",
    "SecondLook",
    "ServiceLevel",
    "Sweep",
    "TimelineEntry",
    "WorklistLine",
]
