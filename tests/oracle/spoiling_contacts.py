"""Defects of phones, addresses and upkeep, each with near misses beside it."""

from __future__ import annotations

import random

from tests.oracle.spoiling_people import (
    BLANKS,
    CHILDREN,
    DAYS,
    DOCUMENTS,
    NAMES,
    NATIONS,
    NUMBERS,
    Plant,
    Row,
    digits,
    each,
    put,
)


def landlines(name: str, *values: object) -> list[Plant]:
    return each(f"landline {name}", "landline", *values)


def mobiles(name: str, *values: object) -> list[Plant]:
    return each(f"mobile {name}", "mobile", *values)


PHONES = [
    *mobiles("short or long", lambda c, r: "138" + digits(c, 7), lambda c, r: "1392" + digits(c, 8),
             lambda c, r: "2392" + digits(c, 7), lambda c, r: "1231" + digits(c, 7)),
    *mobiles("not allocated", *[lambda c, r, p=p: p + digits(c, 8) for p in
             ("140", "142", "146", "149", "154", "160", "163", "168", "169", "179", "194")],
             lambda c, r: "1611" + digits(c, 7), lambda c, r: "1745" + digits(c, 7)),
    *mobiles("allocated", *[lambda c, r, p=p: p + digits(c, 8) for p in ("193", "162", "145", "170", "198")],
             lambda c, r: "1610" + digits(c, 7), lambda c, r: "17401" + digits(c, 6)),
    *mobiles("of a device", *[lambda c, r, p=p: p + digits(c, 13 - len(p)) for p in ("10647", "1410", "1440",
             "1441", "146", "148")]),
    *mobiles("service", "4008123123", "8008101234", "95519", "955188", "96110", "10086", "12378", "110",
             "010-95519", "021 95511", "400-812-3123"),
    *mobiles("placeholder", "13800138000", "13800000000", "13812345678", "13333333333", "18888888888"),
    *mobiles("pattern", "13977777774", "13912222222", "13923456789", "15187654321", "13966666612",
             "13812123456", "13955566655", "15112121212", "13912345123", "13911111123"),
    *mobiles("normalised", *[lambda c, r, f=f: f.format(r["mobile"]) for f in ("+86{}", "0086{}", "86{}", "0{}",
             " {}", "{} ", "+86 {}", "({})")], lambda c, r: f"{r['mobile'][:3]}-{r['mobile'][3:7]}-{r['mobile'][7:]}"),
    *mobiles("several or foreign", lambda c, r: f"{r['mobile']}/{r['mobile'][:-1]}8", "+852 91234567",
             "0085291234567", lambda c, r: r["mobile"] + "a", lambda c, r: f"{r['mobile']},0551-62863397",
             "+1 6502530000"),
    *landlines("fine", lambda c, r: "0551-62" + digits(c, 6), lambda c, r: "010-64" + digits(c, 6),
               lambda c, r: "021" + "64" + digits(c, 6), lambda c, r: "(0551)62" + digits(c, 6),
               lambda c, r: f"0551-62{digits(c, 6)}-801", lambda c, r: f"0551-62{digits(c, 6)}转12"),
    *landlines("without area", lambda c, r: "62" + digits(c, 6), lambda c, r: "862" + digits(c, 4),
               lambda c, r: "0199-62" + digits(c, 6)),
    *landlines("wrong length", lambda c, r: "010-64" + digits(c, 5), lambda c, r: "0551-62" + digits(c, 7),
               lambda c, r: "021-64" + digits(c, 4)),
    *landlines("abolished", lambda c, r: "0565-862" + digits(c, 4), lambda c, r: "0852-862" + digits(c, 4)),
    *landlines("service", "4008123123", "010-95519", "95511", "02195511"),
    *landlines("pattern", "0551-66666661", "010-61234567", "0551-62222222", "021-67676767"),
    *landlines("several", lambda c, r: f"0551-62{digits(c, 6)}/0551-63{digits(c, 6)}", "+852 21234567"),
    *[put(f"only a landline {p}", mobile="", landline=lambda c, r: "0551-62" + digits(c, 6)) for p in range(2)],
    *landlines("placeholder", "13800138000"),
]  # fmt: skip


def split_of(row: Row) -> tuple[str, str]:
    """The address up to the district, and what stands behind it."""
    for sign in ("区", "县", "市"):
        found = row["address"].find(sign, 6)
        if found > 0:
            return row["address"][: found + 1], row["address"][found + 1 :]
    return row["address"], ""


def behind(text: str) -> object:
    return lambda chance, row: split_of(row)[0] + text.replace("#", str(chance.randrange(2, 99999)))


ADDRESSES = [
    *each("address without", "address", lambda c, r: split_of(r)[1], lambda c, r: r["address"].split("市")[0] + "市"
          + split_of(r)[1], lambda c, r: r["address"].split("省")[0] + "省" + split_of(r)[1]),
    *each("address fine", "address", behind("长江中路#号"), behind("大杨镇王家村"), behind("幸福小区#栋3室"),
          behind("中山街道一百二十号"), "广东省东莞市南城街道体育路5号", "湖北省仙桃市沔阳大道5号楼2室"),
    *each("address mismatch", "address", "安徽省合肥市天河区长江西路5号", "江苏省广州市天河区中山路18号",
          "安徽省南京市鼓楼区中山路18号"),
    *each("address no number", "address", behind("翡翠花园小区东"), behind("大学城学生公寓")),
    *each("address ends", "address", behind("长江中路"), behind("中山街道"), behind("大杨镇"), behind("小学附近"),
          behind("邮电局对面"), behind("三河乡"), behind("幸福里"), behind("长寿巷"), behind("长江路12号附近")),
    *each("address short", "address", behind("5号"), behind(""), behind("村"), "长江路5号", behind("甲乙8")),
    *each("address of an outlet", "address", behind("中山路#号邮政储蓄所"), behind("长江路#号邮局"), behind("人民路#号支行"),
          behind("人民路#号真信人寿保险公司"), behind("支行巷#号楼"), behind("和平路#号邮储银行"), behind("和平路#号营业部三楼")),
    *each("address odd", "address", "Room 5 Changjiang Road 12", "12345678", behind("哈哈哈哈#号"),
          behind("8888号楼3室"), lambda c, r: r["address"].split("市")[0] + "市" + r["address"]),
]  # fmt: skip
UPKEEP = [
    put("never checked", identity_checked_on="", checked_key=""),
    put("checked another number", checked_key="11010119850615003X"),
    put("check lapsed", lapses_on="2026-11-19"),
    put("check lapses today", lapses_on="2026-11-20"),
    put("never confirmed", contact_confirmed_on=""),
    put("confirmed long ago", contact_confirmed_on="2024-11-19"),
    put("confirmed two years ago", contact_confirmed_on="2024-11-20"),
    put("confirmed a day later", contact_confirmed_on="2024-11-21"),
    put("another's mobile", own_mobile=""),
]
PLANTS = [
    *BLANKS, *NUMBERS, *DOCUMENTS, *CHILDREN, *NATIONS, *DAYS, *NAMES, *PHONES, *ADDRESSES, *UPKEEP,
]  # fmt: skip


# -- what several have in common ----------------------------------------------------------------------


def share(chance: random.Random, rows: list[Row], place: int) -> None:
    """Two or three neighbours of different couples get something in common; by turns, what and how many."""
    one, two, three, _four = rows
    way = place % 16
    number = f"13{chance.choice('5678')}{chance.randrange(10**8):08d}"
    field = "mobile" if way % 2 else "landline"
    text = number if way % 2 else f"0551-65{chance.randrange(10**6):06d}"
    if way < 8:
        for row in ([one, two], [one, two, three], rows, [one, two])[way // 2]:
            row[field] = text
        if way >= 6:
            two["id_no"] = one["id_no"]
    else:
        share_more(rows, place)


def share_more(rows: list[Row], place: int) -> None:
    """An address, an e-mail, a document number, or who somebody is."""
    one, two, three, four = rows
    way = place % 16
    if way in (8, 9):
        for row in rows[: way - 6]:
            row["address"] = one["address"]
    elif way in (10, 11):
        for row in rows[: way - 8]:
            row["email"] = f"shared{place}@Example.com"
    elif way == 12:
        two["id_no"], two["id_type"] = one["id_no"], one["id_type"]
        three["id_no"] = one["id_no"][:6] + one["id_no"][8:17]
    elif way == 13:
        two["name"], two["birth_date"], two["sex"] = one["name"], one["birth_date"], one["sex"]
        three["name"], four["name"] = one["name"] + " ", one["name"]
    elif way == 14:
        for row in rows:
            row["id_no"], row["name"] = one["id_no"], one["name"]
    else:
        three["mobile"] = one["mobile"]
        three["id_no"], three["birth_date"] = one["id_no"], one["birth_date"]
