"""Which defect a failed sample item is: its code, and how grave it is (requirement 149)."""

from __future__ import annotations

from collections.abc import Mapping

from audits.sampling.choices import SamplePurpose
from authenticity.choices import Kind, Severity

DIFFERS, UNTRUE, NOT_PASSED = "PO-001", "SV-001", "SV-002"
# What a reviewer's "no" proves where no single field was typed.
CODES: Mapping[str, str] = {
    SamplePurpose.CONSISTENCY: DIFFERS,
    SamplePurpose.TRUTH: UNTRUE,
    SamplePurpose.SELLER: "RN-002",
    SamplePurpose.CALL_BACK: "PO-003",
    SamplePurpose.IMAGES: "IMG-001",
    SamplePurpose.HANDLED: "MS-003",
    SamplePurpose.CLOSED: NOT_PASSED,
    SamplePurpose.NEWCOMERS: NOT_PASSED,
}
SAMPLED_CODES = frozenset({*CODES.values(), DIFFERS})
CONTACT = frozenset({"mobile", "landline", "phone", "address", "email"})
"""Where the customer is reached: another's data there, or the form's left out, is what was punished."""


def code_of(purpose: str, *, typed: bool) -> str:
    """`typed` is of a field compared with what an image shows, whatever the audit was for."""
    if typed and purpose != SamplePurpose.TRUTH:
        return DIFFERS
    return CODES[purpose]


def severity_of(*, field: str, kind: str, usual: Severity) -> Severity:
    """Contact data that are missing or another's stop the business; what has changed since does not."""
    if field.rpartition(".")[2] in CONTACT and kind in (Kind.MISSING, Kind.FALSE):
        return Severity.BLOCK
    return usual
