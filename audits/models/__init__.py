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
from audits.models.call_back import CallBack
from audits.models.change_request import ChangeRequest
from audits.models.clock import CorrectionLimit, Extension, Pause, RectificationSettings, ServiceLevel
from audits.models.dispute import RuleDispute
from audits.models.evidence import Evidence
from audits.models.exemption import Exemption
from audits.models.finding import Finding, FindingEpisode
from audits.models.gate import GateAnswer, GateOverride
from audits.models.inspection import (
    Accountability,
    BranchInspection,
    InspectionAnswer,
    InspectionFinding,
    InspectionYear,
)
from audits.models.merge import Merge, MovedRow
from audits.models.rectification import Rectification, TimelineEntry
from audits.models.rule_change import RuleChange
from audits.models.sample_review import ChecklistAnswer, KeyedField, ReviewEvidence, SampleReview
from audits.models.sampling_plan import Checklist, ChecklistItem, ChecklistVersion, PlanVersion, SamplingPlan
from audits.models.sampling_run import (
    EvidencePack,
    RunConclusion,
    SampleItem,
    SampleStratum,
    SamplingRun,
    Seal,
)
from audits.models.second_look import SecondLook
from audits.models.sweep import Sweep
from audits.models.worklist import WorklistLine

__all__ = [
    "Accountability",
    "AgencyLetter",
    "Appeal",
    "AppealMessage",
    "AssignmentMember",
    "AssignmentRule",
    "BranchInspection",
    "BulkAction",
    "BulkLine",
    "CallBack",
    "ChangeRequest",
    "Checklist",
    "ChecklistAnswer",
    "ChecklistItem",
    "ChecklistVersion",
    "CorrectionLimit",
    "Escalation",
    "EscalationStep",
    "Evidence",
    "EvidencePack",
    "Exemption",
    "Extension",
    "Finding",
    "FindingEpisode",
    "GateAnswer",
    "GateOverride",
    "InspectionAnswer",
    "InspectionFinding",
    "InspectionYear",
    "KeyedField",
    "LetterLine",
    "Merge",
    "MovedRow",
    "Pause",
    "PlanVersion",
    "Rectification",
    "RectificationSettings",
    "ReviewEvidence",
    "RuleChange",
    "RuleDispute",
    "RunConclusion",
    "SampleItem",
    "SampleReview",
    "SampleStratum",
    "SamplingPlan",
    "SamplingRun",
    "Seal",
    "SecondLook",
    "ServiceLevel",
    "Sweep",
    "TimelineEntry",
    "WorklistLine",
]
