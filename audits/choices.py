from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class FindingState(models.TextChoices):
    OPEN = "open", pgettext_lazy("finding", "Open")
    CLOSED = "closed", _("Closed")


class FindingSource(models.TextChoices):
    RULE = "rule", _("Rule")
    SAMPLE = "sample", _("Sample")
    FILE = "file", _("File")
    PERSON = "person", _("Person")


class EpisodeStart(models.TextChoices):
    OPENED = "opened", _("Opened")
    REOPENED = "reopened", _("Reopened")
    CHANGED = "changed", _("Changed while open")


class Cohort(models.TextChoices):
    """Old and new business, by the day of the notice (notice 2(3), 4)."""

    NEW = "new", _("New policy")
    HISTORICAL = "historical", _("Historical policy")


class ExemptionState(models.TextChoices):
    PROPOSED = "proposed", _("Waiting for approval")
    APPROVED = "approved", pgettext_lazy("exemption", "Approved")
    REFUSED = "refused", pgettext_lazy("exemption", "Refused")
    REVOKED = "revoked", pgettext_lazy("exemption", "Revoked")


class ExemptionRelation(models.TextChoices):
    """Why a finding may stand."""

    FAMILY = "family", _("Family shares it")
    OWN_POLICY = "own_policy", _("A seller's own policy")
    VERIFIED = "verified", _("Unusual, but verified")
    WAIVED = "waived", _("May stand as it is")
    CANNOT = "cannot", _("Cannot be rectified")
    APPEALED = "appealed", _("Appeal upheld")
    OTHER = "other", _("Other reason")


class Gate(models.TextChoices):
    """Where the core system asks before it goes on (82号 art. 6(3), 11)."""

    UNDERWRITING = "underwriting", _("Underwriting")
    SERVICING = "servicing", _("Policy servicing")
    COMMISSION = "commission", _("Commission")


class ServicingItem(models.TextChoices):
    """What a customer wants done; putting data right always passes (requirement 19)."""

    INFORMATION_CHANGE = "information_change", _("Change of personal data")
    BENEFICIARY_CHANGE = "beneficiary_change", _("Change of beneficiaries")
    LOAN = "loan", _("Policy loan")
    PAYOUT = "payout", _("Payout")
    SURRENDER = "surrender", _("Surrender")
    REINSTATEMENT = "reinstatement", _("Reinstatement")
    CLAIM = "claim", _("Claim")
    OTHER = "other", _("Other item")


class SweepScope(models.TextChoices):
    FULL = "full", _("Whole book")
    INCREMENTAL = "incremental", _("What changed")
    SUBJECTS = "subjects", _("Named records")
    RULES = "rules", _("Some rules")


class EpisodeEnd(models.TextChoices):
    CORRECTED = "corrected", _("Corrected and accepted")
    OTHER_ROAD = "other_road", _("Put right by another road")
    POLICY_ENDED = "policy_ended", _("Policy ended")
    RULE_OFF = "rule_off", _("Rule switched off or changed")
    CHANGED = "changed", _("Changed while open")
    EXEMPTED = "exempted", _("Exempted")
    MERGED = "merged", _("Records merged")
    APPEALED = "appealed", _("Appeal upheld")


class RectificationState(models.TextChoices):
    OPEN = "open", pgettext_lazy("rectification", "Open")
    ASSIGNED = "assigned", _("Assigned")
    IN_PROGRESS = "in_progress", _("In progress")
    IN_REVIEW = "in_review", _("In review")
    RETURNED = "returned", _("Returned")
    APPEALED = "appealed", _("Appealed")
    CLOSED = "closed", _("Closed")


class StepAction(models.TextChoices):
    """What moves a rectification from one state to the next."""

    ASSIGN = "assign", _("Assigned")
    REASSIGN = "reassign", _("Reassigned")
    UNASSIGN = "unassign", _("Taken back")
    START = "start", _("Started")
    SUBMIT = "submit", _("Submitted")
    ACCEPT = "accept", _("Accepted")
    RETURN = "return", _("Returned")
    REOPEN = "reopen", _("Reopened")
    SETTLE = "settle", _("Settled without a correction")
    APPEAL = "appeal", _("Appealed")
    DECIDE = "decide", _("Appeal decided")
    PUT_BACK = "put_back", _("Put back to work")
    PUT_BACK_RETURNED = "put_back_returned", _("Put back as returned")


class ClosingCause(models.TextChoices):
    ACCEPTED = "accepted", _("Correction accepted")
    OTHER_ROAD = "other_road", _("Put right by another road")
    WAIVED = "waived", _("May stand as it is")
    CANNOT = "cannot", _("Cannot be rectified")
    POLICY_ENDED = "policy_ended", _("Policy ended")
    APPEALED = "appealed", _("Appeal upheld")


class ReturnReason(models.TextChoices):
    """Why a reviewer gives a correction back; words go with it."""

    EVIDENCE_MISSING = "evidence_missing", _("Evidence is missing or unreadable")
    VALUE_DIFFERS = "value_differs", _("The value differs from the evidence")
    NOT_CONFIRMED = "not_confirmed", _("The customer's confirmation is missing")
    INCOMPLETE = "incomplete", _("Not everything was corrected")
    OTHER = "other", _("Another reason")


class ContactWay(models.TextChoices):
    """How a customer was reached, or was not."""

    REACHED = "reached", _("Called, reached")
    MISSED = "missed", _("Called, not reached")
    VISIT = "visit", _("Visited")
    LETTER = "letter", _("Letter sent")
    MESSAGE = "message", _("Text message sent")


class TimelineKind(models.TextChoices):
    STEP = "step", _("Step")
    FINDING = "finding", _("Finding")
    NOTE = "note", _("Note")
    EVIDENCE = "evidence", _("Evidence")
    CORRECTION = "correction", _("Correction")


class DisputeState(models.TextChoices):
    OPEN = "open", _("Waiting for compliance")
    UPHELD = "upheld", _("Rule stands")
    RULE_WRONG = "rule_wrong", _("Rule is wrong here")


class ChangeTarget(models.TextChoices):
    """What of the rule book a change is about."""

    RULE = "rule", _("Rule")
    WORDS = "words", _("Word list")
    ARTICLE = "article", _("Article")


class ChangeState(models.TextChoices):
    """A change is measured as a draft, then applied at once or proposed to a second person."""

    DRAFT = "draft", pgettext_lazy("change of a rule", "Draft")
    PROPOSED = "proposed", pgettext_lazy("change of a rule", "Waiting for approval")
    APPROVED = "approved", pgettext_lazy("change of a rule", "In the rule book")
    REFUSED = "refused", pgettext_lazy("change of a rule", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("change of a rule", "Withdrawn")


class MergeState(models.TextChoices):
    """From the proposal to merge two customers to its end."""

    PROPOSED = "proposed", _("Waiting for review")
    RETURNED = "returned", _("Returned")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DONE = "done", _("Merged")
    UNDOING = "undoing", _("Undoing waits for review")
    UNDONE = "undone", _("Undone")


class PauseReason(models.TextChoices):
    CUSTOMER = "customer", _("Waiting for the customer")
    AGENCY = "agency", _("Waiting for the agency")
    DOCUMENT = "document", _("Waiting for a document")
    APPEAL = "appeal", _("Appeal under way")


class ExtensionState(models.TextChoices):
    ASKED = "asked", _("Asked for")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", pgettext_lazy("extension", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("extension", "Withdrawn")


class ReopenClock(models.TextChoices):
    """How long a reopened rectification has."""

    RESTART = "restart", _("Starts anew")
    CONTINUE = "continue", _("Goes on where it stood")


class AppealState(models.TextChoices):
    OPEN = "open", _("Waiting for the province")
    UPHELD = "upheld", pgettext_lazy("appeal", "Upheld: the finding falls")
    DISMISSED = "dismissed", pgettext_lazy("appeal", "Dismissed: the finding stands")
    WITHDRAWN = "withdrawn", pgettext_lazy("appeal", "Withdrawn")


class Side(models.TextChoices):
    """Who speaks in an appeal."""

    AGENCY = "agency", _("Agency")
    BRANCH = "branch", _("Branch")
    PROVINCE = "province", _("Province")


class Spread(models.TextChoices):
    LOAD = "load", _("To whoever has least")
    WEIGHT = "weight", _("By weight")
    TURN = "turn", _("In turn")


class EscalationTo(models.TextChoices):
    OWNER = "owner", _("The owner")
    MANAGER = "manager", _("The managers of the branch")
    COMPLIANCE = "compliance", _("Compliance")


class BulkKind(models.TextChoices):
    REASSIGN = "reassign", _("Assign or reassign")
    TAKE_BACK = "take_back", _("Take back")
    EXTEND = "extend", pgettext_lazy("due date", "Extend")
    UNDO = "undo", _("Undo")


class BulkOutcome(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DONE = "done", pgettext_lazy("line of a bulk action", "Done")
    REFUSED = "refused", pgettext_lazy("line of a bulk action", "Refused")


class LookKind(models.TextChoices):
    SPOT = "spot", _("Spot check of an accepted one")
    LATER = "later", _("Second look after months")


class LookResult(models.TextChoices):
    HOLDS = "holds", _("Holds")
    WRONG = "wrong", _("Does not hold")
    UNREACHED = "unreached", _("Customer not reached")


class Will(models.TextChoices):
    """What shows that the customer wants the change."""

    CALL = "call", _("Confirmed by the customer in a call")
    SIGNED = "signed", _("Signed document")
    COUNTER = "counter", _("In person at the counter")
    ONLINE = "online", _("Customer's own online account")


class Applicant(models.TextChoices):
    SELF = "self", _("The customer")
    GUARDIAN = "guardian", _("Guardian")
    PROXY = "proxy", _("Person with a written authority")


class ChangeRequestState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("change request", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("change request", "Waiting for review")
    ACCEPTED = "accepted", pgettext_lazy("change request", "Accepted")
    RETURNED = "returned", pgettext_lazy("change request", "Returned")
    WITHDRAWN = "withdrawn", pgettext_lazy("change request", "Withdrawn")


class LineOutcome(models.TextChoices):
    APPLIED = "applied", pgettext_lazy("line of a work list", "Taken over")
    REFUSED = "refused", pgettext_lazy("line of a work list", "Refused")
    BLANK = "blank", pgettext_lazy("line of a work list", "Not filled in")


class ProposedEnd(models.TextChoices):
    """What the owner hands in for review."""

    CORRECTED = "", _("Corrected")
    WAIVED = "waived", _("May stand as it is")
    CANNOT = "cannot", _("Cannot be rectified")


class EvidenceKind(models.TextChoices):
    """What a piece of evidence is (requirements 114, 151)."""

    DOCUMENT = "document", _("Image of a document")
    SIGNED = "signed", _("Signed application")
    RECORDING = "recording", _("Recording of a call")
    LETTER = "letter", _("Letter")
    FACTS = "facts", _("Confirmation of facts")
    STATEMENT = "statement", _("Written statement")
    INTERVIEW = "interview", _("Notes of a conversation")
    OTHER = "other", _("Other evidence")


class CallBackState(models.TextChoices):
    DUE = "due", pgettext_lazy("call-back", "To call")
    UNREACHED = "unreached", pgettext_lazy("call-back", "Not reached yet")
    VISIT = "visit", _("Visit asked for")
    DONE = "done", pgettext_lazy("call-back", "Done")


class CallBackOutcome(models.TextChoices):
    CONFIRMED = "confirmed", _("Policyholder confirmed")
    DENIED = "denied", _("Holder denies buying or signing it")
    UNKNOWN = "unknown", _("Identity not confirmed")
    ANOTHER = "another", _("Another person answered")
    UNREACHED = "unreached", _("Nobody reached by calls and a visit")
    ENDED = "ended", _("Policy ended before")
