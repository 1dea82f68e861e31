from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from authenticity.choices import DocumentType
from customers.choices import ImageSide, ImageSource
from customers.models.customer import Customer
from customers.models.queryset import OfCustomerQuerySet
from workplace.models import UploadedFile


class CustomerImage(models.Model):
    """An image that proves who a customer is; the same image may not prove two (requirement 117).

    `sha256` repeats the file's, so that equal images are found without the files. Documents without a
    known kind (evidence of a correction, pages of a form) leave `document` empty.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="images", verbose_name=_("Customer")
    )
    document = models.CharField(_("Document"), max_length=20, choices=DocumentType, blank=True)
    side = models.CharField(_("Side"), max_length=8, choices=ImageSide, blank=True)
    file = models.ForeignKey(UploadedFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("File"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    source = models.CharField(_("Source"), max_length=10, choices=ImageSource)
    taken_at = models.DateTimeField(_("Taken at"))

    objects = OfCustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("Customer's image")
        verbose_name_plural = _("Customers' images")
        ordering = ["-taken_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["customer", "sha256"], name="customer_image_once")]
        indexes = [models.Index(fields=["sha256"], name="customer_image_sha256")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.sha256[:12]}"
