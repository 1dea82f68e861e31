"""Addresses and postcodes (customers/rules/addresses.py)."""

from __future__ import annotations

from tests.rules.book import Book, amend, rewrite
from tests.rules.planting import Act, of_holder, plant

HUTONG = "北京市东城区东华门街道锡拉胡同"
OUTLET = f"{HUTONG}12号中国银行东华门支行"


def _provinces(address: str, mobile: str, branch: str) -> Act:
    def act(book: Book) -> None:
        amend(book.holder, province_code=address, mobile_province=mobile)
        amend(book.branch, province_code=branch)

    return act


def _seller_at_work(book: Book) -> None:
    rewrite(book.holder, address=OUTLET)
    amend(book.seller, id_norm=book.holder.id_key)


PLANTS = (
    plant("AD-001", "no district", of_holder(address="江苏省苏州市人民路12号3栋401室"), field="address"),
    plant(
        "AD-002",
        "of another city",
        of_holder(address="江苏省南京市姑苏区人民路12号3栋401室"),
        field="address",
    ),
    plant(
        "AD-003",
        "a city of former days",
        of_holder(address="浙江省临安市锦城街道江桥路12号"),
        field="address",
    ),
    plant("AD-004", "no number", of_holder(address=HUTONG), field="address"),
    plant("AD-005", "ends at a road", of_holder(address=f"{HUTONG}东路"), field="address"),
    plant("AD-005", "nearby", of_holder(address=f"{HUTONG}12号附近"), field="address"),
    plant("AD-005", "a lane without a number", of_holder(address=f"{HUTONG}里"), field="address"),
    plant("AD-006", "the road alone", of_holder(address="北京市东城区人民路"), field="address"),
    plant("AD-007", "a bank's outlet", of_holder(address=OUTLET), field="address"),
    plant("AD-007", "a post office", of_holder(address=f"{HUTONG}12号邮政楼"), field="address"),
    plant("AD-010", "Latin alone", of_holder(address="12 Wangfujing Street"), field="address"),
    plant("AD-010", "one character four times", of_holder(address=f"{HUTONG}哈哈哈哈12号"), field="address"),
    plant("AD-011", "no area", of_holder(postcode="999999"), field="postcode"),
    plant("AD-012", "three provinces", _provinces("110000", "440000", "310000"), field="address"),
)
NEAR_MISSES = (
    ("AD-001", "a municipality has no city", of_holder(address="上海市浦东新区张江路88弄3号401室")),
    ("AD-002", "of its own city", of_holder(address="江苏省苏州市姑苏区人民路12号3栋401室")),
    ("AD-003", "the name of today", of_holder(address="浙江省杭州市临安区锦城街道江桥路12号")),
    ("AD-004", "a village without a number", of_holder(address="河南省郑州市中牟县官渡镇前城村")),
    ("AD-005", "a road with its number", of_holder(address=f"{HUTONG}东路12号")),
    ("AD-006", "a short village", of_holder(address="河南省郑州市中牟县官渡镇前城村")),
    ("AD-007", "a seller who lives there", _seller_at_work),
    ("AD-010", "one character three times", of_holder(address=f"{HUTONG}哈哈哈12号")),
    ("AD-011", "of Macau", of_holder(postcode="999078")),
    ("AD-012", "the branch is where the address is", _provinces("110000", "440000", "110000")),
)
