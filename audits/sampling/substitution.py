"""The only grounds on which a member of a sample gives its place to the next; each can be checked."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SubstitutionRule(TextChoices):
    ENDED = "ended", _("It has ended since the frame was taken")
    NO_CONTACT = "no_contact", _("Nobody reached by call, visit and letter")
    NOBODY = "nobody", _("None of the plan's reviewers may review it")
