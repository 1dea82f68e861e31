"""What the registers of agencies and sellers hold, whatever was sold."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from agents.models import Registration
from authenticity.choices import Kind, Severity, Stage, Tag
from authenticity.rule import Case, Rule, RuleValues, marked

# Registers come from the core system: nobody types them into a customer's form.
OVER_THE_BOOK = frozenset({Stage.BOOK})
WITH_THE_BOOK = _(
    "Forms, files and gates ask about customers and policies; a register is judged over the book."
)


def _odd_registration(values: RuleValues) -> Q:
    """Of the registration that holds now; 26 digits are common knowledge, no text says so."""
    least, most = values.threshold("ORG-006", "least"), values.threshold("ORG-006", "most")
    rows = Registration.objects.filter(seller=OuterRef("pk"), valid_to__isnull=True).exclude(number="")
    return Q(Exists(rows.exclude(number__regex=rf"^[0-9]{{{least},{most}}}$")))


REGISTERS = (
    Rule(
        code="ORG-001",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="agency",
        target="agency",
        message=_("The unified social credit code does not have its eighteen signs"),
        remedy=_("Compare with the business licence and correct the code in the register."),
        articles=("gb-32100",),
        tags=(Tag.REAL_NAME,),
        stages=OVER_THE_BOOK,
        unasked=WITH_THE_BOOK,
        cases=(marked("uscc", "ORG-001"),),
        finds=_("The code is not two signs, six digits and ten signs, or has I, O, S, V or Z."),
    ),
    Rule(
        code="ORG-002",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="agency",
        target="agency",
        message=_("The check character of the unified social credit code is wrong"),
        remedy=_("Compare with the business licence and correct the code in the register."),
        articles=("gb-32100",),
        tags=(Tag.REAL_NAME,),
        stages=OVER_THE_BOOK,
        unasked=WITH_THE_BOOK,
        cases=(marked("uscc", "ORG-002"), marked("uscc", "ORG-002?", severity=Severity.WARN)),
        yields_to=("ORG-001",),
        finds=_("The check character of GB 32100 is another; to judge for the early codes of a pilot."),
    ),
    Rule(
        code="ORG-003",
        severity=Severity.WARN,
        kind=Kind.FALSE,
        subject="agency",
        target="agency",
        message=_("The organisation number or the category in the credit code is unusual"),
        remedy=_("Compare with the business licence; a right code is recorded as verified."),
        articles=("gb-11714",),
        tags=(Tag.REAL_NAME,),
        stages=OVER_THE_BOOK,
        unasked=WITH_THE_BOOK,
        cases=(marked("uscc", "ORG-003"),),
        yields_to=("ORG-001", "ORG-002"),
        finds=_("The check character of GB 11714 inside the code is another, or its category is not listed."),
    ),
    Rule(
        code="ORG-006",
        severity=Severity.INFO,
        kind=Kind.FALSE,
        subject="seller",
        target="seller",
        message=_("The registration number has an unusual form"),
        remedy=_("Compare with the certificate of practice."),
        articles=("agents-38",),
        tags=(Tag.REAL_NAME,),
        stages=OVER_THE_BOOK,
        unasked=WITH_THE_BOOK,
        thresholds={"least": 20, "most": 26},
        cases=(Case("registration_no", _odd_registration),),
        finds=_("The registration number is not least to most digits."),
    ),
)
