from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    """What a person does here; each is an auth Group of the same name."""

    CLERK = "clerk", _("Operations clerk")
    MANAGER = "manager", _("Manager")
    COMPLIANCE = "compliance", _("Compliance officer")
    AUDITOR = "auditor", _("Auditor")
    PARTNER = "partner", _("Partner liaison")
    ADMINISTRATOR = "administrator", _("Administrator")


class JobState(models.TextChoices):
    QUEUED = "queued", pgettext_lazy("job", "Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class BatchState(models.TextChoices):
    READING = "reading", _("Being read")
    PREVIEW = "preview", _("Waiting for confirmation")
    REFUSED = "refused", _("Refused")
    APPLYING = "applying", _("Being written")
    APPLIED = "applied", _("Written")
    DISCARDED = "discarded", _("Discarded")


class LoadPhase(models.TextChoices):
    """How far a large file is: `tried` waits for confirmation, `merged` has its plain rows in the book."""

    READING = "reading", _("Being read")
    STAGED = "staged", _("Read")
    TRIED = "tried", _("Waiting for confirmation")
    MERGED = "merged", _("Being written")
    DONE = "done", pgettext_lazy("job", "Finished")
    REFUSED = "refused", _("Refused")


class RowVerdict(models.TextChoices):
    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    REJECTED = "rejected", _("Rejected")


class CorrectionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for review")
    ACCEPTED = "accepted", _("Accepted")
    RETURNED = "returned", _("Returned")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class HoldState(models.TextChoices):
    HOLDING = "holding", _("Holding")
    RELEASED = "released", _("Returned by the core system")
    OVERRULED = "overruled", _("Overruled by a person")
    REPLACED = "replaced", _("Replaced by a later correction")


class ConflictState(models.TextChoices):
    OPEN = "open", _("Waiting for a person")
    KEPT = "kept", _("Correction kept")
    TAKEN = "taken", _("File value taken")
    SUPERSEDED = "superseded", _("Settled by the core system")


class FilePurpose(models.TextChoices):
    IMPORT = "import", _("Import file")
    ERRORS = "errors", _("Error workbook")
    EXPORT = "export", _("Export")
    EVIDENCE = "evidence", _("Evidence")
    FORM_IMAGE = "form_image", _("Application form image")
    SAMPLE = "sample", _("Sampling audit")


class Access(models.TextChoices):
    REVEAL = "reveal", _("Revealed a field")
    OPEN = "open", _("Opened for work")
    EXPORT = "export", _("Exported")
    DOWNLOAD = "download", _("Downloaded a file")
    PRINT = "print", _("Printed")
    SEARCH = "search", _("Searched")


class Purpose(models.TextChoices):
    """The declared purposes for which personal data may be looked at (requirement 120)."""

    RECTIFICATION = "rectification", _("Rectification")
    CUSTOMER_CONTACT = "customer_contact", _("Customer contact")
    VERIFICATION = "verification", _("Verification of identity")
    AUDIT = "audit", _("Audit or inspection")
    REGULATOR = "regulator", _("Request of the regulator")


class SourceChannel(models.TextChoices):
    """Where a corrected or confirmed value comes from (requirement 133: spoken, written, electronic)."""

    DOCUMENT = "document", _("Document seen")
    FORM = "form", _("Application form")
    PHONE = "phone", _("Told by phone")
    COUNTER = "counter", _("At the counter")
    SIGNED = "signed", _("Signed letter")
    SELLER = "seller", _("From the seller")
    ONLINE = "online", _("From the customer's online account")


class LedgerEvent(models.TextChoices):
    """What happened to a value."""

    VERIFIED = "verified", _("Verified")
    CHANGED = "changed", pgettext_lazy("event of a value", "Changed")
    CONTRADICTED = "contradicted", _("Contradicted")


class Whose(models.TextChoices):
    """Whose a contact is."""

    OWN = "own", _("The customer's own")
    FAMILY = "family", _("A family member's")
    OTHER = "other", _("Somebody else's")
    UNKNOWN = "", _("Not known whose")


class AbsenceReason(models.TextChoices):
    LEAVE = "leave", _("Leave")
    ILLNESS = "illness", _("Illness")
    TRAINING = "training", _("Training")
    DUTY = "duty", _("Other duty")


class SharedWith(models.TextChoices):
    """Who else sees a saved view."""

    NOBODY = "me", _("Me alone")
    UNIT = "unit", _("My unit")
    ALL = "all", _("Everybody")
