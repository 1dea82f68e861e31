"""Who shares a contact with a member of the family: as policies name their parties, or as declared."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from authenticity.relations import RELATIONS
from policies.sharing import statement_of

FAMILY = [code for code, relation in RELATIONS.items() if relation.family]
# An insured is told to the holder, a beneficiary to the insured; who stands as written alone is found by
# the document number. Starts from the few who share, so that every step is a probe of an index.
_SHARING = """
    WITH sharer AS MATERIALIZED (
        SELECT customer.id, customer.{column} AS value
          FROM customers_customer customer
          JOIN customers_coverage coverage ON coverage.customer_id = customer.id AND coverage.holder
         WHERE customer.{column} IN ({keys}) AND customer.merged_into_id IS NULL),
    tie AS (
        SELECT sharer.id AS one, relative.customer_id AS other, relative.id_key AS document
          FROM sharer
          JOIN policies_policyparty anchor ON anchor.customer_id = sharer.id
          JOIN policies_policyparty relative ON relative.policy_id = anchor.policy_id
         WHERE relative.relation = ANY(%s)
           AND (anchor.role = 'holder' AND relative.role = 'insured'
                OR anchor.role = 'insured' AND relative.role = 'beneficiary')
         UNION ALL
        SELECT sharer.id, declared.relative_id, ''
          FROM sharer JOIN customers_relationship declared ON declared.customer_id = sharer.id),
    pair AS (
        SELECT tie.one, other.id AS other
          FROM tie JOIN sharer other ON other.id = tie.other JOIN sharer one ON one.id = tie.one
         WHERE other.value = one.value AND other.id <> one.id
         UNION ALL
        SELECT tie.one, other.id
          FROM tie JOIN customers_customer known ON known.id_key = tie.document
          JOIN sharer other ON other.id = known.id JOIN sharer one ON one.id = tie.one
         WHERE tie.document <> '' AND other.value = one.value AND other.id <> one.id)
    SELECT one FROM pair UNION ALL SELECT other FROM pair
"""


def sharing_with_family(column: str, keys: QuerySet[Any] | RawSQL) -> RawSQL:
    """Holders whose value is one of the keys, and a relative's too; customers for the right side of IN."""
    text, params = statement_of(keys)
    return RawSQL(_SHARING.format(column=column, keys=text), [*params, FAMILY])  # noqa: S611 - our own text
