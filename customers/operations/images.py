"""Images that prove who a customer is."""

from __future__ import annotations

from datetime import datetime

from customers.models import Customer, CustomerImage
from workplace.models import UploadedFile

IMAGE = "image/"


def keep_image(
    *, customer: Customer, file: UploadedFile, source: str, at: datetime, document: str = "", side: str = ""
) -> CustomerImage | None:
    """None for a file that is no image; the same image of the same customer is kept once."""
    if not file.media_type.startswith(IMAGE):
        return None
    kept, _created = CustomerImage.objects.get_or_create(
        customer=customer,
        sha256=file.sha256,
        defaults={
            "file": file, "source": source, "taken_at": at, "document": document, "side": side,
        },
    )  # fmt: skip
    return kept
