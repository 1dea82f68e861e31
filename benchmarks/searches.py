"""The search for a name against Django's icontains, on what a page asks: how many, and the first fifty."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.db.models import QuerySet

from benchmarks.stand import Bar, Stand
from customers.models import Customer

PAGE = 50
FASTER = 4.0


def _asked(customers: QuerySet[Customer]) -> None:
    customers.count()
    list(customers.order_by("-pk").values_list("pk", flat=True)[:PAGE])


def measure(stand: Stand) -> Iterator[Bar]:
    name = next(name for name in Customer.objects.values_list("name", flat=True) if len(name) == 3)
    for length, text in ((1, name[1]), (2, name[1:]), (3, name)):
        named = partial(_asked, Customer.objects.named(text))
        contained = partial(_asked, Customer.objects.filter(name__icontains=text))
        for once_ahead in (named, contained):  # as of files: the first would read from disk
            once_ahead()
        seconds, against = stand.in_turn(named, contained)
        yield Bar.of(
            f"name_search_{length}",
            stand.size,
            seconds,
            baseline="icontains",
            against=against,
            bar=FASTER,
            least=True,
        )
