from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Line(models.TextChoices):
    INDIVIDUAL = "individual", _("Individual business")
    GROUP = "group", _("Group business")


class PolicyStatus(models.TextChoices):
    PENDING = "pending", _("In underwriting")
    IN_FORCE = "in_force", _("In force")
    SUSPENDED = "suspended", _("Suspended")
    LAPSED = "lapsed", _("Lapsed")
    SURRENDERED = "surrendered", _("Surrendered")
    MATURED = "matured", _("Matured")
    CLAIMED = "claimed", _("Ended by claim")
    REFUSED = "refused", pgettext_lazy("policy", "Refused")


class PartyRole(models.TextChoices):
    HOLDER = "holder", _("Policyholder")
    INSURED = "insured", _("Insured")
    BENEFICIARY = "beneficiary", _("Beneficiary")


class Benefit(models.TextChoices):
    NONE = "", _("Not applicable")
    DEATH = "death", _("Death benefit")
    SURVIVAL = "survival", _("Survival benefit")
    ANNUITY = "annuity", _("Annuity")


class Designation(models.TextChoices):
    NONE = "", _("Not applicable")
    DESIGNATED = "designated", _("Designated")
    STATUTORY = "statutory", _("Statutory heirs")


class Relation(models.TextChoices):
    """What the party is to the policyholder (insured) or to the insured (beneficiary)."""

    SELF = "self", _("Self")
    SPOUSE = "spouse", _("Spouse")
    SON = "son", _("Son")
    DAUGHTER = "daughter", _("Daughter")
    FATHER = "father", _("Father")
    MOTHER = "mother", _("Mother")
    PARENT = "parent", _("Parent")
    CHILD = "child", _("Child")
    GRANDPARENT = "grandparent", _("Grandparent")
    GRANDCHILD = "grandchild", _("Grandchild")
    SIBLING = "sibling", _("Brother or sister")
    EMPLOYEE = "employee", _("Employee")
    SUPPORTED = "supported", _("Supported family member")
    GUARDIAN = "guardian", _("Guardian")
    OTHER = "other", _("Other relation")
