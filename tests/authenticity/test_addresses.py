from datetime import date

import pytest

from authenticity import addresses
from authenticity.divisions import default_index, search, stem
from authenticity.inspection import inspect

TODAY = date(2026, 11, 22)


def levels(text: str) -> tuple[str | None, str | None, str | None]:
    read = addresses.parse(text)
    return read.province_code, read.city_code, read.district_code


@pytest.mark.parametrize(
    "text, expected",
    [
        ("陕西省安康市汉滨区江北大道8号", ("610000", "610900", "610902")),
        ("北京市朝阳区建国路88号", ("110000", None, "110105")),
        ("北京市北京市市辖区朝阳区建国路88号", ("110000", None, "110105")),
        ("上海浦东张杨路500号", ("310000", None, "310115")),
        ("广东省东莞市虎门镇连升路12号", ("440000", "441900", None)),
        ("广东省中山市石岐区1号", ("440000", "442000", None)),
        ("海南省儋州市那大镇中兴大街1号", ("460000", "460400", None)),
        ("甘肃省嘉峪关市新华路1号", ("620000", "620200", None)),
        ("湖北省仙桃市干河街道3号", ("420000", "429000", "429004")),
        ("湖北省省直辖县级行政区划仙桃市干河街道3号", ("420000", "429000", "429004")),
        ("新疆石河子市北三路1号", ("650000", "659000", "659001")),
        ("河南省济源市沁园路1号", ("410000", "419000", "419001")),
        ("恩施州利川市东城街道5号", ("420000", "422800", "422802")),
        ("广西南宁青秀区民族大道1号", ("450000", "450100", "450103")),
        ("深圳南山区科技园1号", ("440000", "440300", "440305")),
        ("723000陕西省汉中市汉台区天汉大道12号", ("610000", "610700", "610702")),
        ("新疆生产建设兵团第八师石河子市121团3连8号", ("650000", "659000", "659001")),
        ("济南市中区经二路1号", ("370000", "370100", "370103")),
        ("山东省青岛市北区延安路1号", ("370000", "370200", "370203")),
        ("吉林市昌邑区解放路1号", ("220000", "220200", "220202")),
        ("香港特别行政区中西区皇后大道1号", ("810000", None, None)),
        ("中国 江苏省 南京市 鼓楼区 中山路1号", ("320000", "320100", "320106")),
    ],
)
def test_divisions_are_read_off_the_front(text: str, expected: tuple[str | None, ...]) -> None:
    read = addresses.parse(text)
    assert (levels(text), read.complete, read.mismatch) == (expected, True, False)


@pytest.mark.parametrize("text", ["上海路100号", "南京东路100号", "北京大街5号", "朝阳路1号", "西藏中路1号"])
def test_a_road_that_bears_a_citys_name_is_no_city(text: str) -> None:
    assert levels(text) == (None, None, None)


@pytest.mark.parametrize(
    "text, former, successor",
    [
        ("湖北省襄樊市樊城区人民路1号", "襄樊市", "420600"),
        ("浙江省杭州市临安市锦城街道衣锦街1号", "临安市", "330112"),
        ("北京市崇文区法华寺街1号", "崇文区", "110101"),
        ("上海市南汇区惠南镇1号", "南汇区", "310115"),
        ("山东省莱芜市莱城区胜利路3号", "莱城区", "370116"),
        ("云南省昆明市呈贡县龙城镇1号", "呈贡县", "530114"),
    ],
)
def test_a_former_name_leads_to_its_successor(text: str, former: str, successor: str) -> None:
    read = addresses.parse(text)
    assert (read.historical, read.successor, read.complete) == (former, successor, True)
    assert inspect("address", text, today=TODAY).codes == ("AD-003",)


def test_a_county_city_that_became_a_prefecture_still_finds_its_district() -> None:
    assert levels("安徽省阜阳地区亳州市谯城区魏武大道1号")[1:] == ("341600", "341602")


def test_a_county_behind_a_former_prefecture_is_the_one_meant() -> None:
    assert levels("四川省涪陵市垫江县幸福路8号") == ("500000", None, "500231")
    assert levels("四川省涪陵市幸福路8号") == ("500000", None, "500102")
    assert levels("云南省思茅地区澜沧拉祜族自治县幸福路8号")[2] == "530828"


@pytest.mark.parametrize("text", ["江苏省南京市姑苏区观前街1号", "浙江省南京市鼓楼区中山路1号"])
def test_a_district_of_another_city_is_a_mismatch(text: str) -> None:
    assert inspect("address", text, today=TODAY).codes == ("AD-002",)


def test_two_ways_to_write_one_place_have_one_normal_form() -> None:
    one = addresses.parse("广西南宁青秀区民族大道１号")
    other = addresses.parse("广西壮族自治区 南宁市 青秀区 民族大道1号")
    assert one.normal == other.normal


@pytest.mark.parametrize(
    "text, expected",
    [
        ("建国路88号院", ("AD-001",)),
        ("陕西省安康市汉滨区江北大道", ("AD-004", "AD-005")),
        ("陕西省安康市汉滨区五里镇", ("AD-004", "AD-005", "AD-006")),
        ("陕西省安康市汉滨区江北8号路", ("AD-005",)),
        ("陕西省安康市汉滨区", ("AD-004", "AD-006")),
        ("陕西省安康市汉滨区张家沟村", ()),
        ("陕西省安康市汉滨区江北邮政支局3楼", ("AD-007",)),
        ("陕西省安康市汉滨区啊啊啊啊5号", ("AD-010",)),
        ("陕西省安康市安康市汉滨区一路5号", ("AD-001", "AD-010")),
        ("abc 12345", ("AD-001", "AD-010")),
        ("暂无", ("REQ-008",)),
        ("", ("REQ-003",)),
    ],
)
def test_each_defect_of_an_address_has_its_code(text: str, expected: tuple[str, ...]) -> None:
    assert inspect("address", text, today=TODAY).codes == expected


@pytest.mark.parametrize(
    "text, grade",
    [
        ("陕西省安康市汉滨区", "missing"),
        ("陕西省安康市汉滨区五里镇", "doubtful"),
        ("陕西省安康市汉滨区五里镇3组12号", "fine"),
    ],
)
def test_the_detail_is_graded(text: str, grade: str) -> None:
    assert addresses.parse(text).detail_grade == grade


def test_every_division_of_today_is_read_back_from_its_own_name() -> None:
    index = default_index()
    missed = []
    for row in index.current:
        path = {step.code for step in index.path(row.code)}
        found = {code for code in levels(index.path_text(row.code) + "幸福路8号") if code}
        if row.name and not row.code.endswith("9000") and found != path:
            missed.append(row.code)
    assert missed == []


def test_codes_are_unique_and_every_successor_and_parent_is_listed() -> None:
    index = default_index()
    rows = list(index.by_code.values())
    assert all(row.parent in index.by_code for row in rows if row.parent)
    assert all(row.successor in index.by_code for row in rows if row.successor)
    assert [row.code for row in index.current if row.successor] == []
    assert sum(row.level == "province" for row in index.current) == 34


@pytest.mark.parametrize(
    "name, short",
    [
        ("朝阳区", "朝阳"),
        ("内蒙古自治区", "内蒙古"),
        ("恩施土家族苗族自治州", "恩施"),
        ("长白朝鲜族自治县", "长白"),
        ("巴音郭楞蒙古自治州", "巴音郭楞"),
        ("香港特别行政区", "香港"),
        ("神农架林区", "神农架"),
        ("忠县", "忠县"),
    ],
)
def test_a_name_has_a_stem(name: str, short: str) -> None:
    assert stem(name) == short


def test_typing_ahead_finds_places_by_any_part_of_their_path() -> None:
    assert [row.code for row in search("江苏 鼓楼")] == ["320106", "320302"]
    assert {row.code for row in search("朝阳", 3)} >= {"110105", "211300"}
    assert search("") == search("   ") == search("朝阳", 0) == []
