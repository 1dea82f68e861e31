from __future__ import annotations

from django.contrib.auth.models import Group
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agents.choices import AgencyKind, OutletLevel
from agents.models.branch import Branch
from agents.models.queryset import AgencyQuerySet, OutletQuerySet
from workplace.history import tracked
from workplace.models import Record


@tracked
class Agency(Record):
    """An intermediary that sells for the insurer (requirements 6, 8)."""

    number = models.CharField(_("Agency number"), max_length=30, unique=True)
    name = models.CharField(_("Agency name"), max_length=100)
    kind = models.CharField(_("Kind"), max_length=15, choices=AgencyKind)
    branch = models.ForeignKey(
        Branch, on_delete=models.PROTECT, related_name="agencies", verbose_name=_("Managing branch")
    )
    uscc = models.CharField(_("Unified social credit code"), max_length=40, blank=True)
    uscc_norm = models.CharField(_("Credit code, normal form"), max_length=40, blank=True, editable=False)
    uscc_marks = ArrayField(
        models.CharField(max_length=12),
        verbose_name=_("What the credit code breaks"),
        default=list,
        blank=True,
        editable=False,
    )
    phone = models.CharField(_("Phone"), max_length=40, blank=True)
    phone_norm = models.CharField(_("Phone, normal form"), max_length=40, blank=True, editable=False)
    address = models.CharField(_("Address"), max_length=200, blank=True)
    address_key = models.BigIntegerField(_("Hash of the address"), null=True, editable=False)
    licence_no = models.CharField(_("Licence number"), max_length=40, blank=True)
    licence_valid_from = models.DateField(_("Licence valid from"), null=True, blank=True)
    licence_valid_to = models.DateField(_("Licence valid until"), null=True, blank=True)
    opened_on = models.DateField(_("Cooperation from"), null=True, blank=True)
    closed_on = models.DateField(_("Cooperation until"), null=True, blank=True)
    group = models.OneToOneField(
        Group,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="agency",
        verbose_name=_("Group"),
    )

    objects = AgencyQuerySet.as_manager()

    class Meta:
        verbose_name = _("Agency")
        verbose_name_plural = _("Agencies")
        ordering = ["number"]
        permissions = [("work_in_agency", _("May see this agency's own business"))]

    def __str__(self) -> str:
        return self.name


@tracked
class Outlet(Record):
    """A branch or an outlet of an agency, with its names and phones over time."""

    number = models.CharField(_("Outlet number"), max_length=30, unique=True)
    name = models.CharField(_("Outlet name"), max_length=100)
    level = models.CharField(_("Level"), max_length=10, choices=OutletLevel, default=OutletLevel.OUTLET)
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="outlets", verbose_name=_("Agency")
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("Agency branch"),
    )
    branch = models.ForeignKey(
        Branch, on_delete=models.PROTECT, related_name="outlets", verbose_name=_("Serving branch")
    )
    phone = models.CharField(_("Phone"), max_length=40, blank=True)
    address = models.CharField(_("Address"), max_length=200, blank=True)
    address_key = models.BigIntegerField(_("Hash of the address"), null=True, editable=False)
    district_code = models.CharField(_("District or county"), max_length=6, blank=True, editable=False)
    opened_on = models.DateField(_("Opened on"), null=True, blank=True)
    closed_on = models.DateField(_("Closed on"), null=True, blank=True)

    objects = OutletQuerySet.as_manager()

    class Meta:
        verbose_name = _("Outlet")
        verbose_name_plural = _("Outlets")
        ordering = ["number"]

    def __str__(self) -> str:
        return self.name


class Dated(models.Model):
    """A value with the days on which it holds: from `valid_from` until before `valid_to`."""

    valid_from = models.DateField(pgettext_lazy("of a period", "From"), null=True, blank=True)
    valid_to = models.DateField(_("Until"), null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["valid_from", "id"]


@tracked
class OutletName(Dated):
    outlet = models.ForeignKey(
        Outlet, on_delete=models.CASCADE, related_name="names", verbose_name=_("Outlet")
    )
    name = models.CharField(_("Outlet name"), max_length=100)

    class Meta(Dated.Meta):
        verbose_name = _("Outlet name")
        verbose_name_plural = _("Outlet names")

    def __str__(self) -> str:
        return self.name


@tracked
class OutletPhone(Dated):
    outlet = models.ForeignKey(
        Outlet, on_delete=models.CASCADE, related_name="phones", verbose_name=_("Outlet")
    )
    phone = models.CharField(_("Phone"), max_length=40)
    phone_norm = models.CharField(_("Phone, normal form"), max_length=40, blank=True)

    class Meta(Dated.Meta):
        verbose_name = _("Outlet phone")
        verbose_name_plural = _("Outlet phones")
        indexes = [models.Index(fields=["phone_norm"], name="outlet_phone_norm")]

    def __str__(self) -> str:
        return str(self.outlet_id)
