from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.choices import FamilyTie, TieSource
from customers.models.customer import Customer
from customers.models.queryset import OfCustomerQuerySet
from workplace.history import tracked
from workplace.models import UploadedFile


@tracked
class Relationship(models.Model):
    """A declared relation: `relative` is the customer's `relation`; read in both directions.

    What policies say of their parties needs no row here.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="relatives", verbose_name=_("Customer")
    )
    relative = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="relative_of", verbose_name=_("Relative")
    )
    relation = models.CharField(_("Relation"), max_length=12, choices=FamilyTie)
    source = models.CharField(_("Source"), max_length=10, choices=TieSource)
    note = models.CharField(_("Note"), max_length=200, blank=True)
    evidence = models.ForeignKey(
        UploadedFile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Evidence"),
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Recorded by"),
    )
    recorded_at = models.DateTimeField(_("Recorded at"))

    objects = OfCustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("Declared relation")
        verbose_name_plural = _("Declared relations")
        ordering = ["-recorded_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "relative"], name="relationship_once"),
            models.CheckConstraint(condition=~Q(customer=F("relative")), name="relationship_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.relative_id}"
