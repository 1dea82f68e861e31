from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ApiClient(models.Model):
    """A system that talks to the API in the name of one staff account; only its token's hash is kept."""

    name = models.CharField(pgettext_lazy("of a thing", "Name"), max_length=60, unique=True)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Acts as")
    )
    token_hash = models.CharField(_("Token hash"), max_length=64, unique=True)
    active = models.BooleanField(pgettext_lazy("API client", "Active"), default=True)
    requests_per_minute = models.PositiveIntegerField(_("Requests a minute at most"), default=600)
    created_at = models.DateTimeField(_("Created at"))

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
