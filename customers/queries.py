"""Finding customers: by number, document, phone or name, within what a person may see."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from authenticity import phones
from authenticity.texts import compact, fold
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
    if not any(character.isdigit() for character in text):
        by_name = seen.filter(_by_number(text) | Q(name=text)) if text.isascii() else seen.named(text)
        return Search(text, by_name)
    return Search(text, seen.filter(_by_number(text) | _as_a_whole(text)))


def _by_number(text: str) -> Q:
    return Q(number__startswith=text)


def _as_a_whole(text: str) -> Q:
    number, phone = compact(text).upper(), phones.facts(text).normal
    if len(number) < EXACT_FROM:
        return Q(pk__in=[])
    return Q(id_no=number) | Q(mobile=phone) | Q(landline=phone)
