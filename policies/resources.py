"""The columns of files of products, policies, parties and application forms. Codes are permanent."""

from __future__ import annotations

from decimal import Decimal

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from agents.choices import Channel
from customers.facts import PERSON_FIELDS, SOURCE_FIELDS
from customers.models import Customer
from customers.resources import PERSON_ZH, mask_of, person_columns, stage_column
from policies.choices import Benefit, Designation, Line, PartyRole, PolicyStatus, Relation
from policies.models import ApplicationForm, Policy, PolicyParty, Product
from policies.operations.parties import party_key, write_applications, write_parties
from policies.operations.records import write_policies, write_products
from workplace.intake.columns import (
    Amount,
    Column,
    Day,
    Number,
    OneOf,
    Text,
    Whole,
    Words,
    YesNo,
    YesNoUnknown,
    kind_resource,
)
from workplace.intake.kinds import Kind, register_kind

LINES: Words = {Line.INDIVIDUAL: ("个人", "个险"), Line.GROUP: ("团体", "团险")}
CHANNELS: Words = {
    Channel.INDIVIDUAL: ("个险", "个人代理"),
    Channel.BANK: ("银保", "银行邮政", "银邮"),
    Channel.PROFESSIONAL: ("中介", "专业中介"),
    Channel.OTHER: ("其他",),
}
STATUSES: Words = {
    PolicyStatus.PENDING: ("核保中",),
    PolicyStatus.IN_FORCE: ("有效",),
    PolicyStatus.SUSPENDED: ("中止", "效力中止"),
    PolicyStatus.LAPSED: ("失效",),
    PolicyStatus.SURRENDERED: ("退保",),
    PolicyStatus.MATURED: ("满期",),
    PolicyStatus.CLAIMED: ("理赔终止", "终止"),
    PolicyStatus.REFUSED: ("拒保",),
}
ROLES: Words = {
    PartyRole.HOLDER: ("投保人",),
    PartyRole.INSURED: ("被保险人",),
    PartyRole.BENEFICIARY: ("受益人",),
}
BENEFITS: Words = {
    Benefit.DEATH: ("身故", "身故受益人", "身故保险金"),
    Benefit.SURVIVAL: ("生存", "生存受益人", "生存保险金"),
    Benefit.ANNUITY: ("年金", "年金受益人"),
}
DESIGNATIONS: Words = {
    Designation.DESIGNATED: ("指定",),
    Designation.STATUTORY: ("法定", "法定继承人"),
}
RELATIONS: Words = {
    Relation.SELF: ("本人", "自己", "投保人本人", "被保险人本人"),
    Relation.SPOUSE: ("配偶", "丈夫", "妻子", "夫妻", "husband", "wife"),
    Relation.SON: ("儿子", "子"),
    Relation.DAUGHTER: ("女儿", "女"),
    Relation.FATHER: ("父亲", "父", "爸爸"),
    Relation.MOTHER: ("母亲", "母", "妈妈"),
    Relation.PARENT: ("父母", "父亲或母亲", "父母亲", "双亲"),
    Relation.CHILD: ("子女", "孩子", "儿女"),
    Relation.GRANDPARENT: ("祖父母", "祖父", "祖母", "外祖父", "外祖母"),
    Relation.GRANDCHILD: ("孙子女", "孙子", "孙女", "外孙", "外孙女"),
    Relation.SIBLING: ("兄弟姐妹", "哥哥", "弟弟", "姐姐", "妹妹"),
    Relation.EMPLOYEE: ("雇员", "员工"),
    Relation.SUPPORTED: (
        "被扶养人",
        "被抚养人",
        "被赡养人",
        "扶养人",
        "抚养人",
        "赡养人",
        "抚养",
        "扶养",
        "赡养",
        "有抚养赡养关系的家庭成员",
    ),
    Relation.GUARDIAN: ("监护人", "法定监护人"),
    Relation.OTHER: ("其他", "其他亲属"),
}

ProductResource = kind_resource(
    "ProductResource",
    Product,
    Column("code", "产品代码", Number(), key=True, example="P0001"),
    Column("name", "产品名称", Text(100), required=True),
    Column("line", "业务类别", OneOf(LINES), required=True, example="individual 个人"),
    Column("term_years", "保险期间(年)", Whole(most=120), expected=True, example="20"),
    Column("whole_life", "终身", YesNo(), example="0"),
    Column("guaranteed_renewal", "保证续保", YesNo(), example="0"),
    Column("cooling_off_days", "犹豫期天数", Whole(most=60), example="15"),
)
PolicyResource = kind_resource(
    "PolicyResource",
    Policy,
    Column("number", "保单号", Number(), key=True, example="B0000000001"),
    Column("product", "产品代码", Number(), required=True, example="P0001"),
    Column("channel", "渠道", OneOf(CHANNELS), required=True, example="bank 银保"),
    Column("branch", "机构号", Number(), required=True, example="110000"),
    Column("status", "保单状态", OneOf(STATUSES), required=True, example="in_force 有效"),
    Column("applied_on", "投保日期", Day(), expected=True, example="2026-03-01"),
    Column("issued_on", "承保日期", Day()),
    Column("effective_on", "生效日期", Day()),
    Column("premium", "保费", Amount(digits=14), example="12000.00"),
    Column(
        "payment_years",
        "缴费年期",
        Whole(least=1, most=100),
        meaning=_("1 when the premium is paid at once"),
        example="20",
    ),
    Column("death_cover", "身故保额", Amount(digits=14), example="200000.00"),
    Column("insured_consent", "被保险人已同意", YesNoUnknown(), example="1 是"),
    Column("income_proof", "投保人有收入证明", YesNoUnknown()),
    Column("account_no", "缴费账号", Text(60, text_only=True), mask="bank_card"),
    Column("account_holder_name", "账户户名", Text(100), mask="name"),
    Column("account_holder_id_no", "账户持有人证件号码", Number(60), mask="id_no"),
    Column("seller_no", "销售人员工号", Number(40), expected=True, example="S000001"),
    Column("seller_name", "销售人员姓名", Text(100), expected=True, mask="name"),
    Column("outlet_no", "网点号", Number(40)),
    Column("outlet_name", "网点名称", Text(100)),
    Column("agency_branch_no", "中介分支机构号", Number(40)),
    Column("agency_branch_name", "中介分支机构名称", Text(100)),
    Column("agency_no", "中介机构号", Number(40)),
    Column("agency_name", "中介机构名称", Text(100)),
    stage_column(),
)
_FOR_BENEFICIARIES = _("Of a beneficiary who is no customer")
_FOR_MINORS = _("Of a beneficiary under age")
PartyResource = kind_resource(
    "PartyResource",
    PolicyParty,
    Column("policy", "保单号", Number(), key=True, example="B0000000001"),
    Column("role", "角色", OneOf(ROLES), key=True, example="holder 投保人"),
    Column("benefit", "受益类别", OneOf(BENEFITS), meaning=_("For beneficiaries only")),
    Column("position", "序位", Whole(least=1, most=99), meaning=_("1 when empty"), example="1"),
    Column(
        "customer",
        "客户号",
        Number(),
        expected=True,
        meaning=_("Needed for the policyholder and the insured; that customer must exist"),
        example="C00000001",
    ),
    Column("designation", "受益方式", OneOf(DESIGNATIONS)),
    Column(
        "relation",
        "关系",
        OneOf(RELATIONS),
        meaning=_("Of the insured to the policyholder, of a beneficiary to the insured"),
    ),
    Column("order", "受益顺序", Whole(least=1, most=99)),
    Column("share", "受益比例(%)", Amount(digits=5, most=Decimal(100)), example="100"),
    *person_columns(*PERSON_FIELDS),
    Column("phone", "联系电话", Number(60), mask="phone", meaning=_FOR_BENEFICIARIES),
    Column("address", "联系地址", Text(400), mask="address", meaning=_FOR_BENEFICIARIES),
    Column("occupation", "职业", Text(100), meaning=_FOR_BENEFICIARIES),
    Column("guardian_name", "监护人姓名", Text(100), mask="name", meaning=_FOR_MINORS),
    Column("guardian_phone", "监护人电话", Number(60), mask="phone", meaning=_FOR_MINORS),
)

ROLE_ZH: dict[str, tuple[str, str | Promise]] = {
    PartyRole.HOLDER: ("投保人", _("Policyholder")),
    PartyRole.INSURED: ("被保险人", _("Insured")),
}


class Said(Text):
    """What a form says, kept as it stands there."""

    def __init__(self, field: str) -> None:
        super().__init__(400, text_only=field in ("id_no", "mobile", "landline", "postcode"))


def _said_columns(role: str) -> list[Column]:
    zh, label = ROLE_ZH[role]
    return [
        Column(
            f"{role}_{field}",
            f"{zh}{PERSON_ZH[field]}",
            Said(field),
            mask=mask_of(field),
            label=format_lazy("{role} · {field}", role=label, field=_verbose(field)),
        )
        for field in SOURCE_FIELDS
    ]


def _verbose(field: str) -> str | Promise:
    labels = {known.name: known.verbose_name for known in Customer._meta.concrete_fields}
    return labels[field]


ApplicationResource = kind_resource(
    "ApplicationResource",
    ApplicationForm,
    Column("number", "投保单号", Number(40), key=True, example="F0000000001"),
    Column("channel", "渠道", OneOf(CHANNELS), required=True, example="bank 银保"),
    Column("policy", "保单号", Number(), expected=True, example="B0000000001"),
    Column("signed_on", "签署日期", Day()),
    Column("received_on", "收单日期", Day()),
    *_said_columns(PartyRole.HOLDER),
    *_said_columns(PartyRole.INSURED),
)


def register() -> None:
    for kind in (
        Kind("products", "产品", _("Products"), ProductResource, write_products, "product"),
        Kind("policies", "保单", _("Policies"), PolicyResource, write_policies, "policy"),
        Kind(
            "parties",
            "保单当事人",
            _("Policy parties"),
            PartyResource,
            write_parties,
            "party",
            key_of=party_key,
        ),
        Kind(
            "applications",
            "投保单",
            _("Application forms"),
            ApplicationResource,
            write_applications,
            "application",
        ),
    ):
        register_kind(kind)
