from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.choices import ContactChannel, ContactOutcome, ContactPoint, ContactResult
from customers.models.customer import Customer
from customers.models.queryset import OfCustomerQuerySet
from workplace.history import tracked
from workplace.models import ImportBatch


class ContactAttempt(models.Model):
    """One message, call, letter or debit and whether it arrived (requirements 103, 105); only ever added.

    `key` is the hash of the number, address or account that was tried: whether it is still the present
    one can be told, the number itself cannot.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="contact_attempts", verbose_name=_("Customer")
    )
    channel = models.CharField(_("Way of contact"), max_length=8, choices=ContactChannel)
    point = models.CharField(_("What was tried"), max_length=8, choices=ContactPoint)
    key = models.BigIntegerField(_("Hash of what was tried"))
    outcome = models.CharField(_("Outcome"), max_length=10, choices=ContactOutcome)
    result = models.CharField(_("Result"), max_length=12, choices=ContactResult, blank=True)
    reason = models.CharField(_("Reason"), max_length=100, blank=True)
    note = models.CharField(_("Note"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("By")
    )
    origin = models.CharField(_("Origin"), max_length=40, blank=True)
    tried_at = models.DateTimeField(_("Tried at"))
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("Import")
    )
    recorded_at = models.DateTimeField(_("Recorded at"))

    objects = OfCustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("Contact attempt")
        verbose_name_plural = _("Contact attempts")
        ordering = ["-tried_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "point", "key", "tried_at", "channel"], name="contact_attempt_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.channel} {self.outcome}"


class FailedContact(models.Model):
    """How often in a row a number, address or account could not be reached, up to the last attempt.

    Derived from the attempts when they are written; without a row the last attempt arrived.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="failed_contacts", verbose_name=_("Customer")
    )
    point = models.CharField(_("What was tried"), max_length=8, choices=ContactPoint)
    key = models.BigIntegerField(_("Hash of what was tried"))
    failures = models.PositiveSmallIntegerField(_("Failures in a row"))
    last_failed_at = models.DateTimeField(_("Last failed at"))

    objects = OfCustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("Failed contact")
        verbose_name_plural = _("Failed contacts")
        ordering = ["-last_failed_at"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "point", "key"], name="failed_contact_once")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.point} {self.failures}"


@tracked
class DoNotDisturb(models.Model):
    """The customer does not want to be contacted, by one way or by any, until a day (requirement 148)."""

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="do_not_disturb", verbose_name=_("Customer")
    )
    channel = models.CharField(_("Way of contact"), max_length=8, choices=ContactChannel, blank=True)
    since = models.DateField(_("Since"))
    until = models.DateField(_("Until"), null=True, blank=True)
    reason = models.CharField(_("Reason"), max_length=200)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Recorded by")
    )
    recorded_at = models.DateTimeField(_("Recorded at"))
    ended_at = models.DateTimeField(_("Ended at"), null=True, blank=True)

    objects = OfCustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("Do not disturb")
        verbose_name_plural = _("Do not disturb")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "channel"],
                condition=models.Q(ended_at__isnull=True),
                name="do_not_disturb_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.channel}"
