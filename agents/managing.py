"""Who leads a branch: whoever is posted there for management, else one level up, and so on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from agents.choices import Post
from agents.models import Branch, Posting
from agents.operations.postings import current
from workplace.models import Staff


def managers_of(
    branch_ids: Collection[int], *, today: date, post: str = Post.MANAGEMENT
) -> dict[int, list[Staff]]:
    """Branch → its managers, those of the nearest level that has any; two queries for all of them.

    With another `post`, whoever holds that one.
    """
    posted = current(Posting.objects.filter(post=post, branch__isnull=False), today)
    there: defaultdict[int, list[Staff]] = defaultdict(list)
    for posting in posted.filter(staff__is_active=True).select_related("staff").order_by("staff__name", "pk"):
        if posting.branch_id is not None and posting.staff not in there[posting.branch_id]:
            there[posting.branch_id].append(posting.staff)
    parents = dict(Branch.objects.values_list("pk", "parent_id"))
    found: dict[int, list[Staff]] = {}
    for branch in branch_ids:
        level: int | None = branch
        while level is not None and not there.get(level):
            level = parents.get(level)
        found[branch] = list(there[level]) if level is not None else []
    return found
