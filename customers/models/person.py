"""The columns of a natural person: as written, in normal form, and the facts derived once at write.

`*_raw` is the text as it came in, the plain name is the normal form, the rest are attributes that depend
on nothing editable. `*_marks` are the codes of the catalogue that the value alone breaks by fixed
standards. They are written by `customers.facts` alone and compared by the rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from authenticity.choices import DocumentType, Sex

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def marks(label: StrOrPromise) -> ArrayField[list[str], list[str]]:
    """A column of catalogue codes that a value breaks whatever compliance may set."""
    return ArrayField(
        models.CharField(max_length=12), verbose_name=label, default=list, blank=True, editable=False
    )


class PersonFacts(models.Model):
    """Name, sex, birth date and document: the five identity fields of 82号 art. 2."""

    name_raw = models.CharField(_("Name, as written"), max_length=200, blank=True)
    name = models.CharField(pgettext_lazy("of a person", "Name"), max_length=200, blank=True)
    name_class = models.CharField(_("Script of the name"), max_length=10, blank=True, editable=False)
    name_marks = marks(_("What the name breaks"))
    sex = models.CharField(_("Sex"), max_length=1, choices=Sex, blank=True)
    birth_date = models.DateField(_("Birth date"), null=True, blank=True)
    id_type = models.CharField(_("Document type"), max_length=20, choices=DocumentType, blank=True)
    id_no_raw = models.CharField(_("Document number, as written"), max_length=60, blank=True)
    id_no = models.CharField(_("Document number"), max_length=60, blank=True)
    id_shape = models.CharField(_("Shape of the number"), max_length=10, blank=True, editable=False)
    id_check_ok = models.BooleanField(_("Check digit right"), null=True, editable=False)
    id_birth_date = models.DateField(_("Birth date in the number"), null=True, editable=False)
    id_sex = models.CharField(_("Sex in the number"), max_length=1, blank=True, editable=False)
    id_key = models.CharField(_("Number, 15 digits as 18"), max_length=60, blank=True, editable=False)
    id_marks = marks(_("What the document number breaks"))
    id_valid_from = models.DateField(_("Document valid from"), null=True, blank=True)
    id_valid_to = models.DateField(_("Document valid until"), null=True, blank=True)
    id_long_term = models.BooleanField(_("Long-term document"), default=False)
    nationality = models.CharField(_("Nationality"), max_length=3, blank=True)
    facts_version = models.PositiveSmallIntegerField(_("Version of the fact code"), default=0, editable=False)

    class Meta:
        abstract = True


class ContactFacts(models.Model):
    """Phones and address: with the five identity fields, the holder's seven (82号 art. 2)."""

    mobile_raw = models.CharField(_("Mobile, as written"), max_length=100, blank=True)
    mobile = models.CharField(_("Mobile"), max_length=60, blank=True)
    mobile_run = models.PositiveSmallIntegerField(_("Longest run"), default=0, editable=False)
    mobile_sequence = models.PositiveSmallIntegerField(_("Longest sequence"), default=0, editable=False)
    mobile_distinct = models.PositiveSmallIntegerField(
        _("Distinct digits of the last eight"), default=0, editable=False
    )
    mobile_marks = marks(_("What the mobile breaks"))
    mobile_province = models.CharField(_("Province of the number"), max_length=6, blank=True, editable=False)
    landline_raw = models.CharField(_("Landline, as written"), max_length=100, blank=True)
    landline = models.CharField(_("Landline"), max_length=60, blank=True)
    landline_run = models.PositiveSmallIntegerField(_("Longest run"), default=0, editable=False)
    landline_sequence = models.PositiveSmallIntegerField(_("Longest sequence"), default=0, editable=False)
    landline_distinct = models.PositiveSmallIntegerField(
        _("Distinct digits of the last eight"), default=0, editable=False
    )
    landline_marks = marks(_("What the landline breaks"))
    address_raw = models.CharField(_("Address, as written"), max_length=400, blank=True)
    address = models.CharField(_("Address"), max_length=400, blank=True)
    province_code = models.CharField(_("Province"), max_length=6, blank=True, editable=False)
    city_code = models.CharField(_("City"), max_length=6, blank=True, editable=False)
    district_code = models.CharField(_("District or county"), max_length=6, blank=True, editable=False)
    address_detail = models.CharField(_("Address detail"), max_length=400, blank=True, editable=False)
    address_grade = models.CharField(_("Grade of the detail"), max_length=10, blank=True, editable=False)
    address_key = models.BigIntegerField(_("Hash of the address"), null=True, editable=False)
    address_marks = marks(_("What the address breaks"))
    postcode = models.CharField(_("Postcode"), max_length=12, blank=True)
    postcode_marks = marks(_("What the postcode breaks"))
    email = models.CharField(_("E-mail"), max_length=200, blank=True)

    class Meta:
        abstract = True
