"""The columns of files of customers. Codes are permanent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from authenticity import masking
from authenticity.choices import BusinessStage, Sex
from customers.choices import CheckMethod
from customers.deliveries import register as register_deliveries
from customers.facts import derive_one
from customers.models import Customer
from customers.operations.records import write_customers
from customers.written import COUNTRY_WORDS, DOCUMENT_WORDS
from workplace.intake.columns import Column, Day, Number, OneOf, Shape, Words, YesNoUnknown, kind_resource
from workplace.intake.kinds import Kind, register_kind

STAGES: Words = {
    BusinessStage.SALE: ("销售",),
    BusinessStage.UNDERWRITING: ("核保",),
    BusinessStage.SERVICING: ("保全",),
    BusinessStage.CLAIMS: ("理赔",),
    BusinessStage.SERVICE: ("客服",),
}
CHECK_METHODS: Words = {
    CheckMethod.ORIGINAL: ("核对原件", "原件"),
    CheckMethod.NETWORK: ("联网核查",),
    CheckMethod.FACE: ("人脸识别", "人脸比对"),
    CheckMethod.VIDEO: ("视频核实", "视频"),
    CheckMethod.CALL_BACK: ("电话回访", "回访"),
    CheckMethod.THIRD_PARTY: ("第三方核实", "第三方"),
}
SEX_WORDS: Words = {Sex.MALE: ("男",), Sex.FEMALE: ("女",)}
_ALLOWED: dict[str, Words] = {
    "sex": SEX_WORDS,
    "id_type": DOCUMENT_WORDS,
    "nationality": COUNTRY_WORDS,
}
_DAY = _("Date such as 2026-11-22, 2026/11/22, 20261122 or 2026年11月22日")
_TEXT_CELL = _("Text cell, never a number")
_DESCRIPTIONS: dict[str, str | Promise] = {
    "birth_date": _DAY,
    "id_valid_from": _DAY,
    "id_valid_to": _("Date, or 9999/99/99 or 长期 for one without end"),
    "id_no": _TEXT_CELL,
    "mobile": _TEXT_CELL,
    "landline": _TEXT_CELL,
    "postcode": _TEXT_CELL,
    "nationality": _("Three-letter code such as CHN, or the Chinese name"),
}
# The Chinese names of a person's columns, the same wherever a person stands in a file.
PERSON_ZH = {
    "name": "姓名",
    "sex": "性别",
    "birth_date": "出生日期",
    "id_type": "证件类型",
    "id_no": "证件号码",
    "id_valid_from": "证件有效期起",
    "id_valid_to": "证件有效期止",
    "nationality": "国籍",
    "mobile": "手机号码",
    "landline": "固定电话",
    "address": "联系地址",
    "postcode": "邮政编码",
    "email": "电子邮箱",
}
EXAMPLES = {
    "name": "王小明",
    "sex": "M 男",
    "birth_date": "1986-05-17",
    "id_type": "resident_id 居民身份证",
    "id_valid_from": "2016-05-17",
    "id_valid_to": "9999/99/99",
    "nationality": "CHN",
    "address": "北京市朝阳区建国路100号2栋301室",
    "postcode": "100022",
}


class Fact(Shape):
    """A source field of a person: its value is the columns derived from it."""

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field
        self.text_only = field in ("id_no", "mobile", "landline", "postcode")
        self.description = _DESCRIPTIONS.get(field, _("Text"))
        words = _ALLOWED.get(field, {})
        self.allowed = tuple((code, names[0]) for code, names in words.items())

    def clean(self, value: str, row: Mapping[str, str] | None = None, **kwargs: Any) -> dict[str, Any]:
        values = {self.field: value}
        if self.field == "id_no":
            values["id_type"] = _type_in(row or {})
        return derive_one(self.field, values)


def _type_in(row: Mapping[str, str]) -> str:
    """The type beside a number; one that has no shape is told at its own cell."""
    try:
        return str(derive_one("id_type", {"id_type": row.get("id_type", "")})["id_type"])
    except ValueError:
        return ""


def mask_of(field: str) -> str:
    return field if field in masking.KINDS else ""


def person_columns(*fields: str, expected: tuple[str, ...] = ()) -> list[Column]:
    return [
        Column(
            field,
            PERSON_ZH[field],
            Fact(field),
            expected=field in expected,
            example=EXAMPLES.get(field, ""),
            mask=mask_of(field),
        )
        for field in fields
    ]


def stage_column() -> Column:
    return Column("business_stage", "业务环节", OneOf(STAGES), example="sale 销售")


_UPKEEP = _("A day before the one on record, or none, changes nothing")
UPKEEP_COLUMNS = (
    Column("identity_checked_on", "身份核实日期", Day(), meaning=_UPKEEP, example="2026-03-01"),
    Column("identity_check_method", "身份核实方式", OneOf(CHECK_METHODS), example="original 核对原件"),
    Column("contact_confirmed_on", "联系信息确认日期", Day(), meaning=_UPKEEP, example="2026-03-01"),
    Column(
        "mobile_own",
        "手机号为本人",
        YesNoUnknown(),
        label=_("Mobile is the customer's own"),
        meaning=_("Said of the mobile in the same row; empty changes nothing"),
        example="1 是",
    ),
)
EXPECTED = ("name", "sex", "birth_date", "id_type", "id_no", "id_valid_to", "mobile", "address")
CustomerResource = kind_resource(
    "CustomerResource",
    Customer,
    Column("number", "客户号", Number(), key=True, example="C00000001"),
    Column("home_branch", "归属机构号", Number(), required=True, example="110000"),
    *person_columns(*PERSON_ZH, expected=EXPECTED),
    *UPKEEP_COLUMNS,
    stage_column(),
)


def register() -> None:
    register_kind(Kind("customers", "客户", _("Customers"), CustomerResource, write_customers, "customer"))
    register_deliveries()
