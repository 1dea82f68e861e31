"""The account that pays the premium or takes a refund: whose it is, and whether its number can be."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from authenticity.choices import Kind, Severity, Tag
from authenticity.rule import Case, Rule, RuleValues, marked
from policies.models import PolicyParty
from policies.rules.scope import of_person

OWNED = ~Q(account_holder_name="", account_holder_id_no="")


def _party() -> Q:
    """A party of the policy, by document number where both have one, else by name."""
    parties = PolicyParty.objects.filter(policy=OuterRef("pk")).order_by()
    known = parties.alias(theirs=of_person("id_key"), called=of_person("name"))
    by_number = known.filter(theirs=OuterRef("account_holder_id_no"))
    by_name = known.filter(called=OuterRef("account_holder_name"))
    nameless = by_name.filter(theirs__isnull=True)
    numbered = Q(Exists(by_number)) | (~Q(account_holder_name="") & Q(Exists(nameless)))
    named = Q(account_holder_id_no="") & Q(Exists(by_name))
    return (~Q(account_holder_id_no="") & numbered) | named


def _nobodys(values: RuleValues) -> Q:
    """The policyholder's own account, the usual case, is told without looking anybody up."""
    number = Q(account_holder_id_no=F("holder_document"), holder_document__isnull=False)
    name = Q(account_holder_id_no="", account_holder_name=F("holder_name"), holder_name__isnull=False)
    return OWNED & ~number & ~name & ~_party()


def _sellers(values: RuleValues) -> Q:
    """An own policy of the seller is paid from the seller's account."""
    his = Q(seller__isnull=False, account_holder_id_no=F("seller__id_norm"))
    own = Q(holder_document=F("seller__id_norm"), holder_document__isnull=False)
    return ~Q(account_holder_id_no="") & his & ~own


def _owned(values: RuleValues) -> Q:
    return OWNED


def _not_a_partys(values: RuleValues) -> Q:
    return _sellers(values) | _nobodys(values)


ACCOUNTS = (
    Rule(
        code="BK-001",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="policy",
        target="policy",
        message=_("The account number does not have 16 to 19 digits"),
        remedy=_("Compare the account number with the card or the authorisation to debit."),
        articles=("coding-account", "gb-14916"),
        tags=(Tag.AML,),
        cases=(marked("account_no", "BK-001"),),
        finds=_("Without spaces and hyphens the account number is not 16 to 19 digits."),
    ),
    Rule(
        code="BK-002",
        severity=Severity.WARN,
        kind=Kind.FALSE,
        subject="policy",
        target="policy",
        message=_("The check digit of the account number is wrong"),
        remedy=_("Compare the account number with the card; a passbook account has no check digit."),
        articles=("coding-account", "gb-14916"),
        tags=(Tag.AML,),
        cases=(marked("account_no", "BK-002"),),
        yields_to=("BK-001",),
        finds=_("An account number of 16 to 19 digits fails Luhn's check."),
    ),
    Rule(
        code="BK-003",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="policy",
        target="policy",
        message=_("The account is nobody's who is a party of the policy, or the seller's"),
        remedy=_("Ask the policyholder for an account of his own, the insured's or the beneficiary's."),
        articles=("conduct-32",),
        tags=(Tag.AML, Tag.MIS_SELLING),
        cases=(Case("account_holder_name", _not_a_partys, guard=_owned),),
        finds=_(
            "The account holder is neither policyholder, insured nor beneficiary by document number, or by"
            " name where a number is missing; or is the seller, except on an own policy."
        ),
    ),
)
