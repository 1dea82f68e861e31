from django.db import models
from django.utils.translation import gettext_lazy as _


class GrantSource(models.TextChoices):
    """What a grant on a single customer was given for; it ends with it."""

    RECTIFICATION = "rectification", _("Rectification")
    SAMPLE = "sample", _("Sample item")
    PERSON = "person", _("Given by a person")
