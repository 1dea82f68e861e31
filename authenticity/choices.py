from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Severity(models.TextChoices):
    """What a defect stops: BLOCK stops underwriting and servicing (82号 art. 6(3))."""

    BLOCK = "BLOCK", _("Blocking")
    ERROR = "ERROR", _("Defect")
    WARN = "WARN", _("To judge")
    INFO = "INFO", _("For information")


class Kind(models.TextChoices):
    """How a datum fails, as the notice counts it: missing, false or changed."""

    MISSING = "missing", _("Missing")
    FALSE = "false", pgettext_lazy("kind of finding", "False")
    CHANGED = "changed", _("Changed")


class Stage(models.TextChoices):
    """Where a rule is evaluated."""

    FORM = "form", _("While typing")
    FILE = "file", _("On a file")
    BOOK = "book", _("Over the book")
    GATE = "gate", _("At a gate")


class Tag(models.TextChoices):
    """What a rule serves beside its articles (requirement 155)."""

    AML = "aml", _("Anti-money-laundering")
    REAL_NAME = "real_name", _("Real-name system")
    MIS_SELLING = "mis_selling", _("Mis-selling")
    CONSUMER = "consumer", _("Consumer protection")


class NoteState(models.TextChoices):
    """What becomes of a code of the catalogue that is no rule."""

    FILTER = "filter", _("Decides what rules look at")
    NORMALISE = "normalise", _("Applied when a value is written")
    UNUSED = "unused", _("Not to be used")
    WAITS = "waits", _("Waits for its records")


class BusinessStage(models.TextChoices):
    """Where in the business a datum came in (82号 art. 4)."""

    SALE = "sale", _("Sale")
    UNDERWRITING = "underwriting", _("Underwriting")
    SERVICING = "servicing", _("Policy servicing")
    CLAIMS = "claims", _("Claims")
    SERVICE = "service", _("Customer service")


class Sex(models.TextChoices):
    MALE = "M", _("Male")
    FEMALE = "F", _("Female")


class DocumentType(models.TextChoices):
    RESIDENT_ID = "resident_id", _("Resident ID card")
    RESIDENCE_PERMIT = "residence_permit", _("Residence permit for Hong Kong, Macau and Taiwan residents")
    FOREIGN_PR = "foreign_pr", _("Foreign permanent residence card")
    HK_MACAU_PERMIT = "hk_macau_permit", _("Mainland travel permit for Hong Kong and Macau residents")
    TAIWAN_PERMIT = "taiwan_permit", _("Mainland travel permit for Taiwan residents")
    PASSPORT = "passport", _("Chinese passport")
    FOREIGN_PASSPORT = "foreign_passport", _("Foreign passport")
    HOUSEHOLD_REGISTER = "household_register", _("Household register")
    BIRTH_CERTIFICATE = "birth_certificate", _("Birth certificate")
    MILITARY = "military", _("Military document")
    USCC = "uscc", _("Unified social credit code")
    OTHER = "other", _("Other document")


class DivisionLevel(models.TextChoices):
    PROVINCE = "province", _("Province")
    CITY = "city", _("City")
    DISTRICT = "district", _("District or county")
