from django.db import models
from django.utils.translation import gettext_lazy as _


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


class SharedKind(models.TextChoices):
    """What several customers may have in common."""

    MOBILE = "mobile", _("Mobile")
    LANDLINE = "landline", _("Landline")
    ADDRESS = "address", _("Address")
    EMAIL = "email", _("E-mail")
    ACCOUNT = "account", _("Bank account")
    DOCUMENT = "document", _("Document number")
    PERSON = "person", _("Name, birth date and sex")
