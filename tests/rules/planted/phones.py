"""Phone numbers (customers/rules/phones.py)."""

from __future__ import annotations

from tests.rules.planting import of_holder, plant

PLANTS = (
    plant("PH-001", "ten digits", of_holder(mobile="1392046185"), field="mobile"),
    plant("PH-001", "a first 12", of_holder(mobile="12920461857"), field="mobile"),
    plant("PH-002", "prefix of nobody", of_holder(mobile="14120461857"), field="mobile"),
    plant("PH-003", "of a device", of_holder(mobile="1064772046185"), field="mobile"),
    plant("PH-003", "of a device, as landline", of_holder(landline="1440772046185"), field="landline"),
    plant("PH-004", "of a virtual operator", of_holder(mobile="17020461857"), field="mobile"),
    plant("PH-005", "no area code", of_holder(landline="65128473"), field="landline"),
    plant("PH-006", "a digit too few", of_holder(landline="010-6512847"), field="landline"),
    plant("PH-007", "an area code of former days", of_holder(landline="0565-3212347"), field="landline"),
    plant("PH-008", "an insurer's", of_holder(landline="95519"), field="landline"),
    plant("PH-008", "behind an area code", of_holder(landline="01095519"), field="landline"),
    plant("PH-008", "as a mobile", of_holder(mobile="4008205618"), field="mobile"),
    plant("PH-009", "what people type", of_holder(mobile="13800138000"), field="mobile"),
    plant("PH-009", "a listed run", of_holder(mobile="13333333333"), field="mobile"),
    plant("PH-009", "a count", of_holder(mobile="12345678901"), field="mobile"),
    plant("PH-010", "a run of seven", of_holder(mobile="13920000000"), field="mobile"),
    plant("PH-010", "a sequence of six", of_holder(mobile="13945678973"), field="mobile"),
    plant("PH-010", "two digits only", of_holder(mobile="13926622662"), field="mobile"),
    plant("PH-010", "a landline that counts", of_holder(landline="010-12345678"), field="landline"),
    plant("PH-011", "prefix and hyphens taken off", of_holder(mobile="+86 139-2046-1857"), field="mobile"),
    plant("PH-012", "two numbers", of_holder(mobile="13920461857/13720461858"), field="mobile"),
    plant("PH-012", "of Hong Kong", of_holder(mobile="+85291234567"), field="mobile"),
    plant("PH-012", "a letter", of_holder(mobile="1392046185o"), field="mobile"),
)
NEAR_MISSES = (
    ("PH-001", "with +86 and hyphens", of_holder(mobile="+86 139-2046-1857")),
    ("PH-002", "a young prefix", of_holder(mobile="19320461857")),
    ("PH-003", "eleven digits that begin so", of_holder(mobile="14720461857")),
    ("PH-004", "beside it", of_holder(mobile="17320461857")),
    ("PH-005", "brackets", of_holder(landline="(010)65128473")),
    ("PH-006", "seven digits where seven are right", of_holder(landline="0915-3212347")),
    ("PH-007", "the area code of today", of_holder(landline="0531-76212347")),
    ("PH-008", "a person's number that begins so", of_holder(landline="010-95519473")),
    ("PH-009", "one digit beside it", of_holder(mobile="13800138291")),
    ("PH-010", "a run of five", of_holder(mobile="13920000046")),
    ("PH-011", "digits alone", of_holder(mobile="13920461857")),
    ("PH-012", "an extension", of_holder(landline="010-65128473转8123")),
)
