"""Names (customers/rules/names.py)."""

from __future__ import annotations

from tests.rules.planting import of_beneficiary, of_holder, of_insured, plant

PLANTS = (
    plant("NM-001", "a sign in it", of_holder(name="段@思远"), field="name"),
    plant("NM-001", "of a beneficiary", of_beneficiary(name="赵(小)二"), field="beneficiary.name"),
    plant("NM-002", "a single character", of_holder(name="段"), field="name"),
    plant("NM-002", "fifty-one characters", of_holder(name="阿卜杜拉" * 12 + "买买提"), field="name"),
    plant("NM-004", "a digit in it", of_holder(name="段思远1"), field="name"),
    plant("NM-004", "a full-width digit", of_holder(name="段思远１"), field="name"),
    plant("NM-004", "a digit and a sign", of_holder(name="段@思远1"), field="name"),
    plant("NM-005", "a title", of_holder(name="段先生"), field="name"),
    plant("NM-005", "a title of one character", of_holder(name="段总"), field="name"),
    plant("NM-006", "a test name", of_holder(name="测试一"), field="name"),
    plant("NM-006", "in any case", of_insured(name="某某"), field="name"),
    plant("NM-006", "a name of examples", of_holder(name="张三"), field="name"),
    plant("NM-007", "both scripts", of_holder(name="段思远David"), field="name"),
    plant("NM-007", "Latin on a resident ID", of_holder(name="David Duan"), field="name"),
    plant(
        "NM-008",
        "a stroke in it",
        of_insured(name="Smith/John", id_type="外国护照", id_no="X1234567", nationality="USA"),
        field="name",
    ),
    plant("NM-009", "a space inside", of_holder(name="段 思远"), field="name"),
    plant("NM-009", "nothing to see", of_holder(name="段\u200b思远"), field="name"),
    plant("NM-009", "a space behind", of_holder(name="段思远\u3000"), field="name"),
    plant("NM-010", "one character only", of_holder(name="啊啊啊"), field="name"),
)
NEAR_MISSES = (
    ("NM-001", "the zero that people are called by", of_holder(name="李〇")),
    ("NM-001", "a rare character and a dot", of_holder(name="阿卜杜拉·䶮")),
    ("NM-002", "two characters", of_holder(name="段宏")),
    ("NM-004", "numbers in Chinese", of_holder(name="段三七")),
    ("NM-005", "a title at the start", of_holder(name="总先")),
    ("NM-006", "one character more", of_holder(name="张三丰")),
    (
        "NM-007",
        "Latin on a foreign passport",
        of_insured(name="David Duan", id_type="外国护照", id_no="X1234567", nationality="USA"),
    ),
    (
        "NM-008",
        "an apostrophe and a hyphen",
        of_insured(name="Anne-Marie O'Neil", id_type="外国护照", id_no="X1234567", nationality="USA"),
    ),
    ("NM-009", "a dot, not a space", of_holder(name="阿卜杜拉·买买提")),
    ("NM-010", "two equal characters", of_holder(name="段圆圆")),
)
