from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from agents.choices import Channel
from policies.models.policy import Policy
from policies.models.queryset import ApplicationFormQuerySet
from workplace.history import tracked
from workplace.models import Record, UploadedFile


@tracked
class ApplicationForm(Record):
    """The signed form: what it says per role and field, as written and in normal form (requirement 72).

    `says` and `says_normal` map `"<role>.<field>"`, such as `"holder.mobile"`, to text.
    """

    number = models.CharField(_("Form number"), max_length=40, unique=True)
    channel = models.CharField(_("Channel"), max_length=12, choices=Channel)
    policy = models.OneToOneField(
        Policy,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="application_form",
        verbose_name=_("Policy"),
    )
    signed_on = models.DateField(_("Signed on"), null=True, blank=True)
    received_on = models.DateField(_("Received on"), null=True, blank=True)
    says = models.JSONField(_("What the form says"), default=dict, blank=True)
    says_normal = models.JSONField(_("What the form says, normal form"), default=dict, editable=False)

    objects = ApplicationFormQuerySet.as_manager()

    class Meta:
        verbose_name = _("Application form")
        verbose_name_plural = _("Application forms")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number


@tracked
class FormPage(models.Model):
    """One page image of an application form."""

    form = models.ForeignKey(
        ApplicationForm, on_delete=models.CASCADE, related_name="pages", verbose_name=_("Application form")
    )
    page = models.PositiveSmallIntegerField(_("Page"))
    image = models.ForeignKey(
        UploadedFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("Image")
    )

    class Meta:
        verbose_name = _("Form page")
        verbose_name_plural = _("Form pages")
        ordering = ["page"]
        constraints = [models.UniqueConstraint(fields=["form", "page"], name="form_page_once")]

    def __str__(self) -> str:
        return f"{self.form_id}/{self.page}"
