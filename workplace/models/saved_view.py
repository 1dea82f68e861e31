from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workplace.choices import SharedWith
from workplace.models.queryset import SavedViewQuerySet


class SavedView(models.Model):
    """A list as somebody wants it again: its filters, columns and order, kept apart from each other.

    `page` names the list; what `filters` says is what the address of that list says. `group` is the auth
    group of the unit that it is shared with.
    """

    page = models.CharField(pgettext_lazy("of a saved view", "List"), max_length=40)
    name = models.CharField(pgettext_lazy("of a saved view", "Name"), max_length=60)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="saved_views",
        verbose_name=pgettext_lazy("of a saved view", "Owner"),
    )
    filters = models.JSONField(_("Filters"), default=dict, blank=True)
    columns = models.JSONField(_("Columns"), default=list, blank=True)
    sort = models.CharField(_("Order"), max_length=40, blank=True)
    shared_with = models.CharField(
        _("Shared with"), max_length=6, choices=SharedWith, default=SharedWith.NOBODY
    )
    group = models.ForeignKey(
        Group,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="saved_views",
        verbose_name=_("Unit"),
    )
    made_at = models.DateTimeField(_("Made at"))
    version = models.PositiveIntegerField(_("Row version"), default=1)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("Saved view")
        verbose_name_plural = _("Saved views")
        ordering = ["page", "name"]
        permissions = [("share_savedview", _("May share a saved view with the unit or with everybody"))]
        constraints = [
            models.UniqueConstraint(fields=["owner", "page", "name"], name="saved_view_name_once"),
            models.CheckConstraint(
                condition=Q(shared_with="unit", group__isnull=False)
                | (~Q(shared_with="unit") & Q(group__isnull=True)),
                name="saved_view_of_a_unit_names_it",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PinnedView(models.Model):
    """Somebody wants this view in their own sidebar, at this place."""

    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="pinned_views",
        verbose_name=_("Staff member"),
    )
    view = models.ForeignKey(
        SavedView, on_delete=models.CASCADE, related_name="pins", verbose_name=_("Saved view")
    )
    place = models.PositiveSmallIntegerField(_("Place"), default=0)

    class Meta:
        verbose_name = _("Pinned view")
        verbose_name_plural = _("Pinned views")
        ordering = ["place", "id"]
        constraints = [models.UniqueConstraint(fields=["staff", "view"], name="pinned_view_once")]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.view_id}"
