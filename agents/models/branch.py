from __future__ import annotations

from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _

from agents.choices import BranchLevel
from agents.models.queryset import BranchQuerySet
from workplace.history import tracked
from workplace.models import Record


@tracked
class Branch(Record):
    """A unit of the insurer: head office, province, city, service office."""

    number = models.CharField(_("Branch number"), max_length=30, unique=True)
    name = models.CharField(_("Branch name"), max_length=100)
    level = models.CharField(_("Level"), max_length=10, choices=BranchLevel)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("Belongs to"),
    )
    province_code = models.CharField(_("Province"), max_length=6, blank=True)
    phone = models.CharField(_("Phone"), max_length=40, blank=True)
    phone_norm = models.CharField(_("Phone, normal form"), max_length=40, blank=True, editable=False)
    address = models.CharField(_("Address"), max_length=200, blank=True)
    address_key = models.BigIntegerField(_("Hash of the address"), null=True, editable=False)
    district_code = models.CharField(_("District or county"), max_length=6, blank=True, editable=False)
    opened_on = models.DateField(_("Opened on"), null=True, blank=True)
    closed_on = models.DateField(_("Closed on"), null=True, blank=True)
    group = models.OneToOneField(
        Group,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="branch",
        verbose_name=_("Group"),
    )

    objects = BranchQuerySet.as_manager()

    class Meta:
        verbose_name = _("Branch")
        verbose_name_plural = _("Branches")
        ordering = ["number"]
        permissions = [("work_in_branch", _("May work in this branch and those below it"))]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level="head", parent__isnull=True)
                | (~models.Q(level="head") & models.Q(parent__isnull=False)),
                name="branch_only_head_has_no_parent",
            )
        ]

    def __str__(self) -> str:
        return self.name
