"""What people are told: a notice to one person, how they want it, and announcements that they acknowledge."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workplace.choices import Role
from workplace.history import tracked, tracked_but
from workplace.models.queryset import AnnouncementQuerySet, OwnNoticeQuerySet


class Notice(models.Model):
    """One message to one person. `key` is what it is about: the same is never told twice.

    `kind` picks the words and `detail` fills them (masked), so that each reads it in their own language.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="notices",
        verbose_name=_("Recipient"),
    )
    kind = models.CharField(_("Kind"), max_length=30)
    key = models.CharField(_("Key"), max_length=120)
    detail = models.JSONField(_("Detail"), default=dict, blank=True)
    link = models.CharField(_("Page"), max_length=200, blank=True)
    urgent = models.BooleanField(_("Urgent"), default=False)
    made_at = models.DateTimeField(_("Made at"))
    read_at = models.DateTimeField(_("Read at"), null=True, blank=True)
    mailed_at = models.DateTimeField(_("Mailed at"), null=True, blank=True)
    pushed_at = models.DateTimeField(_("Pushed at"), null=True, blank=True)

    objects = OwnNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("Notice")
        verbose_name_plural = _("Notices")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["recipient", "key"], name="notice_once")]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notice_inbox"),
            models.Index(fields=["recipient"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(fields=["id"], condition=Q(mailed_at__isnull=True), name="notice_unmailed"),
            models.Index(fields=["id"], condition=Q(pushed_at__isnull=True), name="notice_unpushed"),
        ]

    def __str__(self) -> str:
        return self.key


class NoticePreference(models.Model):
    """How one person wants to be told; without a row the defaults of the fields hold."""

    staff = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="notice_preference",
        verbose_name=_("Staff member"),
    )
    mail = models.BooleanField(_("Daily digest by e-mail"), default=True)
    digest_hour = models.PositiveSmallIntegerField(_("Hour of the digest"), default=8)
    push = models.BooleanField(_("Push to my group chat"), default=False)
    quiet_from = models.TimeField(_("Quiet from"), null=True, blank=True)
    quiet_to = models.TimeField(_("Quiet until"), null=True, blank=True)
    muted = models.JSONField(_("Kinds not wanted"), default=list, blank=True)

    class Meta:
        verbose_name = _("Notice settings")
        verbose_name_plural = _("Notice settings")
        constraints = [
            models.CheckConstraint(condition=Q(digest_hour__lt=24), name="digest_hour_of_a_day"),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_to__isnull=True)
                | Q(quiet_from__isnull=False, quiet_to__isnull=False),
                name="quiet_hours_have_both_ends",
            ),
        ]

    def __str__(self) -> str:
        return str(self.staff_id)


@tracked_but("address")
class PushTarget(models.Model):
    """A group chat of DingTalk, WeCom or Feishu; `address` holds its secret, is never shown again, and leaves
    no past."""

    name = models.CharField(pgettext_lazy("of a group chat", "Name"), max_length=60, unique=True)
    address = models.CharField(_("Address with its secret"), max_length=300)
    staff = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="push_targets", blank=True, verbose_name=_("For whom")
    )
    active = models.BooleanField(_("Active"), default=True)
    last_error = models.CharField(_("Last failure"), max_length=200, blank=True)
    last_sent_at = models.DateTimeField(_("Last sent at"), null=True, blank=True)

    class Meta:
        verbose_name = _("Group chat")
        verbose_name_plural = _("Group chats")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


@tracked
class Announcement(models.Model):
    """Told to all of some roles, with who has read it and, for a list to work off, who is done (85, 107)."""

    title = models.CharField(_("Title"), max_length=120)
    body = models.TextField(_("Text"))
    roles = models.JSONField(_("For which roles"), default=list, blank=True)
    needs_done = models.BooleanField(_("Each line is to be worked off"), default=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Published by")
    )
    published_at = models.DateTimeField(_("Published at"))
    withdrawn_at = models.DateTimeField(_("Withdrawn at"), null=True, blank=True)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("Announcement")
        verbose_name_plural = _("Announcements")
        ordering = ["-id"]
        permissions = [("publish_announcement", _("May publish announcements"))]

    def __str__(self) -> str:
        return self.title

    @property
    def role_names(self) -> list[str]:
        return [str(Role(role).label) for role in self.roles if role in Role.values]


class AnnouncementReceipt(models.Model):
    """One person's copy: read when opened, done when said so."""

    announcement = models.ForeignKey(
        Announcement, on_delete=models.CASCADE, related_name="receipts", verbose_name=_("Announcement")
    )
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("Staff member")
    )
    read_at = models.DateTimeField(_("Read at"), null=True, blank=True)
    done_at = models.DateTimeField(_("Done at"), null=True, blank=True)

    class Meta:
        verbose_name = _("Receipt")
        verbose_name_plural = _("Receipts")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["announcement", "staff"], name="receipt_once")]

    def __str__(self) -> str:
        return f"{self.announcement_id} {self.staff_id}"


class PushedLine(models.Model):
    """One line of a list that was pushed to somebody: what it says (masked), and when it was worked off."""

    receipt = models.ForeignKey(
        AnnouncementReceipt, on_delete=models.CASCADE, related_name="lines", verbose_name=_("Receipt")
    )
    text = models.CharField(_("Line"), max_length=300)
    link = models.CharField(_("Page"), max_length=200, blank=True)
    done_at = models.DateTimeField(_("Done at"), null=True, blank=True)

    class Meta:
        verbose_name = _("Line of a pushed list")
        verbose_name_plural = _("Lines of pushed lists")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.pk)
