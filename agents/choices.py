from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class BranchLevel(models.TextChoices):
    HEAD = "head", _("Head office")
    PROVINCE = "province", _("Provincial branch")
    CITY = "city", _("City branch")
    OFFICE = "office", _("Service office")


class AgencyKind(models.TextChoices):
    """Requirement 6 and 8: professional intermediaries and part-time agencies."""

    PROFESSIONAL = "professional", _("Professional agency")
    BROKER = "broker", _("Broker")
    BANK = "bank", _("Bank")
    POST = "post", pgettext_lazy("kind of agency", "Post")
    OTHER = "other", _("Other part-time agency")


class OutletLevel(models.TextChoices):
    BRANCH = "branch", _("Agency branch")
    OUTLET = "outlet", _("Outlet")


class Channel(models.TextChoices):
    """Through whom a policy was sold."""

    INDIVIDUAL = "individual", _("Individual agents")
    BANK = "bank", _("Banks and post")
    PROFESSIONAL = "professional", _("Professional intermediaries")
    OTHER = "other", _("Other channels")


class Standing(models.TextChoices):
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", pgettext_lazy("seller", "Suspended")
    LEFT = "left", _("Left")


class Post(models.TextChoices):
    """What a person is posted for in a branch or agency."""

    OPERATIONS = "operations", _("Operations")
    MANAGEMENT = "management", _("Management")
    COMPLIANCE = "compliance", _("Compliance")
    LIAISON = "liaison", _("Liaison")
    AUDIT = "audit", _("Audit")
