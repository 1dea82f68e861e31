from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.choices import SharedKind
from customers.models.customer import Customer


class Coverage(models.Model):
    """In which roles rules look at a customer; derived and written by `policies`, read by rules and sweeps.

    A role is true while the customer stands in it on a policy in scope that has not ended; a beneficiary
    only where the contract names him. `on_any_policy` tells whether there is any policy at all.
    """

    customer = models.OneToOneField(
        Customer,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="coverage",
        verbose_name=_("Customer"),
    )
    holder = models.BooleanField(_("Policyholder"), default=False)
    insured = models.BooleanField(_("Insured"), default=False)
    beneficiary = models.BooleanField(_("Beneficiary"), default=False)
    on_any_policy = models.BooleanField(_("On any policy"), default=False)

    class Meta:
        verbose_name = _("Coverage")
        verbose_name_plural = _("Coverage")

    def __str__(self) -> str:
        return f"{self.customer_id}"


class SharedKey(models.Model):
    """A contact, document number or identity that several holders have in common, as last swept.

    Derived: rebuilt set-based by a sweep of the book, brought up to date for the keys a change touches.
    `persons` counts different people (by document number); for DOCUMENT different names, for PERSON
    different document numbers. `one_seller`: all policies of all of them were sold by one seller or outlet.
    """

    kind = models.CharField(_("Kind"), max_length=8, choices=SharedKind)
    key = models.CharField(_("Key"), max_length=220)
    persons = models.PositiveIntegerField(_("Different persons"))
    one_seller = models.BooleanField(_("Sold by one seller or outlet"), default=False)

    class Meta:
        verbose_name = _("Shared contact")
        verbose_name_plural = _("Shared contacts")
        ordering = ["kind", "-persons", "key"]
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="shared_key_once")]
        indexes = [models.Index(fields=["kind", "-persons"], name="shared_key_largest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
