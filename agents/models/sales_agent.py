from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from agents.choices import Standing
from agents.models.agency import Agency, Dated, Outlet
from agents.models.branch import Branch
from agents.models.queryset import SalesAgentQuerySet
from workplace.history import tracked
from workplace.models import Record


@tracked
class SalesAgent(Record):
    """A seller: of the insurer's own branch or of an agency's outlet (requirements 37, 38)."""

    staff_no = models.CharField(_("Seller number"), max_length=30, unique=True)
    name = models.CharField(_("Seller name"), max_length=100)
    name_norm = models.CharField(_("Name, normal form"), max_length=100, editable=False)
    id_no = models.CharField(_("ID number"), max_length=40, blank=True)
    id_norm = models.CharField(_("ID number, normal form"), max_length=40, blank=True, editable=False)
    certificate_no = models.CharField(_("Practising certificate"), max_length=40, blank=True)
    branch = models.ForeignKey(
        Branch, on_delete=models.PROTECT, related_name="sellers", verbose_name=_("Branch")
    )
    agency = models.ForeignKey(
        Agency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sellers",
        verbose_name=_("Agency"),
    )
    outlet = models.ForeignKey(
        Outlet,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sellers",
        verbose_name=_("Outlet"),
    )
    standing = models.CharField(_("Standing"), max_length=10, choices=Standing, default=Standing.ACTIVE)

    objects = SalesAgentQuerySet.as_manager()

    class Meta:
        verbose_name = _("Seller")
        verbose_name_plural = _("Sellers")
        ordering = ["staff_no"]
        indexes = [models.Index(fields=["id_norm"], name="sales_agent_id_norm")]

    def __str__(self) -> str:
        return self.staff_no


class OfSeller(Dated):
    seller = models.ForeignKey(SalesAgent, on_delete=models.CASCADE, verbose_name=_("Seller"))

    class Meta(Dated.Meta):
        abstract = True


@tracked
class SalesAgentPhone(OfSeller):
    """A seller's phone, present or past."""

    phone = models.CharField(_("Phone"), max_length=40)
    phone_norm = models.CharField(_("Phone, normal form"), max_length=40, blank=True)

    class Meta(Dated.Meta):
        verbose_name = _("Seller's phone")
        verbose_name_plural = _("Sellers' phones")
        default_related_name = "phones"
        indexes = [models.Index(fields=["phone_norm"], name="sales_agent_phone_norm")]

    def __str__(self) -> str:
        return str(self.seller_id)


@tracked
class Employment(OfSeller):
    """Where a seller works, from when to when."""

    branch = models.ForeignKey(
        Branch, on_delete=models.PROTECT, related_name="employments", verbose_name=_("Branch")
    )
    outlet = models.ForeignKey(
        Outlet,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="employments",
        verbose_name=_("Outlet"),
    )

    class Meta(Dated.Meta):
        verbose_name = _("Employment")
        verbose_name_plural = _("Employments")
        default_related_name = "employments"

    def __str__(self) -> str:
        return str(self.seller_id)


@tracked
class Registration(OfSeller):
    """A seller's registration for practice."""

    number = models.CharField(_("Registration number"), max_length=40)
    institution = models.CharField(_("Institution"), max_length=100, blank=True)

    class Meta(Dated.Meta):
        verbose_name = _("Registration for practice")
        verbose_name_plural = _("Registrations for practice")
        default_related_name = "registrations"

    def __str__(self) -> str:
        return self.number


@tracked
class SellerStanding(OfSeller):
    """Whether a seller was active, suspended or gone on a day."""

    standing = models.CharField(_("Standing"), max_length=10, choices=Standing)

    class Meta(Dated.Meta):
        verbose_name = _("Seller's standing")
        verbose_name_plural = _("Sellers' standings")
        default_related_name = "standings"

    def __str__(self) -> str:
        return self.standing
