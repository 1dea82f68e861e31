from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from agents.operations.postings import align_grants


@shared_task
def align_posting_grants() -> int:
    """Postings that begin or end today; beat runs it just after midnight in Shanghai."""
    return align_grants(today=timezone.localdate(), at=timezone.now())
