from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agents.choices import Post
from agents.models.agency import Agency
from agents.models.branch import Branch
from agents.models.queryset import PostingQuerySet
from workplace.history import tracked


@tracked
class Posting(models.Model):
    """Who works for which branch or agency, from when to when; scope is granted and ended with it."""

    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="postings",
        verbose_name=_("Staff member"),
    )
    branch = models.ForeignKey(
        Branch,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="postings",
        verbose_name=_("Branch"),
    )
    agency = models.ForeignKey(
        Agency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="postings",
        verbose_name=_("Agency"),
    )
    post = models.CharField(_("Post"), max_length=12, choices=Post)
    valid_from = models.DateField(pgettext_lazy("of a period", "From"))
    valid_to = models.DateField(_("Until"), null=True, blank=True)

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = _("Posting")
        verbose_name_plural = _("Postings")
        ordering = ["-valid_from", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(branch__isnull=True, agency__isnull=False)
                | models.Q(branch__isnull=False, agency__isnull=True),
                name="posting_to_a_branch_or_an_agency",
            )
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.post}"
