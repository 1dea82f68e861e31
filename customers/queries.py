"""Finding customers: by number, document, phone or name, within what a person may see."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from authenticity import documents
from authenticity.choices import DocumentType
from authenticity.texts import compact, fold
from customers.editions import phone_of
from customers.models import Customer
from workplace.models import Staff

EXACT_FROM = 7


@dataclass(frozen=True)
class Search:
    """What was asked and what it was taken for."""

    text: str
    customers: QuerySet[Customer]


def find_customers(*, text: str, staff: Staff) -> Search:
    """A name by any of its characters; a number by its beginning; a document or phone only as a whole.

    A part of a document number finds nothing: else its digits could be guessed one by one.
    """
    text = fold(text)
    seen = Customer.objects.visible_to(staff).select_related("home_branch")
    if not text:
        return Search("", seen)
    if not _has_digits(text):
        by_name = seen.filter(_by_number(text) | Q(name=text)) if text.isascii() else seen.named(text)
        return Search(text, by_name)
    return Search(text, seen.filter(_by_number(text) | as_a_whole(text)))


def asked_for(text: str) -> str:
    """What of a person a text asks for, as the name of a column; nothing where it can be none of them."""
    text = fold(text)
    if not text:
        return ""
    if not _has_digits(text):
        return "name"
    if len(compact(text)) < EXACT_FROM:
        return ""
    return {"mobile": "mobile", "landline": "landline"}.get(phone_of(text).kind, "id_no")


def as_a_whole(text: str) -> Q:
    """A document number as it is compared (15 digits count as the 18), or a phone in its national form."""
    if len(compact(text)) < EXACT_FROM:
        return Q(pk__in=[])
    phone = phone_of(text).normal
    return Q(id_key__in=document_keys(text)) | Q(mobile=phone) | Q(landline=phone)


def document_keys(text: str) -> list[str]:
    """By which a document of any kind with that number is compared."""
    keys = {documents.key(kind, documents.normalise(kind, text)) for kind in DocumentType.values}
    return sorted(keys - {""})


def _by_number(text: str) -> Q:
    return Q(number__startswith=text)


def _has_digits(text: str) -> bool:
    return any(character.isdigit() for character in text)
