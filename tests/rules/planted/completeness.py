"""What is not there (customers/rules/completeness.py)."""

from __future__ import annotations

from tests.rules.planting import of_holder, of_insured, plant

FIVE = ("name", "sex", "birth_date", "id_type", "id_no")

PLANTS = (
    *(plant("REQ-001", f"holder's {field}", of_holder(**{field: ""}), field=field) for field in FIVE),
    plant("REQ-001", "a filler as a name", of_holder(name="不详"), field="name"),
    plant("REQ-001", "a filler as a number", of_holder(id_no="无"), field="id_no"),
    plant("REQ-001", "signs as a number", of_holder(id_no="----"), field="id_no"),
    plant("REQ-002", "no phone", of_holder(mobile="", landline=""), field="mobile"),
    plant("REQ-002", "a filler as a phone", of_holder(mobile="无", landline=""), field="mobile"),
    plant(
        "REQ-002",
        "fillers as phones",
        of_holder(mobile="", landline="00000000"),
        ("REQ-008", "landline"),
        field="mobile",
    ),
    plant("REQ-003", "no address", of_holder(address=""), field="address"),
    plant("REQ-003", "a filler as an address", of_holder(address="不详"), field="address"),
    *(plant("REQ-004", f"insured's {field}", of_insured(**{field: ""}), field=field) for field in FIVE),
    plant("REQ-004", "a filler as a name", of_insured(name="xxx"), field="name"),
    plant("REQ-007", "a landline alone", of_holder(mobile="", landline="010-65128473"), field="mobile"),
    plant(
        "REQ-008", "ones beside a landline", of_holder(mobile="1111", landline="010-65128473"), field="mobile"
    ),
    plant("REQ-008", "a listed word in any case", of_holder(landline="Null"), field="landline"),
    plant("REQ-008", "an insured's phone", of_insured(mobile="暂无"), field="mobile"),
    plant("REQ-008", "an insured's address", of_insured(address="待补"), field="address"),
    plant("REQ-008", "zeros as a postcode", of_holder(postcode="000000"), field="postcode"),
    plant("REQ-008", "an e-mail", of_holder(email="n/a"), field="email"),
)
NEAR_MISSES = (
    ("REQ-001", "a sign that is also a filler's", of_holder(name="无双")),
    ("REQ-002", "a mobile alone", of_holder(landline="")),
    ("REQ-003", "a village", of_holder(address="河南省郑州市中牟县官渡镇前城村")),
    ("REQ-004", "a foreign passport", of_insured(id_type="外国护照", id_no="X1234567", nationality="USA")),
    ("REQ-007", "a mobile beside the landline", of_holder(landline="010-65128473")),
    ("REQ-008", "a filler within a value", of_holder(email="test@example.cn")),
)
