from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class GrantSource(models.TextChoices):
    """What a grant on a single customer was given for; it ends with it."""

    RECTIFICATION = "rectification", _("Rectification")
    SAMPLE = "sample", _("Sample item")
    PERSON = "person", _("Given by a person")


class CheckMethod(models.TextChoices):
    """How somebody's identity was verified (82号 art. 6(2))."""

    ORIGINAL = "original", _("Original document seen")
    NETWORK = "network", _("Compared with the public register online")
    FACE = "face", _("Face comparison")
    VIDEO = "video", _("Video call")
    CALL_BACK = "call_back", _("Call-back")
    THIRD_PARTY = "third_party", _("Relied on a third party")
    IMAGE = "image", _("Image of the document, seen by two people")


class SharedKind(models.TextChoices):
    """What several customers may have in common."""

    MOBILE = "mobile", _("Mobile")
    LANDLINE = "landline", _("Landline")
    ADDRESS = "address", _("Address")
    EMAIL = "email", _("E-mail")
    ACCOUNT = "account", _("Bank account")
    DOCUMENT = "document", _("Document number")
    PERSON = "person", _("Name, birth date and sex")
    INSURED = "insured", _("Mobile of policyholder and insured")


class PairState(models.TextChoices):
    """What was decided about two customers that look like one person."""

    OPEN = "open", pgettext_lazy("pair of customers", "To decide")
    PROPOSED = "proposed", _("Merge waits for review")
    MERGED = "merged", _("Merged")
    DISTINCT = "distinct", _("Not the same person")
    GONE = "gone", _("No longer alike")


class ContactChannel(models.TextChoices):
    """How the insurer tried to reach a customer."""

    SMS = "sms", _("Text message")
    CALL = "call", _("Call")
    MAIL = "mail", _("E-mail")
    LETTER = "letter", _("Letter")
    DEBIT = "debit", _("Debit")
    VISIT = "visit", _("Visit")


class ContactPoint(models.TextChoices):
    """Which datum a contact attempt tried; all but the account are columns of the customer."""

    MOBILE = "mobile", _("Mobile")
    LANDLINE = "landline", _("Landline")
    EMAIL = "email", _("E-mail")
    ADDRESS = "address", _("Address")
    ACCOUNT = "account", _("Bank account")


class ContactOutcome(models.TextChoices):
    DELIVERED = "delivered", _("Arrived")
    FAILED = "failed", _("Did not arrive")


class ContactResult(models.TextChoices):
    """How an attempt of a person ended."""

    REACHED = "reached", _("Customer reached")
    NO_ANSWER = "no_answer", _("No answer")
    BUSY = "busy", _("Busy or switched off")
    WRONG = "wrong", _("Not the customer's")
    REFUSED = "refused", _("Customer refused to talk")
    MOVED = "moved", _("Moved away")
    RETURNED = "returned", pgettext_lazy("letter", "Returned")
    SENT = "sent", pgettext_lazy("letter or message", "Sent")


class ImageSide(models.TextChoices):
    FRONT = "front", _("Front")
    BACK = "back", _("Back")
    PAGE = "page", _("Page")


class ImageSource(models.TextChoices):
    """Where an image of a customer's document came from."""

    EVIDENCE = "evidence", _("Evidence of a correction")
    FORM = "form", _("Application form")
    UPLOAD = "upload", _("Handed in")


class FamilyTie(models.TextChoices):
    """What a relative is to a customer, as declared."""

    SPOUSE = "spouse", _("Spouse")
    CHILD = "child", _("Child")
    PARENT = "parent", _("Parent")
    GRANDPARENT = "grandparent", _("Grandparent")
    GRANDCHILD = "grandchild", _("Grandchild")
    SIBLING = "sibling", _("Brother or sister")
    RELATIVE = "relative", _("Other relative")


class TieSource(models.TextChoices):
    """How a declared relation was learnt."""

    CUSTOMER = "customer", _("Told by the customer")
    DOCUMENT = "document", _("Shown by a document")
    CALL_BACK = "call_back", _("Call-back")
