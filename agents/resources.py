"""The columns of files of branches, agencies, outlets and sellers. Codes are permanent."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from agents.choices import AgencyKind, BranchLevel, OutletLevel, Standing
from agents.models import Agency, Branch, Outlet, SalesAgent
from agents.operations.records import write_agencies, write_branches, write_outlets, write_sellers
from workplace.intake.columns import Column, Day, LastDay, Number, OneOf, Text, Words, kind_resource
from workplace.intake.kinds import Kind, register_kind

LEVELS: Words = {
    BranchLevel.HEAD: ("总公司", "总部"),
    BranchLevel.PROVINCE: ("省级分公司", "省分公司", "分公司"),
    BranchLevel.CITY: ("地市中心支公司", "中心支公司"),
    BranchLevel.OFFICE: ("营业部",),
}
AGENCY_KINDS: Words = {
    AgencyKind.PROFESSIONAL: ("专业代理",),
    AgencyKind.BROKER: ("保险经纪", "经纪"),
    AgencyKind.BANK: ("银行兼业代理", "银行"),
    AgencyKind.POST: ("邮政兼业代理", "邮政"),
    AgencyKind.OTHER: ("其他兼业代理", "其他"),
}
OUTLET_LEVELS: Words = {
    OutletLevel.BRANCH: ("中介分支机构", "分支机构"),
    OutletLevel.OUTLET: ("网点",),
}
STANDINGS: Words = {
    Standing.ACTIVE: ("在职",),
    Standing.SUSPENDED: ("停职", "暂停执业"),
    Standing.LEFT: ("离职",),
}

BranchResource = kind_resource(
    "BranchResource",
    Branch,
    Column("number", "机构号", Number(), key=True, example="110000"),
    Column("name", "机构名称", Text(100), required=True, example="北京分公司"),
    Column("level", "级别", OneOf(LEVELS), required=True, example="province 省级分公司"),
    Column(
        "parent",
        "上级机构号",
        Number(),
        expected=True,
        meaning=_("Number of the branch above; empty for the head office only"),
        example="000000",
    ),
    Column("province", "省份代码", Number(6), label=_("Province"), meaning=_("Six digits, such as 110000")),
    Column("phone", "电话", Number(40), example="010-65538888"),
    Column("address", "地址", Text(200)),
    Column("opened_on", "开业日期", Day()),
    Column("closed_on", "停业日期", LastDay()),
)
AgencyResource = kind_resource(
    "AgencyResource",
    Agency,
    Column("number", "中介机构号", Number(), key=True, example="A0001"),
    Column("name", "中介机构名称", Text(100), required=True),
    Column("kind", "类别", OneOf(AGENCY_KINDS), required=True, example="bank 银行兼业代理"),
    Column("branch", "管理机构号", Number(), required=True, example="110000"),
    Column("uscc", "统一社会信用代码", Number(40)),
    Column("phone", "电话", Number(40)),
    Column("address", "地址", Text(200)),
    Column("licence_no", "许可证号", Number(40)),
    Column("licence_valid_from", "许可证起期", Day()),
    Column("licence_valid_to", "许可证止期", LastDay()),
    Column("opened_on", "合作起始日期", Day()),
    Column("closed_on", "合作终止日期", LastDay()),
)
OutletResource = kind_resource(
    "OutletResource",
    Outlet,
    Column("number", "网点号", Number(), key=True, example="A0001-01"),
    Column("name", "网点名称", Text(100), required=True),
    Column("name_from", "名称启用日期", Day(), label=_("Name valid from")),
    Column("level", "层级", OneOf(OUTLET_LEVELS), required=True, example="outlet 网点"),
    Column("agency", "中介机构号", Number(), required=True, example="A0001"),
    Column(
        "parent", "上级网点号", Number(), meaning=_("Number of the agency branch to which the outlet belongs")
    ),
    Column("branch", "服务机构号", Number(), required=True, example="110000"),
    Column("phone", "电话", Number(40)),
    Column("phone_from", "电话启用日期", Day(), label=_("Phone valid from")),
    Column("address", "地址", Text(200)),
    Column("opened_on", "开业日期", Day()),
    Column("closed_on", "停业日期", LastDay()),
)
SellerResource = kind_resource(
    "SellerResource",
    SalesAgent,
    Column("number", "销售人员工号", Number(), key=True, attribute="staff_no", example="S000001"),
    Column("name", "姓名", Text(100), required=True, mask="name"),
    Column("id_no", "身份证号码", Number(40), mask="id_no"),
    Column("certificate_no", "执业证号", Number(40)),
    Column("branch", "所属机构号", Number(), required=True, example="110000"),
    Column("agency", "中介机构号", Number()),
    Column("outlet", "网点号", Number()),
    Column("employed_from", "入职日期", Day(), label=_("Employed from")),
    Column("phone", "电话", Number(40), label=_("Phone"), mask="phone"),
    Column("phone_from", "电话启用日期", Day(), label=_("Phone valid from")),
    Column("registration_no", "执业登记号", Number(40), label=_("Registration number")),
    Column("registration_institution", "执业登记机构", Text(100), label=_("Institution")),
    Column("registered_from", "执业登记起期", Day(), label=_("Registered from")),
    Column("registered_to", "执业登记止期", LastDay(), label=_("Registered until")),
    Column("standing", "在职状态", OneOf(STANDINGS), required=True, example="active 在职"),
    Column("standing_from", "状态起始日期", Day(), label=_("Standing from")),
)


def register() -> None:
    for kind in (
        Kind("branches", "机构", _("Branches"), BranchResource, write_branches, "branch", whole=True),
        Kind("agencies", "中介机构", _("Agencies"), AgencyResource, write_agencies, "agency"),
        Kind("outlets", "网点", _("Outlets"), OutletResource, write_outlets, "outlet", whole=True),
        Kind("agents", "销售人员", _("Sellers"), SellerResource, write_sellers, "seller"),
    ):
        register_kind(kind)
