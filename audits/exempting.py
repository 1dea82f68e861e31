"""What an approved exemption keeps quiet: one finding, or whatever is said of a number that was explained."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Q

from audits.choices import EpisodeEnd, ExemptionRelation
from audits.models import Exemption
from audits.models.subject import SUBJECT_COLUMNS

Key = tuple[str, str, int, str, str]
# One question, whose number it is, asked the louder the more have it: the answer stays while they grow.
WHOSE_NUMBER = ("PH-022", "PH-023", "PH-024")
# What answers that question. To let a finding stand for another reason is asked again of a graver one.
ANSWERS = (ExemptionRelation.FAMILY.value, ExemptionRelation.VERIFIED.value)
ENDS: dict[str, EpisodeEnd] = {ExemptionRelation.APPEALED: EpisodeEnd.APPEALED}


def kept_quiet(today: date, customer_ids: Collection[int], narrowed: Q) -> dict[tuple[Key, str], EpisodeEnd]:
    """By finding and value, how a finding ends that is kept quiet: of those `narrowed` to, and of the numbers
    of these customers."""
    numbers = Q(
        finding__rule__in=WHOSE_NUMBER, finding__customer__in=list(customer_ids), relation__in=ANSWERS
    )
    return _quiet(today, narrowed | numbers)


def all_kept_quiet(today: date) -> dict[tuple[Key, str], EpisodeEnd]:
    return _quiet(today, Q())


def _quiet(today: date, which: Q) -> dict[tuple[Key, str], EpisodeEnd]:
    columns = [f"finding__{column}_id" for column in SUBJECT_COLUMNS.values()]
    rows = Exemption.objects.holding(today).filter(which).order_by("pk").values_list(
        "finding__rule", "finding__field", "finding__part", "value_hash", "relation", *columns
    )  # fmt: skip
    found = {}
    for rule, name, part, value_hash, relation, *subjects in rows:
        kind, pk = next((kind, pk) for kind, pk in zip(SUBJECT_COLUMNS, subjects, strict=True) if pk)
        alike = WHOSE_NUMBER if rule in WHOSE_NUMBER and relation in ANSWERS else (rule,)
        for code in alike:
            found[(code, kind, pk, name, part), value_hash] = ENDS.get(relation, EpisodeEnd.EXEMPTED)
    return found
