"""Which defect a failed sample item is: its code, and how grave it is (requirement 149)."""

from __future__ import annotations

from collections.abc import Mapping

from audits.sampling.choices import SamplePurpose
from authenticity.choices import Kind, Severity

DIFFERS, UNTRUE, NOT_PASSED, NO_IMAGE = "PO-001", "SV-001", "SV-002", "IMG-001"
# What a reviewer's "no" proves where no single field was typed.
CODES: Mapping[str, str] = {
    SamplePurpose.CONSISTENCY: DIFFERS,
    SamplePurpose.TRUTH: UNTRUE,
    SamplePurpose.SELLER: "RN-002",
    SamplePurpose.CALL_BACK: "PO-003",
    SamplePurpose.IMAGES: NO_IMAGE,
    SamplePurpose.HANDLED: "MS-003",
    SamplePurpose.CLOSED: NOT_PASSED,
    SamplePurpose.NEWCOMERS: NOT_PASSED,
}
CONTACT = frozenset({"mobile", "landline", "phone", "address", "email"})
"""Where the customer is reached: another's data there, or the form's left out, is what was punished."""


def code_of_typed(*, legible: bool) -> str:
    """Of a field compared with what an image shows, whatever the audit was for."""
    return DIFFERS if legible else NO_IMAGE


def severity_of(*, field: str, kind: str, usual: Severity) -> Severity:
    """Contact data that are missing or another's stop the business; what has changed since does not."""
    if field.rpartition(".")[2] in CONTACT and kind in (Kind.MISSING, Kind.FALSE):
        return Severity.BLOCK
    return usual
