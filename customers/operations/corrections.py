"""An accepted correction written into the customer, and which of its fields may be corrected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pghistory
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from authenticity.choices import DocumentType, Sex
from customers.choices import CheckMethod
from customers.facts import derive_changes, normal_in, written_of
from customers.models import Customer
from customers.operations.upkeep import CHECK, check_identity
from workplace.correctable import Correctable, CorrectableField, StaleRecord
from workplace.models import Staff

FIELDS = (
    CorrectableField("name", pgettext_lazy("of a person", "Name"), mask="name"),
    CorrectableField("sex", _("Sex"), shape="choice", choices=tuple(Sex.choices)),
    CorrectableField("birth_date", _("Birth date"), mask="birth_date", shape="date"),
    CorrectableField("id_type", _("Document type"), shape="choice", choices=tuple(DocumentType.choices)),
    CorrectableField("id_no", _("Document number"), mask="id_no", needs_evidence=True),
    CorrectableField("id_valid_from", _("Document valid from"), shape="date"),
    CorrectableField("id_valid_to", _("Document valid until"), shape="last_day"),
    CorrectableField("nationality", _("Nationality"), clearable=True),
    CorrectableField("mobile", _("Mobile"), mask="mobile", clearable=True),
    CorrectableField("landline", _("Landline"), mask="landline", clearable=True),
    CorrectableField("address", _("Address"), mask="address", shape="address"),
    CorrectableField("postcode", _("Postcode"), mask="postcode", clearable=True),
    CorrectableField("email", _("E-mail"), mask="email", clearable=True),
)


def correct_customer(
    *,
    customer: Customer,
    values: Mapping[str, str],
    actor: Staff | None,
    at: datetime,
    expected_version: int,
) -> Customer:
    """Writes the values as written with every fact derived anew; raises StaleRecord and Misshapen.

    A new document number comes with an image of the document, which its proposer and its reviewer have
    compared: that is an identity check of the new number.
    """
    said = {"actor": actor.pk if actor else None, "corrected_at": at.isoformat()}
    with transaction.atomic(), pghistory.context(**said):
        found = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
        if found.version != expected_version:
            raise StaleRecord
        columns = derive_changes(found, values)
        for column, value in columns.items():
            setattr(found, column, value)
        if "id_no" in values:
            check_identity(found, on=localtime(at).date(), method=CheckMethod.IMAGE)
            columns |= dict.fromkeys(CHECK)
        found.version += 1
        found.save(update_fields=[*columns, "version"])
        return found


def _find(pk: int, locked: bool) -> Customer:
    rows = Customer.objects.select_for_update(of=("self",)) if locked else Customer.objects.all()
    return rows.get(pk=pk)


def _normal_of(record: Customer, field: str, raw: str) -> str:
    probe = Customer(id_type=record.id_type, id_no=record.id_no, id_no_raw=record.id_no_raw)
    for column, value in derive_changes(probe, {field: raw}).items():
        setattr(probe, column, value)
    return normal_in(probe, field)


def _write(*, record: Any, **rest: Any) -> Customer:
    return correct_customer(customer=record, **rest)


CUSTOMER = Correctable(
    kind="customer",
    label=_("Customer"),
    fields={field.name: field for field in FIELDS},
    find=_find,
    key=lambda record: str(record.number),
    written=written_of,
    normal=normal_in,
    normal_of=_normal_of,
    write=_write,
)
