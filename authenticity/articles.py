"""The articles that rules cite, in our own words; loaded as rows, which compliance may amend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

NOTICE_82 = "保监发〔2013〕82号 人身保险客户信息真实性管理暂行办法"
INSURANCE_LAW = "中华人民共和国保险法（2015年修正）"
AML_LAW = "中华人民共和国反洗钱法（2024年修订）"
PIPL = "中华人民共和国个人信息保护法"
ID_CARD_LAW = "中华人民共和国居民身份证法"
BASIC_SERVICE = "人身保险业务基本服务规定（令2010年第4号）"
AGENTS_RULES = "保险代理人监管规定（令2020年第11号）"
CONDUCT_RULES = "保险销售行为管理办法（令2023年第2号）"
CODING_RULES = "客户信息录入规范"
IN_FORCE_82 = date(2013, 11, 4)


@dataclass(frozen=True)
class ArticleText:
    code: str
    law: str
    number: str
    text: str
    inferred: bool = False
    valid_from: date | None = None


def _notice(number: str, code: str, text: str, *, inferred: bool = False) -> ArticleText:
    return ArticleText(f"82-{code}", NOTICE_82, number, text, inferred, IN_FORCE_82)


ARTICLES = (
    _notice(
        "第二条",
        "2",
        "客户信息指投保人、被保险人、指定受益人的姓名、性别、出生日期、证件类型和证件号码，以及投保人的联系电话和联系地址。",
    ),
    _notice("第三条", "3", "适用于保险期间超过一年的个人业务。"),
    _notice(
        "第四条",
        "4",
        "保险公司、专业中介机构、银行邮政等兼业代理机构及其人员，在销售、承保、保全、理赔和服务各环节承担责任。",
    ),
    _notice("第五条", "5", "客户信息应当准确、完整、安全、保密。"),
    _notice("第六条第一项", "6-1", "向客户说明收集信息的目的、用途和后果。"),
    _notice("第六条第二项", "6-2", "核实客户身份。"),
    _notice("第六条第三项", "6-3", "客户信息缺失的，应先补正，补正前不得办理承保和保全。"),
    _notice("第六条第四项", "6-4", "提醒客户及时告知信息变更。"),
    _notice("第六条第五项", "6-5", "鼓励客户留存本人手机号码。"),
    _notice(
        "第八条、第九条",
        "8",
        "代理机构应当完整、真实地移交客户信息，合作协议应当写明相关责任。",
        inferred=True,
    ),
    _notice("第十条、第十一条", "10", "代理业务信息不实的，限期补正；补正前不得支付手续费。", inferred=True),
    _notice("第十二条", "12", "人员合同与四项禁止：诱导提供虚假信息、伪造变造、越权接触、泄露出售。"),
    _notice("第十三条", "13", "信息真实性纳入考核，并与佣金、职级和用工挂钩。"),
    _notice(
        "第十四条",
        "14",
        "实名制销售：保单和核心系统应当载明销售人员姓名和工号，代理机构还应当载明分支机构和网点名称。",
        inferred=True,
    ),
    _notice(
        "第十五条",
        "15",
        "四项管控：系统完整性与逻辑校验、投保单与系统抽样比对、犹豫期回访核实、定期抽查真实性。",
        inferred=True,
    ),
    _notice("第十六条", "16", "每年检查分支机构并追究责任。"),
    ArticleText("insurance-law-32", INSURANCE_LAW, "第三十二条", "投保人申报的被保险人年龄不真实的处理。"),
    ArticleText(
        "insurance-law-40",
        INSURANCE_LAW,
        "第四十条",
        "受益人为数人的，可以确定受益顺序和受益份额；未确定份额的，按照相等份额享有。",
    ),
    ArticleText(
        "insurance-law-86",
        INSURANCE_LAW,
        "第八十六条",
        "报送的报告、报表、文件和资料应当真实，不得有虚假记载。",
    ),
    ArticleText("aml-28", AML_LAW, "第二十八条", "对客户身份资料的真实性有疑问的，应当重新识别。"),
    ArticleText("aml-29", AML_LAW, "第二十九条", "识别并核实客户身份，采取尽职调查措施。"),
    ArticleText("aml-31", AML_LAW, "第三十一条", "人身保险合同应当识别并核实受益人身份。"),
    ArticleText("aml-34", AML_LAW, "第三十四条", "客户身份信息变更或证件过期的，应当及时更新。"),
    ArticleText("pipl-8", PIPL, "第八条", "处理个人信息应当保证质量，避免不准确、不完整造成不利影响。"),
    ArticleText("id-card-law-2", ID_CARD_LAW, "第二条", "居民身份证的申领和公民身份号码的唯一性。"),
    ArticleText("id-card-law-23", ID_CARD_LAW, "第二十三条", "第一代居民身份证自2013年1月1日起停止使用。"),
    ArticleText("basic-service-9", BASIC_SERVICE, "第九条", "提醒客户准确填写联系地址和电话。"),
    ArticleText("agents-50", AGENTS_RULES, "第五十条", "业务档案应当载明销售人员姓名和执业登记编号。"),
    ArticleText("conduct-24", CONDUCT_RULES, "第二十四条", "销售时应当出示执业登记信息。"),
    ArticleText(
        "coding-id",
        CODING_RULES,
        "证件",
        "居民身份证号为18位；户口簿起始日期为登记日期，截止日期为9999-99-99。",
    ),
    ArticleText(
        "coding-phone",
        CODING_RULES,
        "电话",
        "手机号为11位；固定电话须含区号且位数正确；不得为销售人员、网点或公司电话。",
    ),
    ArticleText("coding-address", CODING_RULES, "地址", "地址须含省、市、区县和门牌号、房间号或村名。"),
    ArticleText(
        "gb-11643",
        "GB 11643 公民身份号码",
        "",
        "十七位本体码加一位校验码（MOD 11-2），第七至十四位为出生日期，第十七位奇数为男、偶数为女。",
    ),
)
