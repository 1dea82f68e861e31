from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SamplePurpose(models.TextChoices):
    """What a sampling audit proves; each has its frame, its review page and its checklist."""

    CONSISTENCY = "consistency", _("Form against system")
    TRUTH = "truth", _("Truth and change")
    SELLER = "seller", _("Seller's real name")
    CALL_BACK = "call_back", _("Call-back recordings")
    IMAGES = "images", _("Image review")
    HANDLED = "handled", _("Changes handled by a seller")
    CLOSED = "closed", _("Closed rectifications")
    NEWCOMERS = "newcomers", _("New customers of the day")


class Allocation(models.TextChoices):
    PROPORTIONAL = "proportional", _("In proportion to the strata")
    EQUAL = "equal", _("The same number each")
    NEYMAN = "neyman", _("By past error rates (Neyman)")


class SampleSize(models.TextChoices):
    NUMBER = "number", pgettext_lazy("size of a sample", "A number")
    RATE = "rate", _("A share of the frame")
    COMPUTED = "computed", _("Computed from what it must prove")


class SamplingPeriod(models.TextChoices):
    BY_HAND = "by_hand", _("By hand")
    DAILY = "daily", _("Every working day")
    WEEKLY = "weekly", _("Every week")
    MONTHLY = "monthly", _("Every month")
    QUARTER = "quarter", _("Every quarter")
    YEARLY = "yearly", _("Every year")


class PlanState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("plan", "Draft")
    SENT = "sent", _("Waiting for approval")
    APPROVED = "approved", pgettext_lazy("plan", "In force")
    REFUSED = "refused", pgettext_lazy("plan", "Refused")
    REPLACED = "replaced", pgettext_lazy("plan", "Replaced")


class StratumKey(models.TextChoices):
    BRANCH = "branch", _("Branch")
    PROVINCE = "province", _("Provincial branch")
    CHANNEL = "channel", _("Channel")
    AGENCY = "agency", _("Agency")
    PRODUCT = "product", _("Product")
    COHORT = "cohort", _("New or historical")
    PREMIUM = "premium", _("Premium band")


class RunOccasion(models.TextChoices):
    SCHEDULED = "scheduled", _("By schedule")
    BY_HAND = "by_hand", _("By hand")
    INSTEAD = "instead", _("In the place of a withdrawn draw")
    INSPECTION = "inspection", _("For an inspection")


class RunState(models.TextChoices):
    OPENED = "opened", _("Frame is being taken")
    FRAMED = "framed", _("Waits for the approver's part")
    SEEDED = "seeded", _("Being drawn")
    DRAWN = "drawn", pgettext_lazy("of a sample", "In review")
    CONCLUDED = "concluded", _("Concluded")
    WITHDRAWN = "withdrawn", pgettext_lazy("draw", "Withdrawn")


class SealKind(models.TextChoices):
    MACHINE_PART = "machine_part", _("Machine's part of a seed")
    FRAME = "frame", _("Frame of a draw")
    SEED = "seed", _("Seed of a draw")
    DRAW = "draw", _("Ids of a draw")
    EXTENSION = "extension", _("Extension of a sample")
    SUBSTITUTION = "substitution", _("Substitution in a sample")
    WITHDRAWAL = "withdrawal", _("Withdrawal of a draw")
    CONCLUSION = "conclusion", _("Conclusion of a sample")
    PACK = "pack", _("Evidence pack")
    PLAN = "plan", _("Approved plan")


class ItemOrigin(models.TextChoices):
    DRAWN = "drawn", pgettext_lazy("sample item", "Drawn")
    EXTENSION = "extension", _("Extension")
    SUBSTITUTE = "substitute", _("Substitute")


class ItemOutcome(models.TextChoices):
    """Unreachable and unreadable items count neither as right nor silently as nothing: they are shown."""

    PENDING = "pending", pgettext_lazy("sample item", "Not yet reviewed")
    RIGHT = "right", pgettext_lazy("sample item", "Right")
    MISSING = "missing", pgettext_lazy("sample item", "Missing")
    FALSE = "false", pgettext_lazy("sample item", "False")
    CHANGED = "changed", pgettext_lazy("sample item", "Changed")
    NO_CONTACT = "no_contact", _("Nobody reached")
    SUBSTITUTED = "substituted", _("Substituted")


class ErrorKind(models.TextChoices):
    RIGHT = "right", pgettext_lazy("sample item", "Right")
    MISSING = "missing", pgettext_lazy("sample item", "Missing")
    FALSE = "false", pgettext_lazy("sample item", "False")
    CHANGED = "changed", pgettext_lazy("sample item", "Changed")


class FieldVerdict(models.TextChoices):
    SAME = "same", _("Same")
    DIFFERS = "differs", _("Differs")
    ILLEGIBLE = "illegible", _("Illegible on the form")
    ABSENT = "absent", _("Absent on the form")


class TruthResult(models.TextChoices):
    TRUE = "true", pgettext_lazy("what a customer says", "True")
    FALSE = "false", _("Not true")
    CHANGED = "changed", _("Has changed since")
    UNREACHABLE = "unreachable", _("Nobody reached")
    REFUSED = "refused", _("Refuses to answer")


class SampleReviewState(models.TextChoices):
    GIVEN = "given", pgettext_lazy("review", "Given")
    OPEN = "open", pgettext_lazy("review", "Under way")
    DONE = "done", pgettext_lazy("review", "Done")
    VOID = "void", pgettext_lazy("review", "Taken back")


class AnswerKind(models.TextChoices):
    YES_NO = "yes_no", _("Yes or no")
    TEXT = "text", _("In words")
    DATE = "date", _("A date")


class ReviewAnswer(models.TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")
    NONE = "none", _("Does not apply")


class RunVerdict(models.TextChoices):
    ACCEPT = "accept", _("Below the tolerable rate")
    REJECT = "reject", _("Above the tolerable rate")
    EXTEND = "extend", _("Not decided: extend the sample")


class InspectionState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    UNDER_WAY = "underway", pgettext_lazy("inspection", "Under way")
    DONE = "done", pgettext_lazy("inspection", "Done")


class AccountableMeasure(models.TextChoices):
    """What follows for a unit or a person (notice 6; sanctions proper come from conduct)."""

    TALK = "talk", _("Talk")
    TRAINING = "training", _("Training")
    CRITICISM = "criticism", _("Criticism in a notice")
    WARNING = "warning", _("Warning")
    DEDUCTION = "deduction", _("Deduction from pay or commission")
    SUSPENSION = "suspension", _("Suspension")
    ENDED = "ended", _("Contract ended")
    NONE = "none", _("No measure, with reason")
