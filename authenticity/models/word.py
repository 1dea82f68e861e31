from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class WordList(models.TextChoices):
    PLACEHOLDER = "placeholder", _("Placeholder texts")
    PHONE_PREFIX = "phone_prefix", _("Prefixes to strip from phone numbers")
    PHONE_PLACEHOLDER = "phone_placeholder", _("Placeholder phone numbers")
    COMPANY_PHONE = "company_phone", _("Phone numbers of the company")
    TEST_NAME = "test_name", _("Test names")
    EXAMPLE_NAME = "example_name", _("Names of textbook examples")
    TITLE = "title", _("Titles that are no names")
    OUTLET_WORD = "outlet_word", _("Words of outlet addresses")
    SAMPLE_ID = "sample_id", _("Published sample numbers")


class Word(models.Model):
    """One entry of a word list that rules compare with; taken off the list by its last day, never deleted."""

    list = models.CharField(_("List"), max_length=20, choices=WordList)
    text = models.CharField(_("Text"), max_length=100)
    effective_from = models.DateField(_("Effective from"), null=True, blank=True)
    effective_to = models.DateField(_("Effective until"), null=True, blank=True)

    class Meta:
        verbose_name = _("Word")
        verbose_name_plural = _("Words")
        ordering = ["list", "text"]
        constraints = [models.UniqueConstraint(fields=["list", "text"], name="word_once_per_list")]

    def __str__(self) -> str:
        return self.text
