"""The library of articles; who amended it, when and why stands in the change that calls this."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from authenticity.models import Article

EDITABLE = (
    "law",
    "number",
    "text",
    "inferred",
    "province",
    "valid_from",
    "valid_to",
    "carries_out",
    "control",
)


def write_article(*, code: str, values: Mapping[str, Any]) -> Article:
    """Creates or amends; what `values` does not name stays."""
    article, _made = Article.objects.update_or_create(
        code=code, defaults={name: values[name] for name in EDITABLE if name in values}
    )
    return article
