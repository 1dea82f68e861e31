"""Rebuilds mobile_provinces.bin and .txt from the geographic data of the package phonenumbers (Apache-2.0).

Run from the top folder of the repository: PYTHONPATH=. python authenticity/data/build_mobile_provinces.py
The first holds, packed with zlib, one byte for each seven digits from 1300000 to 1999999: the place of the
province in the list of codes that the second holds, 0 where none is known.
"""

import zlib
from pathlib import Path

from phonenumbers import PhoneNumber
from phonenumbers.geocoder import description_for_valid_number

from authenticity.divisions import default_index, stem
from authenticity.phones import FIRST_MOBILE

HERE = Path(__file__).parent


def main() -> None:
    provinces = [row for row in default_index().current if row.level == "province"]
    place_of = {stem(row.name): place for place, row in enumerate(provinces, start=1)}
    places = bytearray()
    unknown: set[str] = set()
    for seven in range(FIRST_MOBILE, 2_000_000):
        number = PhoneNumber(country_code=86, national_number=seven * 10_000 + 1234)
        told = description_for_valid_number(number, "zh")
        found = next((place for name, place in place_of.items() if told.startswith(name)), 0)
        if told not in ("", "中国") and not found:
            unknown.add(told)
        places.append(found)
    (HERE / "mobile_provinces.bin").write_bytes(zlib.compress(bytes(places), 9))
    codes = "\n".join(row.code for row in provinces)
    (HERE / "mobile_provinces.txt").write_text(codes + "\n", encoding="ascii")
    if unknown:
        raise SystemExit(f"no province found in {sorted(unknown)}")


main()
